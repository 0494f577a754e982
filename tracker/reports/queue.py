"""What waits for a supervisor, or for a second signature: claims and module results, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.accounts.models import Grant, Person, Role
from tracker.core.db import db
from tracker.curricula.models import Requirement, RequirementKind, Version
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force
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
    """What waits for this supervisor or training lead on that day. Order: oldest first."""
    return [_waiting(row, on) for row in db.session.execute(_open(supervisor, on))]


def _open(supervisor: Person, on: date) -> sa.Select[*tuple[Any, ...]]:
    supervised = sa.select(Supervision.enrolment_id).where(
        Supervision.supervisor_id == supervisor.id,
        Supervision.role == SupervisionRole.SUPERVISOR,
        in_force(Supervision, on),
    )
    first = sa.and_(
        Standing.stage == Stage.SUBMITTED, Standing.enrolment_id.in_(supervised), _is_asked(supervisor.id, on)
    )
    approved = Standing.enrolment_id.in_(supervised.where(Supervision.approved))
    second = sa.and_(
        Standing.stage == Stage.SIGNED,
        Standing.names_id != supervisor.id,
        sa.or_(approved, _led(supervisor.id, on)),
    )
    same_claim = sa.and_(Claim.enrolment_id == Standing.enrolment_id, Claim.competency_id == Standing.requirement_id)
    return (
        sa.select(
            Person.given_name,
            Person.family_name,
            Requirement.code,
            Requirement.title,
            Requirement.requirement_kind,
            Claim.id.label("claim_id"),
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
        .where(sa.or_(first, second))
        .order_by(Standing.since, Claim.submitted_at, Requirement.code, Standing.enrolment_id)
    )


def _is_asked(supervisor_id: UUID, on: date) -> sa.ColumnElement[bool]:
    """That it does not wait for somebody else by name, and the person did not decline it.

    What was passed to somebody who no longer supervises waits for everybody again.
    """
    covering, asked, declined = aliased(Supervision), aliased(Supervision), aliased(ClaimStep)
    of_person = sa.exists().where(
        covering.supervisor_id == supervisor_id,
        covering.covers_for_id == Claim.asked_of_id,
        covering.enrolment_id == Claim.enrolment_id,
        in_force(covering, on),
    )
    can_decide = sa.exists().where(
        asked.supervisor_id == Claim.asked_of_id, asked.enrolment_id == Claim.enrolment_id, in_force(asked, on)
    )
    did_decline = sa.exists().where(
        declined.claim_id == Claim.id,
        declined.attempt == Claim.attempt,
        declined.kind == StepKind.DECLINED,
        declined.actor_id == supervisor_id,
    )
    offered = Claim.offered_at >= Claim.submitted_at  # to everybody, since it waited long
    nobody_else = sa.or_(Claim.asked_of_id.is_(None), of_person, ~can_decide, offered)
    return sa.or_(Claim.id.is_(None), Claim.asked_of_id == supervisor_id, sa.and_(nobody_else, ~did_decline))


def _led(lead_id: UUID, on: date) -> sa.ColumnElement[bool]:
    """That the enrolment is of a centre that the person leads, and not their own."""
    reached = (
        Grant.person_id == lead_id,
        Grant.role == Role.TRAINING_LEAD,
        Grant.centre_id == Enrolment.centre_id,
        sa.or_(Grant.curriculum_id.is_(None), Grant.curriculum_id == Version.curriculum_id),
        sa.or_(Grant.enrolment_id.is_(None), Grant.enrolment_id == Enrolment.id),
        in_force(Grant, on),
    )
    leading = sa.select(Grant.id).join(Version, Version.id == Enrolment.version_id).where(*reached)
    return sa.and_(leading.correlate(Enrolment).exists(), Enrolment.trainee_id != lead_id)


def _waiting(row: Any, on: date) -> Waiting:
    path, is_module = f"/claims/{row.claim_id}", row.requirement_kind is RequirementKind.MODULE
    if is_module:
        path = f"/enrolments/{row.enrolment_id}/modules/{row.requirement_id}"
    trainee, second = f"{row.given_name} {row.family_name}", row.stage is Stage.SIGNED
    to_sign = None if is_module or second else row.claim_id
    return Waiting(trainee, row.code, row.title, row.since, (on - row.since).days, path, second, to_sign)


def supervised_progress(supervisor: Person, on: date) -> Sequence[tuple[UUID, str, str]]:
    """Whom the person supervises or assesses. Shape: enrolment, name, curriculum. Order: by family name."""
    from_version = sa.select(Enrolment.id, Person.given_name, Person.family_name, Version.title)
    chosen = (
        from_version.join(Person, Person.id == Enrolment.trainee_id)
        .join(Version, Version.id == Enrolment.version_id)
        .join(Supervision, Supervision.enrolment_id == Enrolment.id)
        .where(Supervision.supervisor_id == supervisor.id, in_force(Supervision, on))
        .order_by(Person.family_name, Person.given_name, Version.title)
        .distinct()
    )
    return [(row.id, f"{row.given_name} {row.family_name}", row.title) for row in db.session.execute(chosen)]
