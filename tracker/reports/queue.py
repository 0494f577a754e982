"""What waits for a supervisor, or for a second signature: claims and module results, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.accounts.models import Grant, Person, Role
from tracker.accounts.permissions import has_role
from tracker.core.db import db
from tracker.curricula.models import Requirement, RequirementKind, Version
from tracker.enrolments.models import Enrolment, Supervision
from tracker.enrolments.queries import ON, VIEWER, in_force, seen_by, supervised_ids
from tracker.logbook.models import Claim, ClaimStep, StepKind
from tracker.progress.models import Stage, Standing


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a decision."""

    trainee: str
    code: str
    title: str
    since: date
    days: int
    path: str  # of the page where it is decided
    second: bool = False  # one of two has signed
    to_sign: UUID | None = None  # the claim, where several can be signed in one sitting


def queue_of(supervisor: Person, on: date) -> list[Waiting]:
    """What waits for this supervisor or training lead on that day. Needs: grants loaded. Order: oldest first."""
    asked = seen_by(supervisor, on)
    rows = db.session.execute(_supervised(), asked).all()
    if has_role(supervisor.grants, Role.TRAINING_LEAD, on):
        rows = sorted({*rows, *db.session.execute(_led(), asked)}, key=_age)
    return [_waiting(row, on) for row in rows]


def _age(row: Any) -> tuple[Any, ...]:
    return row.since, row.submitted_at is not None, row.submitted_at, row.code


@cache
def _supervised() -> sa.Select[*tuple[Any, ...]]:
    """What waits among those whom VIEWER supervises: for a decision, or for a second signature."""
    first = sa.and_(Standing.stage == Stage.SUBMITTED, _is_asked())
    approved = Standing.enrolment_id.in_(supervised_ids(approved=True))
    second = sa.and_(Standing.stage == Stage.SIGNED, Standing.names_id != VIEWER, approved)
    return _open().where(Standing.enrolment_id.in_(supervised_ids()), sa.or_(first, second))


@cache
def _led() -> sa.Select[*tuple[Any, ...]]:
    """What waits for a second signature where VIEWER leads: trainings of others."""
    reached = (
        Grant.person_id == VIEWER,
        Grant.role == Role.TRAINING_LEAD,
        Grant.centre_id == Enrolment.centre_id,
        sa.or_(Grant.curriculum_id.is_(None), Grant.curriculum_id == Version.curriculum_id),
        sa.or_(Grant.enrolment_id.is_(None), Grant.enrolment_id == Enrolment.id),
        in_force(Grant, ON),
    )
    leading = sa.select(Grant.id).join(Version, Version.id == Enrolment.version_id).where(*reached).correlate(Enrolment)
    of_another = sa.and_(Enrolment.trainee_id != VIEWER, Standing.names_id != VIEWER)
    return _open().where(Standing.stage == Stage.SIGNED, of_another, leading.exists())


def _open() -> sa.Select[*tuple[Any, ...]]:
    """Where things stand, with whose they are and where one decides about them. Order: oldest first."""
    same_claim = sa.and_(Claim.enrolment_id == Standing.enrolment_id, Claim.competency_id == Standing.requirement_id)
    return (
        sa.select(
            Person.given_name,
            Person.family_name,
            Requirement.code,
            Requirement.title,
            Requirement.requirement_kind,
            Claim.id.label("claim_id"),
            Claim.submitted_at,
            Standing.enrolment_id,
            Standing.requirement_id,
            Standing.since,
            Standing.stage,
        )
        .select_from(Standing)
        .join(Enrolment, Enrolment.id == Standing.enrolment_id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Requirement, Requirement.id == Standing.requirement_id)
        .outerjoin(Claim, same_claim)
        .order_by(Standing.since, Claim.submitted_at, Requirement.code, Standing.enrolment_id)
    )


def _is_asked() -> sa.ColumnElement[bool]:
    """That it does not wait for somebody else by name, and VIEWER did not decline it.

    What was passed to somebody who no longer supervises waits for everybody again.
    """
    covering, asked, declined = aliased(Supervision), aliased(Supervision), aliased(ClaimStep)
    of_person = sa.exists().where(
        covering.supervisor_id == VIEWER,
        covering.covers_for_id == Claim.asked_of_id,
        covering.enrolment_id == Claim.enrolment_id,
        in_force(covering, ON),
    )
    can_decide = sa.exists().where(
        asked.supervisor_id == Claim.asked_of_id, asked.enrolment_id == Claim.enrolment_id, in_force(asked, ON)
    )
    did_decline = sa.exists().where(
        declined.claim_id == Claim.id,
        declined.attempt == Claim.attempt,
        declined.kind == StepKind.DECLINED,
        declined.actor_id == VIEWER,
    )
    offered = Claim.offered_at >= Claim.submitted_at  # to everybody, since it waited long
    nobody_else = sa.or_(Claim.asked_of_id.is_(None), of_person, ~can_decide, offered)
    return sa.or_(Claim.id.is_(None), Claim.asked_of_id == VIEWER, sa.and_(nobody_else, ~did_decline))


def _waiting(row: Any, on: date) -> Waiting:
    path, is_module = f"/claims/{row.claim_id}", row.requirement_kind is RequirementKind.MODULE
    if is_module:
        path = f"/enrolments/{row.enrolment_id}/modules/{row.requirement_id}"
    trainee, second = f"{row.given_name} {row.family_name}", row.stage is Stage.SIGNED
    to_sign = None if is_module or second else row.claim_id
    return Waiting(trainee, row.code, row.title, row.since, (on - row.since).days, path, second, to_sign)


def supervised_progress(supervisor: Person, on: date) -> Sequence[tuple[UUID, str, str, UUID]]:
    """Whom the person supervises or assesses. Shape: enrolment, name, curriculum, version. Order: by family name."""
    rows = db.session.execute(_relations(), seen_by(supervisor, on))
    return [(row.id, f"{row.given_name} {row.family_name}", row.title, row.version_id) for row in rows]


@cache
def _relations() -> sa.Select[*tuple[Any, ...]]:
    columns = (Enrolment.id, Person.given_name, Person.family_name, Version.title, Enrolment.version_id)
    return (
        sa.select(*columns)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Version, Version.id == Enrolment.version_id)
        .join(Supervision, Supervision.enrolment_id == Enrolment.id)
        .where(Supervision.supervisor_id == VIEWER, in_force(Supervision, ON))
        .order_by(Person.family_name, Person.given_name, Version.title)
        .distinct()
    )
