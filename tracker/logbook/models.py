"""Log entries and claims."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId
from tracker.curricula.models import Competency
from tracker.enrolments.models import Enrolment
from tracker.equipment.models import Revision
from tracker.evidence.models import EvidenceFile
from tracker.progress.models import LapseCause


class EntryKind(StrEnum):
    """What sort of work or learning an entry tells of."""

    PROCEDURE = "procedure"
    REFLECTION = "reflection"
    OBSERVED_ASSESSMENT = "observed_assessment"
    CASE_DISCUSSION = "case_discussion"
    TESTIMONY = "testimony"
    DOCUMENT = "document"


class Part(StrEnum):
    """How the trainee took part, from watching to working alone."""

    OBSERVED = "observed"
    ASSISTED = "assisted"
    SUPERVISED = "supervised"
    INDEPENDENT = "independent"


class EntryStatus(StrEnum):
    """A draft is the trainee's alone; a logged entry counts and may be seen by those who may see the enrolment."""

    DRAFT = "draft"
    LOGGED = "logged"


class LogEntry(WithId, Model):
    """What the trainee did or learned on a day."""

    __tablename__ = "log_entry"
    __table_args__ = (
        Index("ix_log_entry_enrolment_performed", "enrolment_id", "performed_on"),
        CheckConstraint("status = 'draft' OR performed_on IS NOT NULL", name="logged_has_a_date"),
        CheckConstraint("status = 'draft' OR no_patient_details", name="logged_is_declared"),
        CheckConstraint("status = 'draft' OR title <> ''", name="logged_has_a_title"),
        CheckConstraint("status = 'logged' OR NOT fixed", name="fixed_is_logged"),
        CheckConstraint("times >= 1", name="times_from_one"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[EntryStatus] = mapped_column(default=EntryStatus.DRAFT)
    kind: Mapped[EntryKind] = mapped_column(default=EntryKind.PROCEDURE)
    title: Mapped[str] = mapped_column(sa.String(200), default="")  # "what did you do?"
    performed_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    times: Mapped[int] = mapped_column(default=1)
    part: Mapped[Part | None]
    minutes: Mapped[int | None]  # of work, for the training record
    equipment: Mapped[str] = mapped_column(sa.String(200), default="")
    reflection: Mapped[str] = mapped_column(sa.Text, default="")
    action_plan: Mapped[str] = mapped_column(sa.Text, default="")
    assessment: Mapped[str] = mapped_column(
        sa.String(20), default=""
    )  # which form, such as DOPS, when observed or discussed
    assessor: Mapped[str] = mapped_column(sa.String(200), default="")  # who watched or discussed
    no_patient_details: Mapped[bool] = mapped_column(default=False)  # the trainee's declaration
    counts_as_form: Mapped[str | None] = mapped_column(sa.String(20))  # when it was filed under the wrong form
    counts_as_part: Mapped[str | None] = mapped_column(sa.String(20))  # when work was filed as a document
    fixed: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))  # an assessor's, as given
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")
    competencies: Mapped[list[Competency]] = relationship(
        lazy="raise_on_sql", secondary="entry_competency", order_by=Competency.position
    )
    files: Mapped[list[EvidenceFile]] = relationship(
        lazy="raise_on_sql", secondary="entry_file", order_by=EvidenceFile.stored_at
    )
    used: Mapped[list[Revision]] = relationship(lazy="raise_on_sql", secondary="entry_equipment", order_by=Revision.id)


class EntryCompetency(Model):
    """An entry that counts towards a competency."""

    __tablename__ = "entry_competency"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("log_entry.id"), primary_key=True)
    competency_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), primary_key=True, index=True)


class EntryFile(Model):
    """A file attached to an entry."""

    __tablename__ = "entry_file"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("log_entry.id"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_file.id"), primary_key=True, index=True)


class EntryEquipment(Model):
    """A piece of equipment, software or a procedure that an entry names, in the revision of that day."""

    __tablename__ = "entry_equipment"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("log_entry.id"), primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("equipment_revision.id"), primary_key=True, index=True)


class SharedEntry(Model):
    """An entry that counts in another enrolment of its trainee too, for what is the same there."""

    __tablename__ = "shared_entry"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("log_entry.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True, index=True)


class ClaimStatus(StrEnum):
    """The life of a claim; design: "The life of a claim"."""

    OPEN = "open"
    SUBMITTED = "submitted"
    AWAITING_COUNTERSIGN = "awaiting_countersign"
    SIGNED_OFF = "signed_off"
    RETURNED = "returned"
    REVOKED = "revoked"
    LAPSED = "lapsed"


class Claim(WithId, Model):
    """A trainee's claim to one competency, and where that claim stands."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "competency_id"),
        Index("ix_claim_waiting", "status", "submitted_at"),
        CheckConstraint("status <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_has_a_time"),
        CheckConstraint(
            "status NOT IN ('signed_off', 'lapsed', 'revoked') OR "
            "(signed_off_at IS NOT NULL AND signed_off_by_id IS NOT NULL AND level_signed IS NOT NULL)",
            name="signed_off_is_complete",
        ),
        CheckConstraint("status <> 'lapsed' OR lapse_cause IS NOT NULL", name="lapsed_has_a_cause"),
        CheckConstraint("signed_off_by_id <> trainee_id", name="signer_is_not_trainee"),
        CheckConstraint(
            "status <> 'awaiting_countersign' OR (signed_off_at IS NOT NULL AND signed_off_by_id IS NOT NULL "
            "AND level_signed IS NOT NULL AND countersigned_by_id IS NULL)",
            name="first_signature_is_complete",
        ),
        CheckConstraint(
            "(countersigned_at IS NULL) = (countersigned_by_id IS NULL) "
            "AND (countersigned_by_id IS NULL OR signed_off_by_id IS NOT NULL)",
            name="second_signature_is_complete",
        ),
        CheckConstraint(
            "countersigned_by_id <> signed_off_by_id AND countersigned_by_id <> trainee_id",
            name="second_signature_is_of_another",
        ),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    competency_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), index=True)
    trainee_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[ClaimStatus] = mapped_column(default=ClaimStatus.OPEN)
    attempt: Mapped[int] = mapped_column(default=1)
    level_claimed: Mapped[int | None]
    level_signed: Mapped[int | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")  # the trainee's, to the supervisor
    moved_at: Mapped[datetime]  # into its present status
    submitted_at: Mapped[datetime | None]
    signed_off_at: Mapped[datetime | None]
    signed_off_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    countersigned_at: Mapped[datetime | None]
    countersigned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # to whom it was passed on
    lapse_cause: Mapped[LapseCause | None]  # of the last time that it was due for a recheck
    offered_at: Mapped[datetime | None]  # to somebody else who can decide, when it had waited long
    version: Mapped[int] = mapped_column(default=1)
    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")
    competency: Mapped[Competency] = relationship(lazy="raise_on_sql")
    trainee: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[trainee_id])
    signed_off_by: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[signed_off_by_id])

    @property
    def complete_at(self) -> datetime | None:
        """When its last signature was given."""
        return self.countersigned_at or self.signed_off_at


class ClaimEvidence(Model):
    """An entry as it was when an attempt was submitted: the digest is of its content and files."""

    __tablename__ = "claim_evidence"

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("log_entry.id"), primary_key=True, index=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    rejected: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))  # by a return of a part


class Mark(StrEnum):
    """What a reader of a claim should know of an entry before opening it. Nothing: it is new."""

    ACCEPTED = "accepted"  # when the rest was returned
    NOT_ACCEPTED = "not_accepted"
    SEEN = "seen"  # in an earlier attempt, and unchanged since
    CHANGED = "changed"  # since an earlier attempt
    STILL_NOT_ACCEPTED = "still_not_accepted"  # unchanged since it was not accepted


class StepKind(StrEnum):
    """What can happen to a claim."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    SIGNED_OFF = "signed_off"
    SIGNED = "signed"  # the first of two signatures
    COUNTERSIGNED = "countersigned"
    RETURNED = "returned"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    RECHECKED = "rechecked"
    PASSED_ON = "passed_on"
    DECLINED = "declined"


class ClaimStep(WithId, Model):
    """One thing that happened to a claim: its history as people read it. The event beside it is the proof."""

    __tablename__ = "claim_step"
    __table_args__ = (
        CheckConstraint("kind NOT IN ('returned', 'revoked', 'declined') OR comment <> ''", name="a_no_has_a_reason"),
        Index("ix_claim_step_actor_at", "actor_id", "at"),
        CheckConstraint("kind = 'lapsed' OR actor_id IS NOT NULL", name="only_time_is_nobody"),
        UniqueConstraint("event_seq"),
    )

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), index=True)
    attempt: Mapped[int]
    kind: Mapped[StepKind]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)  # empty: time did it
    at: Mapped[datetime]
    level: Mapped[int | None]
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"))
    covers_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # who was away and is covered for
    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[actor_id])
    covers_for: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[covers_for_id])

    @property
    def actor_name(self) -> str:
        """Who did it. Needs: actor loaded."""
        return self.actor.name if self.actor else "The tracker"
