"""Deciding about what somebody without an account answered."""

from dataclasses import replace
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
    return _decide(actor, assessment_id, key, accepted=True)


def not_accept(actor: Person, assessment_id: UUID, key: UUID, reason: str) -> Event:
    """Say with a reason why an answer without an account does not count. Raises Forbidden, Refused."""
    refuse_if(rules.why_not_without_a_reason(reason))
    return _decide(actor, assessment_id, key, accepted=False, reason=reason)


def _decide(actor: Person, assessment_id: UUID, key: UUID, *, accepted: bool, reason: str = "") -> Event:
    assessment = queries.lock_assessment(assessment_id)
    decision = _decision(actor, assessment, key, accepted=accepted, reason=reason)
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_accept(actor, assessment, today()))
    refuse_if(rules.why_not_accept(assessment))
    assessment.decided_by_id, assessment.reason = actor.id, reason
    assessment.version += 1
    kind = NoticeKind.ASSESSMENT_ACCEPTED if accepted else NoticeKind.ASSESSMENT_NOT_ACCEPTED
    tell(assessment.trainee_id, kind, actor, about(assessment))
    facts = {"entry": count_it(assessment)} if accepted else {}
    assessment.status = AssessmentStatus.DONE if accepted else AssessmentStatus.NOT_ACCEPTED
    event = record.append(replace(decision, facts=dict(decision.facts) | facts))
    assessment.decided_seq = event.seq
    return event


def _decision(actor: Person, assessment: Assessment, key: UUID, *, accepted: bool, reason: str) -> Decision:
    kind = "assessment_accepted" if accepted else "assessment_not_accepted"
    facts = on_record(assessment) | {"content": _digest(assessment, key)}
    texts = {} if accepted else {"reason": reason}
    return Decision(kind, actor.id, assessment.enrolment_id, key, facts, texts)


def _digest(assessment: Assessment, key: UUID) -> str:
    """The digest of the answer that is decided about, as the event of the answer has it."""
    said = Statement(
        assessment.assessor_name, assessment.assessor_role, assessment.register_body, assessment.register_number
    )
    return reply_digest(assessment, Reply(key, said, assessment.answers))
