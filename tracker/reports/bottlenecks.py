"""Where things wait: for whom, and in which competency. People are not ranked: they stand in the alphabet's order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Grant, Person, Role
from tracker.core.clock import zone
from tracker.core.db import db
from tracker.curricula.models import Requirement, Version
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
    able = _Able(_supervisors(enrolment_ids, on), _supervisors(enrolment_ids, on, Supervision.approved), {})
    if any(row.status is ClaimStatus.AWAITING_COUNTERSIGN for row in waiting):
        able.leads.update(_leads(enrolment_ids, on))
    by_person: dict[str, list[int]] = {}
    by_competency: dict[str, list[int]] = {}
    for row in waiting:
        days = (on - row.since.astimezone(zone()).date()).days
        by_competency.setdefault(f"{row.code} {row.title}", []).append(days)
        for name in _for_whom(row, able):
            by_person.setdefault(name, []).append(days)
    competencies = sorted(_piles(by_competency), key=lambda pile: (-pile.number, pile.name))
    return Bottlenecks(len(waiting), tuple(sorted(_piles(by_person), key=lambda pile: pile.name)), tuple(competencies))


def _piles(days_by_name: Mapping[str, Sequence[int]]) -> Iterable[Pile]:
    for name, days in days_by_name.items():
        yield Pile(name, len(days), round(median(days)), max(days))


class _Able(NamedTuple):
    """Who can decide in each enrolment, by id, with their names."""

    supervisors: dict[UUID, dict[UUID, str]]
    approved: dict[UUID, dict[UUID, str]]
    leads: dict[UUID, dict[UUID, str]]


def _for_whom(row: Any, able: _Able) -> list[str]:
    """Whom a claim waits for: who was asked by name, or everybody who can decide.

    The second signature is another's who is approved; where there is nobody, a training lead's.
    """
    if row.status is ClaimStatus.AWAITING_COUNTERSIGN:
        both = (_others(row, able.approved), _others(row, able.leads))
        return next(filter(None, both), [NOBODY])
    supervisors = able.supervisors.get(row.enrolment_id, {})
    if row.asked_of_id in supervisors:
        return [supervisors[row.asked_of_id]]
    return list(supervisors.values()) or [NOBODY]


def _others(row: Any, people: Mapping[UUID, Mapping[UUID, str]]) -> list[str]:
    found = people.get(row.enrolment_id, {})
    return [name for person_id, name in found.items() if person_id not in {row.signed_off_by_id, row.trainee_id}]


def _waiting(enrolment_ids: sa.Select[UUID]) -> sa.Select[*tuple[Any, ...]]:
    columns = (Claim.enrolment_id, Claim.trainee_id, Claim.status, Claim.asked_of_id, Claim.signed_off_by_id)
    return (
        sa.select(*columns, Claim.moved_at.label("since"), Requirement.code, Requirement.title)
        .join(Requirement, Requirement.id == Claim.competency_id)
        .where(Claim.status.in_(WAITS), Claim.enrolment_id.in_(enrolment_ids))
        .order_by(Claim.moved_at, Claim.id)
    )


def _supervisors(
    enrolment_ids: sa.Select[UUID], on: date, *more: sa.ColumnExpressionArgument[bool]
) -> dict[UUID, dict[UUID, str]]:
    chosen = (
        sa.select(Supervision.enrolment_id, Person.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Supervision.supervisor_id)
        .join(Enrolment, Enrolment.id == Supervision.enrolment_id)
        .where(
            Supervision.enrolment_id.in_(enrolment_ids),
            Supervision.role == SupervisionRole.SUPERVISOR,
            in_force(Supervision, on),
            *more,
        )
    )
    return _by_enrolment(chosen)


def _leads(enrolment_ids: sa.Select[UUID], on: date) -> dict[UUID, dict[UUID, str]]:
    chosen = (
        sa.select(Enrolment.id.label("enrolment_id"), Person.id, Person.given_name, Person.family_name)
        .join(Version, Version.id == Enrolment.version_id)
        .join(Grant, Grant.centre_id == Enrolment.centre_id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Enrolment.id.in_(enrolment_ids),
            Grant.role == Role.TRAINING_LEAD,
            sa.or_(Grant.curriculum_id.is_(None), Grant.curriculum_id == Version.curriculum_id),
            sa.or_(Grant.enrolment_id.is_(None), Grant.enrolment_id == Enrolment.id),
            in_force(Grant, on),
        )
    )
    return _by_enrolment(chosen)


def _by_enrolment(chosen: sa.Select[*tuple[Any, ...]]) -> dict[UUID, dict[UUID, str]]:
    found: dict[UUID, dict[UUID, str]] = {}
    for row in db.session.execute(chosen):
        found.setdefault(row.enrolment_id, {})[row.id] = f"{row.given_name} {row.family_name}"
    return found
