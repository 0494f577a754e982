"""A moderator's visit with its samples, and an examiner's final assessment of a training."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId
from tracker.curricula.models import Curriculum
from tracker.enrolments.models import Centre, Enrolment
from tracker.logbook.models import Claim


class VisitOutcome(StrEnum):
    """What a moderator makes of a whole visit."""

    SATISFIED = "satisfied"
    ADVICE = "advice"
    ACTION = "action"


class Verdict(StrEnum):
    """What a moderator makes of one sampled decision. It changes nothing by itself."""

    AGREES = "agrees"
    ADVISES = "advises"
    DISAGREES = "disagrees"


class Stratum(StrEnum):
    """The kind of decision that a sample stands for."""

    SIGNED_OFF = "signed_off"
    COUNTERSIGNED = "countersigned"
    RETURNED = "returned"


class Visit(WithId, Model):
    """An external moderator's visit to a centre for one curriculum: the samples, and what came of it."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="dates_in_order"),
        CheckConstraint("length(seed) = 64", name="seed_is_whole"),
        CheckConstraint(
            "(outcome IS NULL AND held_at IS NULL AND held_seq IS NULL) OR "
            "(outcome IS NOT NULL AND held_at IS NOT NULL AND held_seq IS NOT NULL AND comment <> '')",
            name="held_is_complete",
        ),
        CheckConstraint("moderator_id <> opened_by_id", name="nobody_moderates_for_themselves"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True)
    curriculum_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum.id"), index=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the last day
    seed: Mapped[str] = mapped_column(sa.String(64))  # 32 random bytes in hexadecimal
    each: Mapped[int]  # how many decisions of each trainee, at least
    trainees: Mapped[int | None]  # of how many trainees; empty: of all
    drawn_from: Mapped[list[Any]]  # what the samples were drawn from, in the words of drawing.py
    left_out: Mapped[int]  # how many trainees the moderator had a part in training
    opened_at: Mapped[datetime]
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), unique=True)
    outcome: Mapped[VisitOutcome | None]
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    held_at: Mapped[datetime | None]
    held_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)
    centre: Mapped[Centre] = relationship(lazy="raise_on_sql")
    curriculum: Mapped[Curriculum] = relationship(lazy="raise_on_sql")
    moderator: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[moderator_id])
    opened_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[opened_by_id])
    samples: Mapped[list["Sample"]] = relationship(lazy="raise_on_sql", order_by="Sample.position")


class Sample(WithId, Model):
    """One decision on a claim that was drawn for a visit, and what the moderator makes of it."""

    __tablename__ = "visit_sample"
    __table_args__ = (
        UniqueConstraint("visit_id", "claim_id"),
        UniqueConstraint("visit_id", "position"),
        CheckConstraint("verdict IS NULL OR verdict = 'agrees' OR note <> ''", name="a_no_has_a_reason"),
    )

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    position: Mapped[int]  # in the order in which they were drawn, from 1
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), index=True)
    stratum: Mapped[Stratum]
    decided_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"))  # the decision that was drawn
    verdict: Mapped[Verdict | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    claim: Mapped[Claim] = relationship(lazy="raise_on_sql")
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")


class FinalAssessment(WithId, Model):
    """One attempt at the final assessment of a training: who examines in which days, and what came of it."""

    __tablename__ = "final_assessment"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "attempt"),
        Index("ix_final_assessment_examiner", "examiner_id", "closes_on"),
        CheckConstraint("closes_on >= opens_on", name="dates_in_order"),
        CheckConstraint("examiner_id <> trainee_id", name="examiner_is_not_trainee"),
        CheckConstraint("examiner_id <> assigned_by_id", name="nobody_asks_themselves"),
        CheckConstraint("attempt >= 1", name="attempt_from_one"),
        CheckConstraint(
            "(outcome = '' AND recorded_at IS NULL AND recorded_seq IS NULL) OR "
            "(outcome <> '' AND recorded_at IS NOT NULL AND recorded_seq IS NOT NULL)",
            name="recorded_is_complete",
        ),
        CheckConstraint("released_at IS NULL OR recorded_at IS NOT NULL", name="released_was_recorded"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    attempt: Mapped[int]
    examiner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    assigned_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the last day
    assigned_at: Mapped[datetime]
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), unique=True)  # of the latest assignment
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the outcome of each part, by its code
    outcome: Mapped[str] = mapped_column(sa.String(40), default="")
    questions: Mapped[str] = mapped_column(sa.Text, default="")
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[datetime | None]
    recorded_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)
    released_at: Mapped[datetime | None]
    released_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)
    examiner: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[examiner_id])
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")
