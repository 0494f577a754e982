"""Reviews, as a viewer may see them: whoever may see the enrolment sees its reviews."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.enrolments.queries import visible_ids
from tracker.progress.requirements import Held
from tracker.reviews.models import Review


def list_reviews(viewer: Person, enrolment_id: UUID) -> Sequence[Review]:
    """The reviews of an enrolment. Loads: held_by. Order: the latest first."""
    seen = Review.enrolment_id.in_(visible_ids(viewer, today()))
    chosen = sa.select(Review).options(joinedload(Review.held_by, innerjoin=True)).where(seen)
    ordered = chosen.where(Review.enrolment_id == enrolment_id).order_by(Review.held_on.desc(), Review.event_seq.desc())
    return db.session.scalars(ordered).all()


def list_held(enrolment_id: UUID) -> list[Held]:
    """The reviews of an enrolment, in the words of progress. Order: as they were held."""
    columns = sa.select(Review.code, Review.held_on, Review.outcome).where(Review.enrolment_id == enrolment_id)
    rows = db.session.execute(columns.order_by(Review.held_on, Review.event_seq))
    return [Held(row.code, row.held_on, row.outcome) for row in rows]


def get_recorded(event_seq: int) -> Review:
    """The review that an event put on record."""
    return db.session.scalars(sa.select(Review).where(Review.event_seq == event_seq)).one()
