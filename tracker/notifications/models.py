"""Notices."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId


class NoticeKind(StrEnum):
    """What a notice tells."""

    CLAIM_WAITING = "claim_waiting"
    CLAIM_WITHDRAWN = "claim_withdrawn"
    CLAIM_SIGNED_OFF = "claim_signed_off"
    CLAIM_RETURNED = "claim_returned"
    CLAIM_REVOKED = "claim_revoked"
    CLAIM_SIGNED = "claim_signed"
    COUNTERSIGN_WAITING = "countersign_waiting"
    CLAIM_COUNTERSIGNED = "claim_countersigned"
    COUNTERSIGN_REFUSED = "countersign_refused"
    CLAIM_PASSED_ON = "claim_passed_on"
    CLAIM_ASKED_OF_ANOTHER = "claim_asked_of_another"
    CLAIM_DECLINED = "claim_declined"
    CLAIM_DECLINED_BY_ALL = "claim_declined_by_all"
    COVER_NAMED = "cover_named"
    COVER_ENDED = "cover_ended"
    SUPERVISOR_APPROVED = "supervisor_approved"
    SUPERVISOR_NOT_APPROVED = "supervisor_not_approved"
    ENTRY_RETYPED = "entry_retyped"
    RECHECK_DUE = "recheck_due"
    RECHECKED = "rechecked"
    DECISION_OFFERED = "decision_offered"
    DECISION_STUCK = "decision_stuck"
    RESULT_WAITING = "result_waiting"
    RESULT_CONFIRMED = "result_confirmed"
    REVIEW_HELD = "review_held"
    SECTION_SIGNED = "section_signed"
    TRAINING_SIGNED = "training_signed"
    TRAINING_WAITING = "training_waiting"
    SIGNATURE_REVOKED = "signature_revoked"
    VISIT_OPENED = "visit_opened"
    VISIT_HELD = "visit_held"
    VERDICT_AGAINST = "verdict_against"
    EXAMINER_ASSIGNED = "examiner_assigned"
    FINAL_RECORDED = "final_recorded"
    FINAL_RELEASED = "final_released"
    ENROLMENT_MOVED = "enrolment_moved"
    ENROLMENT_MOVE_UNDONE = "enrolment_move_undone"
    ASSESSMENT_ASKED = "assessment_asked"
    ASSESSMENT_WITHDRAWN = "assessment_withdrawn"
    ASSESSMENT_PASSED_ON = "assessment_passed_on"
    ASSESSMENT_DECLINED = "assessment_declined"
    ASSESSMENT_EXPIRED = "assessment_expired"
    ASSESSMENT_ANSWERED = "assessment_answered"
    ASSESSMENT_DONE = "assessment_done"
    ASSESSMENT_ACCEPTED = "assessment_accepted"
    ASSESSMENT_NOT_ACCEPTED = "assessment_not_accepted"
    FEEDBACK_OPENED = "feedback_opened"
    FEEDBACK_TOO_FEW = "feedback_too_few"
    FEEDBACK_READY = "feedback_ready"
    FEEDBACK_TO_READ = "feedback_to_read"
    FEEDBACK_RELEASED = "feedback_released"


class MailTime(StrEnum):
    """When somebody wants their notices by mail. Receipts are not notices: they come by themselves."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class MailChoice(Model):
    """The choice of somebody who made one."""

    __tablename__ = "mail_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    mail_time: Mapped[MailTime]


class Notice(WithId, Model):
    """Something that a person should know: ids and a code, put into words when it is shown or sent."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_unsent", "mailed_at", "written_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[NoticeKind]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # who did it; empty: a command did
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    about: Mapped[str] = mapped_column(sa.String(40))  # the code of the competency or module
    path: Mapped[str] = mapped_column(sa.String(200))  # of the page that shows it
    written_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]  # handed to the post, or dropped because the person may no longer see it
    read_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[actor_id])

    @property
    def actor_name(self) -> str:
        """Who did what the notice tells of. Needs: actor loaded."""
        return self.actor.name if self.actor else "Whoever runs the tracker"
