"""Assessments, the links by which they are asked for, and the codes of bench mode."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId
from tracker.curricula.models import Competency, Version
from tracker.enrolments.models import Enrolment


class AssessmentStatus(StrEnum):
    """What became of a request. What was passed on is still asked for, of somebody else."""

    ASKED = "asked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ANSWERED = "answered"  # by somebody without an account: it waits to be accepted
    DONE = "done"
    NOT_ACCEPTED = "not_accepted"


class Assessment(WithId, Model):
    """A form that somebody who watched or discussed is asked to fill in, for one competency; then what they said.

    When it is done it counts as a log entry, which has the same id.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_enrolment_asked", "enrolment_id", "asked_at"),
        Index("ix_assessment_open", "status", "expires_at"),
        CheckConstraint("assessor_id <> trainee_id", name="nobody_assesses_themselves"),
        CheckConstraint(
            "status NOT IN ('answered', 'done', 'not_accepted') "
            "OR (answered_at IS NOT NULL AND assessor_name <> '' AND event_seq IS NOT NULL)",
            name="answered_is_complete",
        ),
        CheckConstraint("status <> 'done' OR entry_id IS NOT NULL", name="done_counts"),
        CheckConstraint("entry_id = id", name="entry_has_the_same_id"),
        CheckConstraint(
            "status <> 'done' OR assessor_id IS NOT NULL OR decided_by_id IS NOT NULL",
            name="done_without_an_account_was_accepted",
        ),
        CheckConstraint("decided_by_id <> trainee_id", name="nobody_accepts_for_themselves"),
        CheckConstraint("status NOT IN ('declined', 'not_accepted') OR reason <> ''", name="a_no_has_a_reason"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    competency_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))  # whose form it is
    form: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(200))  # what was done
    performed_on: Mapped[date]
    message: Mapped[str] = mapped_column(sa.Text, default="")  # to whoever is asked
    status: Mapped[AssessmentStatus] = mapped_column(default=AssessmentStatus.ASKED)
    to_address: Mapped[str] = mapped_column(sa.String(254), default="")  # as the trainee wrote it; empty: not by mail
    assessor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True
    )  # empty: nobody with an account
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    assessor_name: Mapped[str] = mapped_column(sa.String(60), default="")  # this and what follows, as they stated it
    assessor_role: Mapped[str] = mapped_column(sa.String(60), default="")
    register_body: Mapped[str] = mapped_column(sa.String(60), default="")
    register_number: Mapped[str] = mapped_column(sa.String(40), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by the codes of the form's fields
    answered_at: Mapped[datetime | None]
    event_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)  # of the answer
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # why it was declined or not accepted
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # who accepted it, or did not
    decided_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)  # of that, or of declining
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("log_entry.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")
    competency: Mapped[Competency] = relationship(lazy="raise_on_sql")
    follows: Mapped[Version] = relationship(lazy="raise_on_sql")
    trainee: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[trainee_id])
    assessor: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[assessor_id])
    decided_by: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[decided_by_id])

    @property
    def without_account(self) -> bool:
        """Whether the answer came through a link, from somebody who only stated who they are."""
        return self.answered_at is not None and self.assessor_id is None

    @property
    def asked_of(self) -> str:
        """Who is asked, in words that tell the trainee nothing new: the address stays as it was written.

        Needs: assessor loaded.
        """
        if self.assessor_name:
            return self.assessor_name
        if self.to_address or self.assessor is None:
            return self.to_address or "whoever types your code"
        return self.assessor.name


class LinkEnd(StrEnum):
    """Why a link leads nowhere any more."""

    USED = "used"
    DECLINED = "declined"
    PASSED_ON = "passed_on"
    REPLACED = "replaced"  # by the link of a reminder
    TAKEN = "taken"  # by somebody with an account, who typed a code
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class AssessmentLink(WithId, Model):
    """A link that opens one form without an account. Its secret is in the mail alone: here is what it hashes to."""

    __tablename__ = "assessment_link"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name="it_ends_for_a_reason"),
        Index(
            "uq_assessment_link_open",
            "assessment_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    to_address: Mapped[str] = mapped_column(sa.String(254))
    sent_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[LinkEnd | None]


class BenchCode(Model):
    """The code that a trainee shows for an assessment: one at a time, for a few minutes. A keyed digest is kept."""

    __tablename__ = "bench_code"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime]


class WrongCode(WithId, Model):
    """That a person typed a code that was none, so that guessing ends soon."""

    __tablename__ = "wrong_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
