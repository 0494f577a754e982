"""What exactly was shown and signed, as one digest. Pure. Needs: an entry's competencies and files loaded."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tracker.logbook.models import Claim, LogEntry
from tracker.record.canonical import canonical, normal


def entry_digest(entry: LogEntry) -> str:
    """The digest of everything that a reader of the entry sees, files by their content."""
    return _digest(
        {
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
    )


def claim_digest(claim: Claim, evidence: Sequence[LogEntry], version_digest: str) -> str:
    """The digest of a claim as a supervisor sees it: the curriculum's words, the level, the note and the evidence."""
    return _digest(
        {
            "claim": str(claim.id),
            "attempt": claim.attempt,
            "competency": str(claim.competency_id),
            "curriculum": version_digest,
            "level": claim.level_claimed,
            "note": normal(claim.note),
            "evidence": evidence_digests({entry.id: entry_digest(entry) for entry in evidence}),
        }
    )


def evidence_digests(digests: Mapping[UUID, str]) -> list[dict[str, str]]:
    """Entries and their digests as they stand in an event. Order: by entry."""
    return [{"entry": str(entry_id), "digest": digest} for entry_id, digest in sorted(digests.items())]


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()
