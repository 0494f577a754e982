"""Registrations and marks."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId
from tracker.curricula.models import Component, Module
from tracker.enrolments.models import Enrolment


class RegistrationStatus(StrEnum):
    """Confirmed: a supervisor or training lead saw the provider's ratified result."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What the module's rules make of its marks."""

    PASSED = "passed"
    FAILED = "failed"


class Registration(WithId, Model):
    """A trainee on a module."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "module_id"),
        CheckConstraint(
            "status <> 'confirmed' OR "
            "(outcome IS NOT NULL AND confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name="confirmed_is_complete",
        ),
        CheckConstraint("confirmed_by_id <> trainee_id", name="confirmer_is_not_trainee"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    module_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), index=True)
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    registered_on: Mapped[date]
    status: Mapped[RegistrationStatus] = mapped_column(default=RegistrationStatus.REGISTERED)
    outcome: Mapped[Outcome | None]
    mark_percent: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))  # of the whole module, once confirmed
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))  # who made the present version
    version: Mapped[int] = mapped_column(default=1)
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")
    module: Mapped[Module] = relationship(lazy="raise_on_sql")
    confirmed_by: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[confirmed_by_id])
    changed_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[changed_by_id])


class MarkStatus(StrEnum):
    """A provisional mark can change until the provider's board ratifies it."""

    PROVISIONAL = "provisional"
    RATIFIED = "ratified"


class Mark(WithId, Model):
    """What a trainee got for one component at one attempt. A correction is a new row; the newest counts."""

    __tablename__ = "mark"
    __table_args__ = (
        UniqueConstraint("registration_id", "component_id", "attempt", "correction"),
        CheckConstraint("mark_percent BETWEEN 0 AND 100", name="mark_in_range"),
        CheckConstraint("attempt >= 1", name="attempt_from_one"),
    )

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registration.id"), index=True)
    component_id: Mapped[UUID] = mapped_column(ForeignKey("component.id"))
    attempt: Mapped[int]
    correction: Mapped[int] = mapped_column(default=0)  # 0: as first recorded
    mark_percent: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))
    status: Mapped[MarkStatus]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    component: Mapped[Component] = relationship(lazy="raise_on_sql")
    recorded_by: Mapped[Person] = relationship(lazy="raise_on_sql")
