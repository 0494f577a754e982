"""Rounds of multi-source feedback. Nothing here says who gave which answer, when, or in which order."""

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


class RoundStatus(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    TOO_FEW = "too_few"  # its day came, and so few had answered that their sums would tell who said what
    COLLATED = "collated"


class FeedbackRound(WithId, Model):
    """Colleagues are asked about a trainee, and what they say is collated.

    When it is collated it counts as a log entry, which has the same id.
    """

    __tablename__ = "feedback_round"
    __table_args__ = (
        Index("ix_feedback_round_open", "status", "closes_on"),
        Index(
            "uq_feedback_round_one_open",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
        CheckConstraint("fewest >= 2", name="sums_of_one_tell_all"),
        CheckConstraint("status <> 'collated' OR answered >= fewest", name="collated_of_enough"),
        CheckConstraint(
            "status <> 'collated' OR (event_seq IS NOT NULL AND closed_at IS NOT NULL)", name="collated_is_on_record"
        ),
        CheckConstraint("entry_id = id", name="entry_has_the_same_id"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))  # whose form it is
    form: Mapped[str] = mapped_column(sa.String(20))
    competency_id: Mapped[UUID | None] = mapped_column(ForeignKey("requirement.id"))  # towards which it counts, if any
    fewest: Mapped[int]  # so many must answer before anybody sees a sum
    status: Mapped[RoundStatus] = mapped_column(default=RoundStatus.OPEN)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    closes_on: Mapped[date]  # its last day
    reminded_at: Mapped[datetime | None]
    answered: Mapped[int] = mapped_column(default=0)  # how many colleagues did
    self_answers: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))  # the trainee's own
    closed_at: Mapped[datetime | None]
    event_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"), unique=True)  # of the collation
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("log_entry.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")
    trainee: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[trainee_id])
    follows: Mapped[Version] = relationship(lazy="raise_on_sql")
    competency: Mapped[Competency | None] = relationship(lazy="raise_on_sql")


class ColleagueStatus(StrEnum):
    """What a colleague did, but not what they said."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"


class FeedbackColleague(WithId, Model):
    """A colleague who is asked. It has no time of answering and leads to no answer."""

    __tablename__ = "feedback_colleague"
    __table_args__ = (sa.UniqueConstraint("round_id", "address"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_round.id"))
    address: Mapped[str] = mapped_column(sa.String(254))
    status: Mapped[ColleagueStatus] = mapped_column(default=ColleagueStatus.ASKED)


class FeedbackLink(Model):
    """A link that opens the form for one colleague, once. Its secret is in the mail alone."""

    __tablename__ = "feedback_link"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    colleague_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_colleague.id"), index=True)


# Rows of these two are kept in the order of their ids, which are random, so that not even their places tell who came
# first: SQLite would number them as they arrive.
IN_NO_ORDER = {"sqlite_with_rowid": False}


class FeedbackAnswer(WithId, Model):
    """What one colleague, who is not named, answered to the questions that have no text."""

    __tablename__ = "feedback_answer"
    __table_args__ = (IN_NO_ORDER,)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_round.id"), index=True)
    answers: Mapped[dict[str, Any]]


class CommentStatus(StrEnum):
    """Whether the trainee may read a comment."""

    WAITING = "waiting"
    RELEASED = "released"
    HELD_BACK = "held_back"


class FeedbackComment(WithId, Model):
    """A text that one colleague wrote, apart from their other answers."""

    __tablename__ = "feedback_comment"
    __table_args__ = (
        CheckConstraint("(status = 'waiting') = (decided_by_id IS NULL)", name="somebody_decided"),
        IN_NO_ORDER,
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_round.id"), index=True)
    question: Mapped[str] = mapped_column(sa.String(40))  # the code of the form's field
    text: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[CommentStatus] = mapped_column(default=CommentStatus.WAITING)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
