"""Putting reviews back from what the record says of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.core.db import db
from tracker.enrolments.models import Enrolment
from tracker.record.models import Opening
from tracker.reviews.models import Review

KIND = "review_held"


def restore_review(enrolment: Enrolment, actor_id: UUID, at: datetime, seq: int, facts: dict[str, Any]) -> None:
    """Add a review that is missing, with its notes where they are still there."""
    if db.session.scalar(sa.select(Review.id).where(Review.event_seq == seq)) is not None:
        return
    rows = db.session.execute(sa.select(Opening.field, Opening.text).where(Opening.seq == seq))
    notes = {row.field: row.text for row in rows}
    review = Review(
        enrolment_id=enrolment.id,
        trainee_id=enrolment.trainee_id,
        code=facts["review"],
        held_on=date.fromisoformat(facts["held_on"]),
        held_by_id=actor_id,
        outcome=facts["outcome"],
        trainee_note=notes.get("trainee_note", ""),
        holder_note=notes.get("holder_note", ""),
        recorded_at=at,
        event_seq=seq,
    )
    db.session.add(review)
    db.session.flush()
