"""The record's tables. Triggers refuse every change of an event, and one whose number is not the next."""

from datetime import datetime
from enum import StrEnum
from typing import Any
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
    receipts_to: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # the last receipted event


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


class EventAssertion(Model):
    """A passkey's signature of what an event records; the event holds its digest."""

    __tablename__ = "event_assertion"

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)  # DER, SubjectPublicKeyInfo
    authenticator_data: Mapped[bytes] = mapped_column(sa.LargeBinary)
    client_data: Mapped[bytes] = mapped_column(sa.LargeBinary)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)
    intents: Mapped[list[Any]]  # the hashes of all that was signed at once


class Opening(Model):
    """The salt and the text behind a commitment in an event's body; both can be erased, the event stands."""

    __tablename__ = "event_opening"
    __table_args__ = (CheckConstraint("length(salt) = 32", name="salt_is_whole"),)

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary)
    text: Mapped[str] = mapped_column(sa.Text)


class Checkpoint(Model):
    """What the notary signed: so many events, under this root. It is never changed."""

    __tablename__ = "checkpoint"
    __table_args__ = (CheckConstraint("length(root) = 32", name="root_is_sha256"),)

    size: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(sa.LargeBinary)
    note: Mapped[bytes] = mapped_column(sa.LargeBinary)  # the signed text, as it was published
    sealed_at: Mapped[datetime]


class TreeBlock(Model):
    """The hash of a whole block of leaves: what it is over never changes, and need not be hashed again."""

    __tablename__ = "tree_block"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash_is_sha256"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary)


class KeyEnd(StrEnum):
    """Why the notary's key before this one ended."""

    ROTATED = "rotated"
    REVOKED = "revoked"


class NotaryKey(Model):
    """A public key of the notary. The newest signs; a row is never changed."""

    __tablename__ = "notary_key"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(
            "(number = 1 AND ended IS NULL AND note IS NULL) OR "
            "(number > 1 AND ended IS NOT NULL AND note IS NOT NULL)",
            name="a_change_is_signed",
        ),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vkey: Mapped[str] = mapped_column(sa.String(400), unique=True)
    after_size: Mapped[int] = mapped_column(sa.BigInteger)  # it signs checkpoints that are larger than this
    ended: Mapped[KeyEnd | None]  # how it came to follow the key before it
    note: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # the signed change
    made_at: Mapped[datetime]
