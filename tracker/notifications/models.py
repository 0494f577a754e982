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
    RESULT_WAITING = "result_waiting"
    RESULT_CONFIRMED = "result_confirmed"
    REVIEW_HELD = "review_held"
    ENROLMENT_MOVED = "enrolment_moved"
    ENROLMENT_MOVE_UNDONE = "enrolment_move_undone"


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
