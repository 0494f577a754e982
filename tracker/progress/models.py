"""The projection that every page and report reads."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model


class Stage(StrEnum):
    """How far one requirement is. A requirement without a Standing is not started."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"  # a claim that waits for a supervisor, or a module result that waits to be confirmed
    SIGNED = "signed"  # by one person; a second signature is needed
    RETURNED = "returned"
    DONE = "done"  # signed off, or passed and confirmed
    FAILED = "failed"  # a module that no attempt is left for
    REVOKED = "revoked"
    LAPSED = "lapsed"
    CONFIRM = "confirm"  # signed off under another rule of an earlier version: a supervisor confirms it


WAITING = frozenset({Stage.SUBMITTED, Stage.SIGNED})  # for somebody else than the trainee


class LapseCause(StrEnum):
    """Why a sign-off is due for a recheck: it is not void, and its level and signer stay."""

    VALIDITY = "validity"  # its time ended
    CHANGE = "change"  # what it was signed on changed


class Standing(Model):
    """Where one requirement of one enrolment stands: counts and ids, never sentences or names.

    Shape: `counts` is what progress/facts.py counts for a competency, and what learning counts for a module.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_changes_on", "changes_on"),
        Index("ix_standing_lapses_on", "lapses_on"),
        CheckConstraint("stage <> 'submitted' OR since IS NOT NULL", name="submitted_since"),
        CheckConstraint("stage <> 'signed' OR (since IS NOT NULL AND names_id IS NOT NULL)", name="signed_by_whom"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), primary_key=True, index=True)
    stage: Mapped[Stage]
    counts: Mapped[dict[str, int]]
    level: Mapped[int | None]  # claimed or signed
    since: Mapped[date | None]  # the day the stage began
    names_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # who signed first, or who is asked to sign
    changes_on: Mapped[date | None]  # the next day on which time alone changes what is counted
    lapses_on: Mapped[date | None]  # the first day on which the sign-off is not valid any more
    lapse_cause: Mapped[LapseCause | None]


class SectionSum(Model):
    """How many requirements in a section, its parts included, are done or wait. A section without a row has none."""

    __tablename__ = "section_sum"
    __table_args__ = (CheckConstraint("done >= 0 AND waiting >= 0", name="counts_not_negative"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    section_id: Mapped[UUID] = mapped_column(ForeignKey("section.id"), primary_key=True, index=True)
    done: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    credits: Mapped[int] = mapped_column(default=0)  # of modules that are done
