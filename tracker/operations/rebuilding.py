"""Putting back what an old backup lacks: the events from the second copy, and what follows from them.

What follows: claims with their steps and what they rest on, confirmed module results, reviews, and where every trainee
stands. Texts, log entries, people and whatever else is not in an event cannot be put back.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker.core.db import begin_write, db
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import lock_enrolment
from tracker.learning import restoring as results
from tracker.logbook.fold import MOVES, Happened, read_event
from tracker.logbook.models import Claim
from tracker.logbook.restoring import restore_claims
from tracker.operations.moving import rebuild_each
from tracker.record import guard, outside, places
from tracker.record.models import Event
from tracker.record.rebuilding import find_lost, put_back
from tracker.reviews import restoring as reviews


@dataclass
class Rebuilt:
    """What was put back, and what could not be: a sentence each."""

    events: int = 0
    enrolments: int = 0
    problems: list[str] = field(default_factory=list)


def rebuild(*, everything: bool = False) -> Rebuilt:
    """Put back the lost events, then what follows from them, for the trainings they are about or for all.

    It does not commit. Raises Refused.
    """
    begin_write()
    done = Rebuilt()
    lost = find_lost()
    done.events = len(lost.bodies)
    touched = {event.enrolment_id for event in map(read_event, lost.bodies) if event}
    touched |= _everyone() if everything else set()
    _hold(touched)
    put_back(lost)
    for enrolment_id in sorted(touched):
        done.enrolments += 1
        done.problems += _restore(enrolment_id, _events(enrolment_id))
    return done


def finish() -> None:
    """Let every process see that the database is whole again. Call it after the commit."""
    outside.touch(places.checkpoint_folder())
    guard.look_again()


def _everyone() -> set[UUID]:
    """Every enrolment that there is, and every one that an event is about."""
    recorded = sa.select(Event.enrolment_id).where(Event.enrolment_id.is_not(None))
    return {*db.session.scalars(sa.select(Enrolment.id)), *filter(None, db.session.scalars(recorded.distinct()))}


def _events(enrolment_id: UUID) -> list[Happened]:
    """Every event of an enrolment. Order: as they are numbered."""
    bodies = db.session.scalars(sa.select(Event.body).where(Event.enrolment_id == enrolment_id).order_by(Event.seq))
    return [event for event in map(read_event, bodies) if event]


def _hold(enrolment_ids: set[UUID]) -> None:
    """Lock what is touched as everybody does: claims, then their trainings, and the head after both."""
    theirs = sa.select(Claim.id).where(Claim.enrolment_id.in_(enrolment_ids)).order_by(Claim.id)
    db.session.execute(theirs.with_for_update(key_share=True))
    for enrolment_id in sorted(enrolment_ids):
        lock_enrolment(enrolment_id)


def _restore(enrolment_id: UUID, events: list[Happened]) -> list[str]:
    """Put back what follows from the events of one enrolment."""
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None:
        return [f"The enrolment {enrolment_id} is not in the database: its {len(events)} events stand by themselves."]
    problems: list[str] = []
    try:
        with db.session.begin_nested():
            problems += restore_claims(enrolment, events)
            problems += [said for event in events for said in _restore_other(enrolment, event)]
        rebuild_each([enrolment_id])
    except IntegrityError as missing:
        return [f"The enrolment {enrolment_id} was not rebuilt: its events refer to what is lost ({missing.orig})."]
    return [*problems, *_not_rebuilt(events)]


def _restore_other(enrolment: Enrolment, event: Happened) -> list[str]:
    if event.kind == results.KIND:
        return results.restore_result(enrolment, event.actor_id, event.at, dict(event.facts))
    if event.kind == reviews.KIND:
        reviews.restore_review(enrolment, event.actor_id, event.at, event.seq, dict(event.facts))
    return []


def _not_rebuilt(events: Iterable[Happened]) -> list[str]:
    """The kinds of event whose rows are not worked out again."""
    others = Counter(event.kind for event in events if event.kind not in {*MOVES, results.KIND, reviews.KIND})
    return [
        f"{number} events of the kind {kind} are on record; see whether what they changed is there."
        for kind, number in sorted(others.items())
    ]
