"""What goes into a trainee's bundle, as the database has it."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.assessments.msf_models import FeedbackRound
from tracker.core.db import db
from tracker.curricula.models import Requirement, Version
from tracker.curricula.plain_data import to_data, without_decimals
from tracker.curricula.queries import build_document
from tracker.enrolments.models import Enrolment
from tracker.logbook.models import Claim, ClaimEvidence, LogEntry
from tracker.logbook.queries import WITH_CONTENT
from tracker.record.canonical import canonical
from tracker.record.checkpoints import sealed_to
from tracker.record.decision import THE_TRACKER
from tracker.record.models import Checkpoint, Event, Opening
from tracker.record.verifier import sha256


def own_enrolment_ids(holder: Person) -> sa.Select[UUID]:
    """The ids of the trainee's enrolments."""
    return sa.select(Enrolment.id).where(Enrolment.trainee_id == holder.id)


def count_events(holder: Person) -> tuple[int, int]:
    """How many events the trainee's record has: sealed, and recorded but not yet sealed."""
    own = sa.select(sa.func.count()).select_from(Event).where(Event.enrolment_id.in_(own_enrolment_ids(holder)))
    size = sealed_to()
    sealed = db.session.scalar(own.where(Event.seq <= size)) or 0
    return sealed, (db.session.scalar(own.where(Event.seq > size)) or 0)


def list_sealed(holder: Person, size: int) -> Sequence[Event]:
    """The trainee's events among the first `size`. Order: as they happened."""
    own = sa.select(Event).where(Event.enrolment_id.in_(own_enrolment_ids(holder)), Event.seq <= size)
    return db.session.scalars(own.order_by(Event.seq)).all()


def list_openings(seqs: Collection[int]) -> Sequence[Opening]:
    """The salts and texts of these events that were not erased. Order: by event, then field."""
    chosen = sa.select(Opening).where(Opening.seq.in_(seqs)).order_by(Opening.seq, Opening.field)
    return db.session.scalars(chosen).all()


def list_unrated(holder: Person) -> set[str]:
    """The ids of the rounds of feedback about the trainee in which they have not rated themselves."""
    rounds = sa.select(FeedbackRound.id).where(FeedbackRound.trainee_id == holder.id)
    return {str(each) for each in db.session.scalars(rounds.where(FeedbackRound.self_answers.is_(None)))}


def list_sizes() -> Sequence[int]:
    """How many events each checkpoint is over. Order: as they were signed."""
    return db.session.scalars(sa.select(Checkpoint.size).order_by(Checkpoint.size)).all()


def list_evidence(holder: Person) -> Sequence[LogEntry]:
    """The entries that claims of the trainee rest on or once rested on. Loads: all content. Order: by day."""
    rests = sa.select(ClaimEvidence.entry_id).join(Claim, Claim.id == ClaimEvidence.claim_id)
    rests = rests.where(Claim.trainee_id == holder.id)
    chosen = sa.select(LogEntry).where(LogEntry.id.in_(rests), LogEntry.trainee_id == holder.id)
    return db.session.scalars(chosen.options(*WITH_CONTENT).order_by(LogEntry.performed_on, LogEntry.id)).all()


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these people are called on the pages."""
    people = db.session.scalars(sa.select(Person).where(Person.id.in_(set(ids))))
    return {THE_TRACKER: "The tracker"} | {person.id: person.name for person in people}


def curriculum_bytes(digests: Collection[str]) -> dict[str, bytes]:
    """The curricula's documents with these digests, as the bytes that the digests are of."""
    chosen = sa.select(Version).options(joinedload(Version.curriculum, innerjoin=True))
    written = (_document_bytes(version) for version in db.session.scalars(chosen.where(Version.digest.in_(digests))))
    return {digest: content for content in written if (digest := sha256(content)) in digests}


def _document_bytes(version: Version) -> bytes:
    return canonical(without_decimals(to_data(build_document(version))))


def body_of(event: Event) -> dict[str, Any]:
    """What an event says."""
    said: dict[str, Any] = json.loads(event.body)
    return said


def titles_of(ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """The code and the title of each competency or module, of whatever version."""
    chosen = sa.select(Requirement.id, Requirement.code, Requirement.title).where(Requirement.id.in_(ids))
    return {row.id: (row.code, row.title) for row in db.session.execute(chosen)}
