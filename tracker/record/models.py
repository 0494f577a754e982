"""The record's tables. Triggers refuse every change of an event, and one whose number is not the next."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model


class Head(Model):
    """The one row whose lock puts events in order."""

    __tablename__ = "record_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger)  # of the last event; 0: none yet


class Event(Model):
    """A decision: the exact bytes, and their leaf hash."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("length(leaf) = 32", name="leaf_is_sha256"),)

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[UUID] = mapped_column(unique=True)  # the press of a button; the same press is the same event
    kind: Mapped[str] = mapped_column(sa.String(40))
    enrolment_id: Mapped[UUID | None] = mapped_column(
        index=True
    )  # whose record: no foreign key, an event outlives rows
    recorded_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    leaf: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Opening(Model):
    """The salt and the text behind a commitment in an event's body; both can be erased, the event stands."""

    __tablename__ = "event_opening"
    __table_args__ = (CheckConstraint("length(salt) = 32", name="salt_is_whole"),)

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary)
    text: Mapped[str] = mapped_column(sa.Text)
