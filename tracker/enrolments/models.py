"""Centres, enrolments and supervision."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId
from tracker.curricula.models import Version


class Centre(WithId, Model):
    """A training centre: a hospital department in an organisation."""

    __tablename__ = "centre"

    name: Mapped[str] = mapped_column(sa.String(200), unique=True)


class Enrolment(WithId, Model):
    """A person on a version of a curriculum, at a centre, in chosen areas."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("trainee_id", "version_id", "centre_id", "starts_on"),
        CheckConstraint("working_fraction BETWEEN 0.2 AND 1", name="working_fraction_in_range"),
        CheckConstraint("planned_end_on > starts_on", name="dates_in_order"),
    )

    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"), index=True)
    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True)
    starts_on: Mapped[date]
    planned_end_on: Mapped[date]
    working_fraction: Mapped[Decimal] = mapped_column(sa.Numeric(3, 2), default=Decimal(1))
    trainee: Mapped[Person] = relationship(lazy="raise_on_sql")
    version: Mapped[Version] = relationship(lazy="raise_on_sql")
    centre: Mapped[Centre] = relationship(lazy="raise_on_sql")
    supervisions: Mapped[list["Supervision"]] = relationship(
        lazy="raise_on_sql", back_populates="enrolment", order_by="Supervision.starts_on"
    )
    areas: Mapped[list["ChosenArea"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    breaks: Mapped[list["EnrolmentBreak"]] = relationship(lazy="raise_on_sql", order_by="EnrolmentBreak.starts_on")


class ChosenArea(Model):
    """An area that an enrolment takes."""

    __tablename__ = "chosen_area"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    section_id: Mapped[UUID] = mapped_column(ForeignKey("section.id"), primary_key=True, index=True)


class EnrolmentBreak(WithId, Model):
    """A time away from the training, which does not count as time in it. Why is nobody's business on a report."""

    __tablename__ = "enrolment_break"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the last day away; empty: not known yet
    reason: Mapped[str] = mapped_column(sa.String(200), default="")


class SupervisionRole(StrEnum):
    """A supervisor signs claims off; an assessor watches and advises."""

    SUPERVISOR = "supervisor"
    ASSESSOR = "assessor"


class Supervision(WithId, Model):
    """Who supervises or assesses an enrolment, from when to when."""

    __tablename__ = "supervision"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("supervisor_id <> trainee_id", name="nobody_supervises_themselves"),
        CheckConstraint("covers_for_id <> supervisor_id", name="nobody_covers_for_themselves"),
        CheckConstraint("covers_for_id IS NULL OR ends_on IS NOT NULL", name="cover_ends"),
        UniqueConstraint("enrolment_id", "supervisor_id", "role", "starts_on"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    supervisor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[SupervisionRole] = mapped_column(default=SupervisionRole.SUPERVISOR)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    approved: Mapped[bool] = mapped_column(default=True, server_default=sa.text("true"))  # else it is countersigned
    covers_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)  # who is away meanwhile
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql", back_populates="supervisions")
    supervisor: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[supervisor_id])


class EnrolmentMove(WithId, Model):
    """That an enrolment moved from one version of its curriculum to another. One that was undone stays, and says so."""

    __tablename__ = "enrolment_move"
    __table_args__ = (CheckConstraint("from_version_id <> to_version_id", name="it_goes_somewhere"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    from_version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))
    to_version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))
    from_area_ids: Mapped[list[Any]]  # the areas that were taken before, as texts
    moved_at: Mapped[datetime]
    event_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)  # empty until it is on record
    undone_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)


class Carried(StrEnum):
    """What of an earlier version's requirement stands for one of the present version."""

    WHOLE = "whole"  # sign-off and evidence
    TO_CONFIRM = "to_confirm"  # the evidence; the sign-off when a supervisor confirms it
    EVIDENCE = "evidence"  # the evidence alone
    PART = "part"  # the evidence of what was split, but for assessments: one of these counts for one part only


class CarriedRequirement(Model):
    """What stands for what in an enrolment that moved: every earlier requirement leads straight to the present one."""

    __tablename__ = "carried_requirement"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    to_requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), primary_key=True, index=True)
    from_requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), primary_key=True, index=True)
    carried: Mapped[Carried]
    move_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment_move.id"), index=True)
