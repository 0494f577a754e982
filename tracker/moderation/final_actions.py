"""Assigning an examiner, and putting the final assessment of a training on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Grant, Person, Role
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import Refused, allow, refuse_if
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import lock_enrolment
from tracker.moderation import final_data, permissions, rules
from tracker.moderation import final_queries as queries
from tracker.moderation.models import FinalAssessment
from tracker.moderation.queries import list_holders, parts_of
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event
from tracker.reviews.to_sign import is_training_signed

ABOUT = "a final assessment"


@dataclass(frozen=True)
class Assignment:
    """Who examines in which days, and which press of the button it is."""

    key: UUID
    examiner_id: UUID
    opens_on: date
    closes_on: date


def assign(actor: Person, enrolment: Enrolment, asked: Assignment) -> FinalAssessment:
    """Ask an examiner for a training's final assessment, and let them see the record in these days.

    An attempt that has no outcome yet gets another examiner or other days; after an outcome it is the next attempt. The
    same press gives the same assignment. Needs: as get_candidate. Raises Forbidden, Refused.
    """
    lock_enrolment(enrolment.id)
    decision = _assigned(actor, enrolment, asked)
    if earlier := find_event(decision):
        return queries.get_recorded(earlier)
    allow(permissions.can_assign(actor, enrolment, today()))
    refuse_if(rules.why_not_window(asked.opens_on, asked.closes_on, today()))
    refuse_if(rules.why_not_choose(asked.examiner_id, actor.id))
    examiner = _examiner(asked.examiner_id)
    refuse_if(rules.why_not_examine(examiner.name, parts_in(examiner, enrolment)))
    latest = queries.latest_of(enrolment.id)
    if latest is not None:
        db.session.refresh(latest, queries.MUTABLE)  # it was read before the lock
    refuse_if(rules.why_not_assign(latest))
    final = _attempt(actor, enrolment, latest, asked.key)
    if latest is final:
        queries.end_sight(final, today())
    final.examiner_id, final.assigned_by_id = examiner.id, actor.id
    final.opens_on, final.closes_on, final.assigned_at = asked.opens_on, asked.closes_on, now()
    db.session.add(_sight(actor, final))
    tell(examiner.id, NoticeKind.EXAMINER_ASSIGNED, actor, About(enrolment.id, ABOUT, f"/final-assessments/{final.id}"))
    facts = dict(decision.facts) | {"final": str(final.id), "attempt": final.attempt}
    event = record.append(Decision(decision.kind, actor.id, enrolment.id, asked.key, facts, {}))
    final.event_seq = event.seq
    db.session.add(final)
    db.session.flush()
    return final


def parts_in(examiner: Person, enrolment: Enrolment) -> set[rules.Part]:
    """What part somebody had in a training, ever."""
    return parts_of(examiner.id, sa.select(Enrolment.id).where(Enrolment.id == enrolment.id)).get(enrolment.id, set())


def _assigned(actor: Person, enrolment: Enrolment, asked: Assignment) -> Decision:
    facts = {
        "examiner": str(asked.examiner_id),
        "opens_on": asked.opens_on.isoformat(),
        "closes_on": asked.closes_on.isoformat(),
    }
    return Decision("examiner_assigned", actor.id, enrolment.id, asked.key, facts, {})


def _examiner(person_id: UUID) -> Person:
    """The examiner who is asked. Raises Refused for one who does not hold the role."""
    found = next((each for each in list_holders(Role.EXAMINER, today()) if each.id == person_id), None)
    if found is None:
        raise Refused("This person is no examiner. Open the page again and choose one that is offered.")
    return found


def _attempt(actor: Person, enrolment: Enrolment, latest: FinalAssessment | None, key: UUID) -> FinalAssessment:
    """The attempt that has no outcome yet, or a new one, whose id is known before it is on record."""
    if latest is not None and latest.recorded_at is None:
        return latest
    final = FinalAssessment(id=key, enrolment_id=enrolment.id, trainee_id=enrolment.trainee_id, assigned_by_id=actor.id)
    final.attempt, final.parts = (latest.attempt if latest else 0) + 1, {}
    return final


def _sight(actor: Person, final: FinalAssessment) -> Grant:
    return Grant(
        person_id=final.examiner_id,
        role=Role.EXAMINER,
        enrolment_id=final.enrolment_id,
        starts_on=final.opens_on,
        ends_on=final.closes_on,
        given_by_id=actor.id,
    )


@dataclass(frozen=True)
class Found:
    """What an examiner found, and which press of the button it is."""

    key: UUID
    parts: Mapping[str, str]  # the outcome of each part, by its code
    outcome: str
    questions: str = ""
    notes: str = ""


def record_final(actor: Person, final: FinalAssessment, found: Found) -> Event:
    """Put the outcome of an attempt on record, once. Needs: as get_final. Raises Forbidden, Refused."""
    queries.lock_final(final)
    enrolment = queries.get_with_people(final.enrolment_id)
    decision = _recorded(actor, final, enrolment, found)
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_record(actor, final))
    refuse_if(rules.why_not_examine(actor.name, parts_in(actor, enrolment)))
    signed = is_training_signed(enrolment, today())
    refuse_if(rules.why_not_record(final, today(), signed=signed))
    _refuse_what_cannot_be(enrolment, found)
    tell(final.assigned_by_id, NoticeKind.FINAL_RECORDED, actor, _about(final))
    event = record.append(decision)
    final.parts, final.outcome = dict(found.parts), found.outcome
    final.questions, final.notes = found.questions, found.notes
    final.recorded_at, final.recorded_seq = event.recorded_at, event.seq
    db.session.flush()
    return event


def _refuse_what_cannot_be(enrolment: Enrolment, found: Found) -> None:
    allowed = [each.code for each in final_data.outcomes(get_outline(enrolment.version_id))]
    refuse_if(rules.why_not_outcome(found.outcome, allowed))
    for part in final_data.parts():
        refuse_if(rules.why_not_outcome(found.parts.get(part.code, ""), allowed))


def _recorded(actor: Person, final: FinalAssessment, enrolment: Enrolment, found: Found) -> Decision:
    """The outcome as it goes on record: its questions and notes as commitments."""
    parts = [{"part": code, "outcome": outcome} for code, outcome in sorted(found.parts.items())]
    said = {"final": str(final.id), "attempt": final.attempt, "outcome": found.outcome, "parts": parts}
    known = {"assigned": final.event_seq, "curriculum": enrolment.version.digest}
    texts = {"questions": found.questions, "notes": found.notes}
    return Decision("final_assessment_recorded", actor.id, enrolment.id, found.key, said | known, texts)


def release(actor: Person, final: FinalAssessment, key: UUID) -> Event:
    """Let the trainee and the training lead read the outcome. Needs: as get_final. Raises Forbidden, Refused."""
    queries.lock_final(final)
    facts = {"final": str(final.id), "recorded": final.recorded_seq}
    decision = Decision("final_assessment_released", actor.id, final.enrolment_id, key, facts, {})
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_assign(actor, final.enrolment, today()))
    refuse_if(rules.why_not_release(final))
    tell(final.trainee_id, NoticeKind.FINAL_RELEASED, actor, _about(final))
    event = record.append(decision)
    final.released_at, final.released_seq = event.recorded_at, event.seq
    db.session.flush()
    return event


def _about(final: FinalAssessment) -> About:
    return About(final.enrolment_id, ABOUT, f"/final-assessments/{final.id}")
