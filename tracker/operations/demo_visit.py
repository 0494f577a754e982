"""The demo's moderator's visit: open for a fortnight, with the samples of three trainees."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Curriculum
from tracker.moderation.visit_actions import Opening, open_visit
from tracker.operations.library import SCHEME
from tracker.operations.population.calendar import DAY, make_id, seeded

SEED = "demo visit"
TRAINEES, LENGTH = 3, 14 * DAY


def add_visit(lead: Person, moderator: Person, as_of: date) -> None:
    """Open a visit as the training lead would."""
    opener = db.session.scalars(
        sa.select(Person).where(Person.id == lead.id).options(selectinload(Person.grants))
    ).one()
    (centre_id,) = {grant.centre_id for grant in opener.grants if grant.centre_id}
    curriculum_id = db.session.scalars(sa.select(Curriculum.id).where(Curriculum.code == SCHEME)).one()
    open_visit(opener, _opening(centre_id, curriculum_id, moderator.id, as_of))


def _opening(centre_id: UUID, curriculum_id: UUID, moderator_id: UUID, as_of: date) -> Opening:
    key = make_id(seeded(SEED))
    return Opening(key, centre_id, curriculum_id, moderator_id, as_of, as_of + LENGTH, trainees=TRAINEES)
