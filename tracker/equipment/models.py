"""What a centre works with, and its revisions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import Model, WithId
from tracker.enrolments.models import Centre


class EquipmentKind(StrEnum):
    """What sort of thing changes under the people who work with it."""

    EQUIPMENT = "equipment"
    SOFTWARE = "software"
    PROCEDURE = "procedure"


class Equipment(WithId, Model):
    """Something a centre works with: a machine, a program or a written procedure."""

    __tablename__ = "equipment"
    __table_args__ = (
        UniqueConstraint("centre_id", "kind", "name"),
        CheckConstraint("name <> ''", name="it_has_a_name"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"))
    kind: Mapped[EquipmentKind]
    name: Mapped[str] = mapped_column(sa.String(100))
    centre: Mapped[Centre] = relationship(lazy="raise_on_sql")
    revisions: Mapped[list["Revision"]] = relationship(
        lazy="raise_on_sql", back_populates="equipment", order_by="(Revision.since_on, Revision.registered_at)"
    )


class Revision(WithId, Model):
    """A model, release or revision of it, in use from a day on until the next one is."""

    __tablename__ = "equipment_revision"
    __table_args__ = (
        UniqueConstraint("equipment_id", "name"),
        CheckConstraint("name <> ''", name="it_has_a_name"),
        CheckConstraint("NOT needs_recheck OR what_changed <> ''", name="a_recheck_has_a_reason"),
        CheckConstraint("asked_at IS NULL OR needs_recheck", name="asked_where_needed"),
        Index("ix_equipment_revision_to_ask", "needs_recheck", "asked_at"),
    )

    equipment_id: Mapped[UUID] = mapped_column(ForeignKey("equipment.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    since_on: Mapped[date]
    what_changed: Mapped[str] = mapped_column(sa.Text, default="")  # empty: the first one
    needs_recheck: Mapped[bool] = mapped_column(default=False)
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None]  # when every sign-off that it touches was put down for a recheck
    equipment: Mapped[Equipment] = relationship(lazy="raise_on_sql", back_populates="revisions")
