"""What waits for a supervisor: claims and module results, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Requirement, RequirementKind, Version
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force
from tracker.logbook.models import Claim
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


def queue_of(supervisor: Person, on: date) -> list[Waiting]:
    """What waits for this supervisor on that day. Order: oldest first."""
    return [_waiting(row, on) for row in db.session.execute(_submitted(supervisor.id, on))]


def _submitted(supervisor_id: UUID, on: date) -> sa.Select[*tuple[Any, ...]]:
    supervised = sa.select(Supervision.enrolment_id).where(
        Supervision.supervisor_id == supervisor_id,
        Supervision.role == SupervisionRole.SUPERVISOR,
        in_force(Supervision, on),
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
        )
        .select_from(Standing)
        .join(Enrolment, Enrolment.id == Standing.enrolment_id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Requirement, Requirement.id == Standing.requirement_id)
        .outerjoin(Claim, same_claim)
        .where(Standing.stage == Stage.SUBMITTED, Standing.enrolment_id.in_(supervised))
        .order_by(Standing.since, Claim.submitted_at, Requirement.code, Standing.enrolment_id)
    )


def _waiting(row: Any, on: date) -> Waiting:
    path = f"/claims/{row.claim_id}"
    if row.requirement_kind is RequirementKind.MODULE:
        path = f"/enrolments/{row.enrolment_id}/modules/{row.requirement_id}"
    trainee = f"{row.given_name} {row.family_name}"
    return Waiting(trainee, row.code, row.title, row.since, (on - row.since).days, path)


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
