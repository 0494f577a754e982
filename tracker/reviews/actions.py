"""Putting reviews on record."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import allow, refuse_if
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import lock_enrolment
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event
from tracker.reviews import permissions, queries, rules
from tracker.reviews.models import Review


@dataclass(frozen=True)
class ReviewFacts:
    """A review as its holder tells of it, and which press of the button it is."""

    key: UUID
    held_on: date
    code: str = rules.NONE_OF_THEM
    outcome: str = ""
    trainee_note: str = ""
    holder_note: str = ""


def hold_review(actor: Person, enrolment: Enrolment, facts: ReviewFacts) -> Review:
    """Put a review that was held on record. The same press gives the same review. Raises Forbidden, Refused."""
    lock_enrolment(enrolment.id, enrolment.version_id)
    outline = get_outline(enrolment.version_id)
    decision = _decision(actor, enrolment, facts)
    if earlier := find_event(decision):
        return queries.get_recorded(earlier.seq)
    allow(permissions.can_hold(actor, enrolment, today()))
    _refuse_what_cannot_be(outline, enrolment, facts)
    about = About(enrolment.id, facts.code or "a review", f"/enrolments/{enrolment.id}/reviews")
    tell(enrolment.trainee_id, NoticeKind.REVIEW_HELD, actor, about)
    review = _review(actor, enrolment, facts, record.append(decision))
    db.session.add(review)
    db.session.flush()
    return review


def _refuse_what_cannot_be(outline: Outline, enrolment: Enrolment, facts: ReviewFacts) -> None:
    refuse_if(rules.why_not_record(facts.held_on, enrolment.starts_on, today()))
    refuse_if(rules.why_not_review(facts.code, [review.code for review in outline.reviews]))
    refuse_if(rules.why_not_outcome(facts.outcome, [each.code for each in outline.outcomes_of(facts.code)]))


def _decision(actor: Person, enrolment: Enrolment, facts: ReviewFacts) -> Decision:
    """The review as it goes on record: its notes as commitments."""
    said = {"review": facts.code, "held_on": facts.held_on.isoformat(), "outcome": facts.outcome}
    texts = {"trainee_note": facts.trainee_note, "holder_note": facts.holder_note}
    known = {"curriculum": enrolment.version.digest}
    return Decision("review_held", actor.id, enrolment.id, facts.key, said | known, texts)


def _review(actor: Person, enrolment: Enrolment, facts: ReviewFacts, event: Event) -> Review:
    return Review(
        enrolment_id=enrolment.id,
        trainee_id=enrolment.trainee_id,
        code=facts.code,
        held_on=facts.held_on,
        held_by_id=actor.id,
        outcome=facts.outcome,
        trainee_note=facts.trainee_note,
        holder_note=facts.holder_note,
        recorded_at=event.recorded_at,
        event_seq=event.seq,
    )
