"""Reviews, and signatures above the items."""

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


class Signature(WithId, Model):
    """That a section, or the whole training, was signed for. One that no longer holds stays, and so does its event."""

    __tablename__ = "signature"
    __table_args__ = (
        Index("ix_signature_enrolment", "enrolment_id", "event_seq"),
        CheckConstraint("signed_by_id <> trainee_id", name="signer_is_not_trainee"),
        CheckConstraint(
            "(revoked_at IS NULL AND revoked_by_id IS NULL AND revoked_seq IS NULL AND reason = '') OR "
            "(revoked_at IS NOT NULL AND revoked_by_id IS NOT NULL AND revoked_seq IS NOT NULL AND reason <> '')",
            name="revoked_is_complete",
        ),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))  # in whose words it was signed
    section_id: Mapped[UUID | None] = mapped_column(ForeignKey("section.id"))  # empty: the whole training
    signed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    signed_at: Mapped[datetime]
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    digest: Mapped[str] = mapped_column(sa.String(64))  # of what was shown
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), unique=True)
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    revoked_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # why it was revoked
    signed_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[signed_by_id])


class SignatureItem(Model):
    """A decision that a signature rests on, by its event: a sign-off, a confirmed result, a section's signature."""

    __tablename__ = "signature_item"

    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signature.id"), primary_key=True)
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True, index=True)
