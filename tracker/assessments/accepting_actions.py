"""Deciding about what somebody without an account answered."""

from uuid import UUID

from tracker.accounts.models import Person
from tracker.assessments import permissions, queries, rules
from tracker.assessments.answering_actions import on_record
from tracker.assessments.asking_actions import about
from tracker.assessments.content import Reply, Statement, reply_digest
from tracker.assessments.counting import count_it
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.core.clock import today
from tracker.core.errors import allow, refuse_if
from tracker.notifications.actions import tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event


def accept(actor: Person, assessment_id: UUID, key: UUID) -> Event:
    """Let an answer without an account count. Raises Forbidden, Refused."""
    return _decide(actor, assessment_id, key, "")


def not_accept(actor: Person, assessment_id: UUID, key: UUID, reason: str) -> Event:
    """Say with a reason why an answer without an account does not count. Raises Forbidden, Refused."""
    return _decide(actor, assessment_id, key, reason)


def _decide(actor: Person, assessment_id: UUID, key: UUID, reason: str) -> Event:
    assessment = queries.lock_assessment(assessment_id)
    decision = _decision(actor, assessment, key, reason)
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_accept(actor, assessment, today()))
    refuse_if(rules.why_not_accept(assessment))
    assessment.decided_by_id, assessment.reason = actor.id, reason
    assessment.version += 1
    kind = NoticeKind.ASSESSMENT_NOT_ACCEPTED if reason else NoticeKind.ASSESSMENT_ACCEPTED
    tell(assessment.trainee_id, kind, actor, about(assessment))
    facts = {} if reason else {"entry": count_it(assessment)}
    assessment.status = AssessmentStatus.NOT_ACCEPTED if reason else AssessmentStatus.DONE
    event = record.append(_decision(actor, assessment, key, reason, **facts))
    assessment.decided_seq = event.seq
    return event


def _decision(actor: Person, assessment: Assessment, key: UUID, reason: str, **more: str) -> Decision:
    kind = "assessment_not_accepted" if reason else "assessment_accepted"
    facts = on_record(assessment) | {"content": _digest(assessment, key)} | more
    texts = {"reason": reason} if reason else {}
    return Decision(kind, actor.id, assessment.enrolment_id, key, facts, texts)


def _digest(assessment: Assessment, key: UUID) -> str:
    """The digest of the answer that is decided about, as the event of the answer has it."""
    said = Statement(
        assessment.assessor_name, assessment.assessor_role, assessment.register_body, assessment.register_number
    )
    return reply_digest(assessment, Reply(key, said, assessment.answers))
