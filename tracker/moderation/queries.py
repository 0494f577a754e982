"""What part somebody had in a training, and who moderates and examines."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from tracker.accounts.models import Grant, Person, Role
from tracker.assessments.models import Assessment
from tracker.core.clock import today
from tracker.core.db import db
from tracker.curricula.models import Version
from tracker.enrolments.models import Enrolment, Supervision
from tracker.enrolments.queries import in_force
from tracker.learning.models import Registration
from tracker.logbook.models import Claim, ClaimStep, StepKind
from tracker.moderation.models import FinalAssessment, Sample, Visit
from tracker.moderation.rules import Part
from tracker.reviews.models import Review, Signature

DECIDES = [kind for kind in StepKind if kind not in {StepKind.SUBMITTED, StepKind.WITHDRAWN}]


def parts_of(person_id: UUID, enrolment_ids: sa.Select[UUID]) -> dict[UUID, set[Part]]:
    """The part that somebody had in each of these trainings, ever. One without any is left out."""
    found: dict[UUID, set[Part]] = {}
    for row in db.session.execute(sa.union_all(*_parts(person_id, enrolment_ids))):
        found.setdefault(row.enrolment_id, set()).add(Part[row.part])
    return found


def _parts(person_id: UUID, enrolment_ids: sa.Select[UUID]) -> list[sa.Select[UUID, str]]:
    """A statement for each sort of part. Columns: enrolment_id, part."""

    def part(which: Part, column: InstrumentedAttribute[UUID], *where: sa.ColumnElement[bool]) -> sa.Select[UUID, str]:
        named = sa.select(column.label("enrolment_id"), sa.literal(which.name).label("part"))
        return named.where(column.in_(enrolment_ids), *where)

    led = sa.and_(
        Grant.person_id == person_id,
        Grant.role == Role.TRAINING_LEAD,
        Grant.centre_id == Enrolment.centre_id,
        sa.or_(Grant.ends_on.is_(None), Grant.ends_on >= Enrolment.starts_on),
    )
    decided = sa.and_(ClaimStep.actor_id == person_id, ClaimStep.kind.in_(DECIDES))
    return [
        part(Part.IS_TRAINEE, Enrolment.id, Enrolment.trainee_id == person_id),
        part(Part.SUPERVISED, Supervision.enrolment_id, Supervision.supervisor_id == person_id),
        part(
            Part.ASSESSED,
            Assessment.enrolment_id,
            Assessment.assessor_id == person_id,
            Assessment.answered_at.is_not(None),
        ),
        part(Part.DECIDED, Claim.enrolment_id, Claim.id.in_(sa.select(ClaimStep.claim_id).where(decided))),
        part(Part.CONFIRMED, Registration.enrolment_id, Registration.confirmed_by_id == person_id),
        part(Part.REVIEWED, Review.enrolment_id, Review.held_by_id == person_id),
        part(Part.SIGNED, Signature.enrolment_id, Signature.signed_by_id == person_id),
        part(Part.LED, Enrolment.id, sa.exists(sa.select(Grant.id).where(led).correlate(Enrolment))),
    ]


def list_holders(role: Role, on: date) -> Sequence[Person]:
    """Who holds a role that is not for a single enrolment: the moderators, or the examiners. Order: by name."""
    general = sa.select(Grant.person_id).where(Grant.role == role, Grant.enrolment_id.is_(None), in_force(Grant, on))
    chosen = sa.select(Person).where(Person.id.in_(general), Person.active)
    return db.session.scalars(chosen.order_by(Person.family_name, Person.given_name, Person.id)).all()


def is_asked_from_outside(person: Person, enrolment_id: UUID) -> bool:
    """Whether the person is to visit or examine this training in days that are not over, or leads its scheme."""
    visiting = sa.exists().where(
        Sample.visit_id == Visit.id,
        Sample.enrolment_id == enrolment_id,
        Visit.moderator_id == person.id,
        Visit.held_at.is_(None),
        Visit.closes_on >= today(),
    )
    examining = sa.exists().where(
        FinalAssessment.enrolment_id == enrolment_id,
        FinalAssessment.examiner_id == person.id,
        FinalAssessment.recorded_at.is_(None),
        FinalAssessment.closes_on >= today(),
    )
    leading = sa.exists().where(
        Enrolment.id == enrolment_id,
        Enrolment.trainee_id != person.id,
        Enrolment.version_id == Version.id,
        Version.curriculum_id == Grant.curriculum_id,
        Grant.person_id == person.id,
        Grant.role == Role.SCHEME_LEAD,
        in_force(Grant, today()),
    )
    return bool(db.session.scalar(sa.select(sa.or_(visiting, examining, leading))))


def leads_at(person_id: UUID, centre_id: UUID) -> bool:
    """Whether somebody leads training at a centre, or did."""
    led = sa.exists().where(
        Grant.person_id == person_id, Grant.role == Role.TRAINING_LEAD, Grant.centre_id == centre_id
    )
    return bool(db.session.scalar(sa.select(led)))
