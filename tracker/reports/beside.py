"""What waits for a supervisor beside claims and results: seldom anything, so it is asked first whether there is any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.assessments.msf_queries import ToRead, list_to_read, to_read_by
from tracker.assessments.waiting import WaitingAssessment, list_waiting, waiting_for
from tracker.core.clock import now
from tracker.core.db import db
from tracker.enrolments.queries import seen_by
from tracker.enrolments.team_queries import Cover, covers_of, covers_with
from tracker.reports.rechecks import due_to, rechecks_due


@dataclass(frozen=True)
class Beside:
    """Each in the order of its own list."""

    covers: Sequence[Cover]
    assessments: Sequence[WaitingAssessment]
    feedback: Sequence[ToRead]
    rechecks: Sequence[Any]


def waits_beside(person: Person, on: date) -> Beside:
    """What else waits for the person on that day."""
    found = db.session.execute(_any(), seen_by(person, on) | {"at": now()}).one()
    return Beside(
        covers=covers_of(person.id, on) if found.covers else (),
        assessments=list_waiting(person, on) if found.assessments else (),
        feedback=list_to_read(person, on) if found.feedback else (),
        rechecks=rechecks_due(person, on) if found.rechecks else (),
    )


@cache
def _any() -> sa.Select[*tuple[Any, ...]]:
    """Whether there is any of each, in one statement."""
    lists: dict[str, sa.Select[Any]] = {
        "covers": covers_with(),
        "assessments": waiting_for(),
        "feedback": to_read_by(),
        "rechecks": due_to(),
    }
    return sa.select(*(chosen.order_by(None).exists().label(name) for name, chosen in lists.items()))
