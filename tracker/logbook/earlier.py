"""Competencies as earlier versions of a curriculum worded them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.core.db import db
from tracker.curricula.models import Competency, Curriculum, Version
from tracker.enrolments.models import CarriedRequirement
from tracker.logbook.models import Claim, ClaimStatus


def list_earlier(enrolment_id: UUID, competency_id: UUID) -> Sequence[Any]:
    """The competencies of earlier versions that stand for this one, as they were worded. Order: latest version first.

    Columns: curriculum, number, code, title, guidance, carried, claim_id, status.
    """
    claimed = sa.and_(
        Claim.enrolment_id == CarriedRequirement.enrolment_id,
        Claim.competency_id == Competency.id,
        Claim.status != ClaimStatus.OPEN,
    )
    words = (
        Curriculum.code.label("curriculum"),
        Version.number,
        Competency.code,
        Competency.title,
        Competency.guidance,
    )
    chosen = (
        sa.select(*words, CarriedRequirement.carried, Claim.id.label("claim_id"), Claim.status)
        .select_from(CarriedRequirement)
        .join(Competency, Competency.id == CarriedRequirement.from_requirement_id)
        .join(Version, Version.id == Competency.version_id)
        .join(Curriculum, Curriculum.id == Version.curriculum_id)
        .outerjoin(Claim, claimed)
        .where(CarriedRequirement.enrolment_id == enrolment_id, CarriedRequirement.to_requirement_id == competency_id)
        .order_by(Version.number.desc(), Competency.position)
    )
    return db.session.execute(chosen).all()
