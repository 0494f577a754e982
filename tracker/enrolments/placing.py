"""What of earlier versions of a curriculum stands for what in an enrolment that moved."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from tracker.core.db import db
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Carried, CarriedRequirement, Enrolment

WITH_SIGN_OFF = (Carried.WHOLE, Carried.TO_CONFIRM)
WITH_EVIDENCE = (*WITH_SIGN_OFF, Carried.EVIDENCE)


def earlier_ids(enrolment_id: UUID, requirement_id: UUID, carried: Collection[Carried]) -> sa.Select[UUID]:
    """The requirements of earlier versions of which this much stands for the requirement in the enrolment."""
    return sa.select(CarriedRequirement.from_requirement_id).where(
        CarriedRequirement.enrolment_id == enrolment_id,
        CarriedRequirement.to_requirement_id == requirement_id,
        CarriedRequirement.carried.in_(carried),
    )


def present_ids(enrolment: Enrolment, requirement_ids: Collection[UUID]) -> set[UUID]:
    """What these are in the version that the enrolment follows now: themselves, or what they stand for, if anything."""
    present = {requirement.id for requirement in get_outline(enrolment.version_id).requirements}
    earlier = set(requirement_ids) - present
    if not earlier:
        return set(requirement_ids)
    chosen = sa.select(CarriedRequirement.to_requirement_id).where(
        CarriedRequirement.enrolment_id == enrolment.id, CarriedRequirement.from_requirement_id.in_(earlier)
    )
    return (set(requirement_ids) | set(db.session.scalars(chosen))) & present
