"""Answering, by account, by link or at the bench; declining, passing on, and asking for more time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tracker.accounts.models import Person
from tracker.assessments import permissions, queries, rules
from tracker.assessments.asking_actions import about, check_may_assess, find_assessor, forget_code, hand_to
from tracker.assessments.content import Reply, answers_text, reply_digest
from tracker.assessments.counting import count_it
from tracker.assessments.models import Assessment, AssessmentLink, AssessmentStatus, LinkEnd, WrongCode
from tracker.assessments.posting import end_link
from tracker.core.clock import now, today
from tracker.core.db import begin_unlocked, begin_write, db
from tracker.core.errors import NotFound, Refused, allow, refuse_if
from tracker.enrolments.permissions import current_supervisors
from tracker.notifications.actions import tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event


class LinkOver(Refused):
    """A link that leads nowhere any more. The sentence says what happened and what to do."""

    status = 410


def answer(actor: Person, assessment_id: UUID, reply: Reply) -> Event:
    """Give an assessment by account: it counts at once. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    decision = _decision("assessment_done", actor.id, assessment, reply)
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_assess(actor, assessment))
    check_may_assess(actor, assessment.trainee_id)
    refuse_if(rules.why_not_answer(assessment, now()))
    _keep(assessment, reply)
    forget_code(assessment)
    tell(assessment.trainee_id, NoticeKind.ASSESSMENT_DONE, actor, about(assessment))
    digest = count_it(assessment)
    event = record.append(_decision("assessment_done", actor.id, assessment, reply, entry=digest))
    assessment.status, assessment.event_seq = AssessmentStatus.DONE, event.seq
    return event


def answer_by_link(token: str, reply: Reply) -> Event:
    """Answer through a link: it waits for a supervisor, and the link is used up. Raises NotFound, LinkOver."""
    link, assessment = _lock_link(token)
    decision = _decision("assessment_answered", link.id, assessment, reply)
    if earlier := find_event(decision):
        return earlier
    check_open(link, assessment)
    _keep(assessment, reply)
    forget_code(assessment)
    end_link(assessment, LinkEnd.USED, now())
    for supervisor in current_supervisors(assessment.enrolment, today()):
        tell(supervisor.id, NoticeKind.ASSESSMENT_ANSWERED, None, about(assessment))
    event = record.append(decision)
    assessment.status, assessment.event_seq = AssessmentStatus.ANSWERED, event.seq
    return event


def _decision(kind: str, actor_id: UUID, assessment: Assessment, reply: Reply, **more: Any) -> Decision:
    """An answer as it goes on record: a digest of all of it, and the texts as commitments.

    The actor of an answer without an account is the link through which it came.
    """
    facts = on_record(assessment) | {"content": reply_digest(assessment, reply)} | more
    texts = reply.statement.as_texts | {"answers": answers_text(reply.answers)}
    return Decision(kind, actor_id, assessment.enrolment_id, reply.key, facts, texts)


def on_record(assessment: Assessment) -> dict[str, Any]:
    """What an event says of the assessment that it is about. Needs: follows, competency loaded."""
    return {
        "assessment": str(assessment.id),
        "competency": str(assessment.competency_id),
        "code": assessment.competency.code,
        "curriculum": assessment.follows.digest,
        "form": assessment.form,
        "performed_on": assessment.performed_on.isoformat(),
    }


def _keep(assessment: Assessment, reply: Reply) -> None:
    said = reply.statement
    assessment.assessor_name, assessment.assessor_role = said.name, said.role
    assessment.register_body, assessment.register_number = said.register_body, said.register_number
    assessment.answers, assessment.answered_at = dict(reply.answers), now()
    assessment.version += 1


def decline(actor: Person, assessment_id: UUID, key: UUID, reason: str) -> Event:
    """Say no to a request, with a reason. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    decision = _declining(actor.id, assessment, key, reason)
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_assess(actor, assessment))
    refuse_if(rules.why_not_answer(assessment, now()))
    return _decline(assessment, decision, reason)


def decline_by_link(token: str, key: UUID, reason: str) -> Event:
    """Say no through a link, which is used up. Raises NotFound, LinkOver."""
    link, assessment = _lock_link(token)
    decision = _declining(link.id, assessment, key, reason)
    if earlier := find_event(decision):
        return earlier
    check_open(link, assessment)
    return _decline(assessment, decision, reason)


def _declining(actor_id: UUID, assessment: Assessment, key: UUID, reason: str) -> Decision:
    facts, texts = on_record(assessment), {"reason": reason}
    return Decision("assessment_declined", actor_id, assessment.enrolment_id, key, facts, texts)


def _decline(assessment: Assessment, decision: Decision, reason: str) -> Event:
    end_link(assessment, LinkEnd.DECLINED, now())
    forget_code(assessment)
    tell(assessment.trainee_id, NoticeKind.ASSESSMENT_DECLINED, None, about(assessment))
    assessment.status, assessment.reason = AssessmentStatus.DECLINED, reason
    assessment.version += 1
    event = record.append(decision)
    assessment.decided_seq = event.seq
    return event


def pass_on(actor: Person, assessment_id: UUID, address: str) -> None:
    """Hand a request to somebody else. The trainee is told. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    allow(permissions.can_assess(actor, assessment))
    refuse_if(rules.why_not_answer(assessment, now()))
    _pass_on(assessment, address, actor)


def pass_on_by_link(token: str, address: str) -> None:
    """The same through a link: the old one dies, the new address gets its own. Raises NotFound, LinkOver, Refused."""
    link, assessment = _lock_link(token)
    check_open(link, assessment)
    _pass_on(assessment, address, None)


def _pass_on(assessment: Assessment, address: str, actor: Person | None) -> None:
    address = address.strip().lower()
    refuse_if(rules.why_not_another_link(queries.count_links(assessment.id)))
    refuse_if(rules.why_not_pass_on(address, actor.email if actor else ""))
    assessor_id = find_assessor(assessment.enrolment, None, address)
    end_link(assessment, LinkEnd.PASSED_ON, now())
    assessment.assessor_id, assessment.to_address = assessor_id, address
    assessment.expires_at, assessment.version = now() + rules.LASTS, assessment.version + 1
    db.session.flush()
    tell(assessment.trainee_id, NoticeKind.ASSESSMENT_PASSED_ON, None, about(assessment))
    hand_to(assessment, address)


def extend(actor: Person, assessment_id: UUID) -> None:
    """Take another 30 days from now. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    allow(permissions.can_assess(actor, assessment))
    refuse_if(rules.why_not_answer(assessment, now()))
    assessment.expires_at = now() + rules.LASTS


def extend_by_link(token: str) -> None:
    """The same through a link. Raises NotFound, LinkOver."""
    link, assessment = _lock_link(token)
    check_open(link, assessment)
    assessment.expires_at = now() + rules.LASTS


def _lock_link(token: str) -> tuple[AssessmentLink, Assessment]:
    """The link and its assessment as they are now, both held. Raises NotFound."""
    link = queries.find_link(token)
    if link is None:
        raise NotFound
    assessment = queries.lock_assessment(link.assessment_id)
    db.session.refresh(link)
    return link, assessment


def check_open(link: AssessmentLink, assessment: Assessment, at: datetime | None = None) -> None:
    """Raises LinkOver when the link leads nowhere any more."""
    why_not = rules.why_not_open(link, assessment, at or now())
    if why_not is not None:
        raise LinkOver(why_not)


def type_code(person: Person, typed: str) -> UUID | None:
    """The assessment to which a typed code leads; a wrong one is counted, in a transaction of its own.

    Raises Refused, and looks at no code, after too many wrong ones.
    """
    refuse_if(rules.why_wait(queries.count_wrong_codes(person.id)))
    code = queries.find_code(typed)
    if code is not None:
        return code.assessment_id
    person_id = person.id
    begin_write()
    db.session.add(WrongCode(person_id=person_id, at=now()))
    db.session.commit()
    begin_unlocked()
    return None


def take_over(actor: Person, assessment_id: UUID, typed: str) -> Assessment:
    """Make a request the actor's, who typed its code: whoever was asked before is told. Raises NotFound, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    code = queries.find_code(typed)
    if code is None or code.assessment_id != assessment.id:
        raise Refused("This code was used or is too old. Ask the trainee for a new one.")
    check_may_assess(actor, assessment.trainee_id)
    refuse_if(rules.why_not_answer(assessment, now()))
    forget_code(assessment)
    end_link(assessment, LinkEnd.TAKEN, now())
    if assessment.assessor_id not in {None, actor.id}:
        tell(assessment.assessor_id, NoticeKind.ASSESSMENT_WITHDRAWN, actor, about(assessment))
    assessment.assessor_id, assessment.to_address = actor.id, ""
    assessment.version += 1
    return assessment
