"""Reviews."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId


class Review(WithId, Model):
    """A review that was held, as it was put on record. It is not changed: what was left out is another review."""

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_enrolment_held", "enrolment_id", "held_on"),
        CheckConstraint("held_by_id <> trainee_id", name="holder_is_not_trainee"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(sa.String(40), default="")  # of the version's reviews; empty: none of them
    held_on: Mapped[date]
    held_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)  # a supervisor or training lead
    outcome: Mapped[str] = mapped_column(sa.String(40), default="")  # a code of the version's outcomes
    trainee_note: Mapped[str] = mapped_column(sa.Text, default="")  # what the trainee said
    holder_note: Mapped[str] = mapped_column(sa.Text, default="")  # what the other side said
    recorded_at: Mapped[datetime]
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), unique=True)
    held_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[held_by_id])
