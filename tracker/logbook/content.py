"""What exactly was shown and signed, as one digest. Pure. Needs: an entry's competencies and files loaded."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from tracker.logbook.models import Claim, EntryKind, LogEntry, Part
from tracker.record.canonical import canonical, normal


class Known(Protocol):
    """Anything that is known by an id."""

    @property
    def id(self) -> UUID: ...


class Stored(Protocol):
    """A file, known by its content."""

    @property
    def sha256(self) -> str: ...


class Entry(Protocol):
    """What a reader of a log entry sees, whether it is a row already or still to be written."""

    id: UUID
    kind: EntryKind
    title: str
    performed_on: date | None
    place: str
    times: int
    part: Part | None
    minutes: int | None
    equipment: str
    reflection: str
    action_plan: str
    assessment: str
    assessor: str

    @property
    def competencies(self) -> Sequence[Known]: ...

    @property
    def files(self) -> Sequence[Stored]: ...

    @property
    def used(self) -> Sequence[Known]: ...


def entry_digest(entry: Entry) -> str:
    """The digest of everything that a reader of the entry sees, files by their content."""
    return _digest(entry_content(entry))


def entry_content(entry: Entry) -> dict[str, Any]:
    """Everything that a reader of the entry sees, as it is signed.

    What was used is in it where something is named, so that entries from before it could be keep their digest.
    """
    used = {"used": sorted(str(revision.id) for revision in entry.used)} if entry.used else {}
    return used | {
        "entry": str(entry.id),
        "kind": entry.kind.value,
        "title": normal(entry.title),
        "performed_on": entry.performed_on.isoformat() if entry.performed_on else None,
        "place": normal(entry.place),
        "times": entry.times,
        "part": entry.part.value if entry.part else None,
        "minutes": entry.minutes,
        "equipment": normal(entry.equipment),
        "reflection": normal(entry.reflection),
        "action_plan": normal(entry.action_plan),
        "assessment": normal(entry.assessment),
        "assessor": normal(entry.assessor),
        "competencies": sorted(str(competency.id) for competency in entry.competencies),
        "files": sorted(file.sha256 for file in entry.files),
    }


def claim_digest(claim: Claim, evidence: Sequence[LogEntry], version_digest: str) -> str:
    """The digest of a claim as a supervisor sees it: the curriculum's words, the level, the note and the evidence."""
    return submitted_digest(claim, {entry.id: entry_digest(entry) for entry in evidence}, version_digest)


def submitted_digest(claim: Claim, digests: Mapping[UUID, str], version_digest: str) -> str:
    """The same, from what was kept of the evidence when the claim was submitted."""
    return _digest(
        {
            "claim": str(claim.id),
            "attempt": claim.attempt,
            "competency": str(claim.competency_id),
            "curriculum": version_digest,
            "level": claim.level_claimed,
            "note": normal(claim.note),
            "evidence": evidence_digests(digests),
        }
    )


def on_record(claim: Claim, code: str, version_digest: str, digests: Mapping[UUID, str]) -> dict[str, Any]:
    """What an event says of the claim that it moves: the competency, and the evidence by its digests."""
    return {
        "competency": str(claim.competency_id),
        "code": code,
        "curriculum": version_digest,
        "attempt": claim.attempt,
        "content": submitted_digest(claim, digests, version_digest),
        "evidence": evidence_digests(digests),
    }


def evidence_digests(digests: Mapping[UUID, str]) -> list[dict[str, str]]:
    """Entries and their digests as they stand in an event. Order: by entry."""
    return [{"entry": str(entry_id), "digest": digest} for entry_id, digest in sorted(digests.items())]


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()
