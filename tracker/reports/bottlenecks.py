"""Where things wait: for whom, and in which competency. People are not ranked: they stand in the alphabet's order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.clock import zone
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.rules import WAITS

NOBODY = "Nobody who can decide"


@dataclass(frozen=True)
class Pile:
    """What waits for one person, or in one competency. Unit: whole days."""

    name: str
    number: int
    median_days: int
    oldest_days: int


@dataclass(frozen=True)
class Bottlenecks:
    """What waits. Order: people by name, competencies by how much waits."""

    number: int
    people: tuple[Pile, ...]
    competencies: tuple[Pile, ...]


def bottlenecks_of(enrolment_ids: sa.Select[UUID], on: date) -> Bottlenecks:
    """Where claims of these enrolments wait on that day."""
    waiting = db.session.execute(_waiting(enrolment_ids)).all()
    deciders = _deciders(enrolment_ids, on)
    by_person: dict[str, list[int]] = {}
    by_competency: dict[str, list[int]] = {}
    for row in waiting:
        days = (on - row.since.astimezone(zone()).date()).days
        by_competency.setdefault(f"{row.code} {row.title}", []).append(days)
        for name in _for_whom(row, deciders.get(row.enrolment_id, {})):
            by_person.setdefault(name, []).append(days)
    competencies = sorted(_piles(by_competency), key=lambda pile: (-pile.number, pile.name))
    return Bottlenecks(len(waiting), tuple(sorted(_piles(by_person), key=lambda pile: pile.name)), tuple(competencies))


def _piles(days_by_name: Mapping[str, Sequence[int]]) -> Iterable[Pile]:
    for name, days in days_by_name.items():
        yield Pile(name, len(days), round(median(days)), max(days))


def _for_whom(row: Any, able: Mapping[UUID, str]) -> list[str]:
    """Whom a claim waits for: who was asked by name, or everybody who can decide; the second signature is another's."""
    if row.asked_of_id in able and row.status is ClaimStatus.SUBMITTED:
        return [able[row.asked_of_id]]
    return [name for person_id, name in able.items() if person_id != row.signed_off_by_id] or [NOBODY]


def _waiting(enrolment_ids: sa.Select[UUID]) -> sa.Select[*tuple[Any, ...]]:
    columns = (Claim.enrolment_id, Claim.status, Claim.asked_of_id, Claim.signed_off_by_id)
    return (
        sa.select(*columns, Claim.moved_at.label("since"), Requirement.code, Requirement.title)
        .join(Requirement, Requirement.id == Claim.competency_id)
        .where(Claim.status.in_(WAITS), Claim.enrolment_id.in_(enrolment_ids))
        .order_by(Claim.moved_at, Claim.id)
    )


def _deciders(enrolment_ids: sa.Select[UUID], on: date) -> dict[UUID, dict[UUID, str]]:
    """Who can decide in each enrolment, by id, with their names."""
    chosen = (
        sa.select(Supervision.enrolment_id, Person.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Supervision.supervisor_id)
        .join(Enrolment, Enrolment.id == Supervision.enrolment_id)
        .where(
            Supervision.enrolment_id.in_(enrolment_ids),
            Supervision.role == SupervisionRole.SUPERVISOR,
            in_force(Supervision, on),
        )
    )
    found: dict[UUID, dict[UUID, str]] = {}
    for row in db.session.execute(chosen):
        found.setdefault(row.enrolment_id, {})[row.id] = f"{row.given_name} {row.family_name}"
    return found
