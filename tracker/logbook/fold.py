"""What the events say of claims, from the first to any of them: the claims as they then stood. Pure.

A new kind of event is a line of MOVES and, where it changes more than the status, a function.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tracker.logbook.models import ClaimStatus, StepKind
from tracker.progress.models import LapseCause
from tracker.record.decision import THE_TRACKER

PREFIX = "claim_"
UNSIGNED: dict[str, Any] = {
    "level_signed": None,
    "signed_off_at": None,
    "signed_off_by_id": None,
    "countersigned_at": None,
    "countersigned_by_id": None,
    "asked_of_id": None,
}


@dataclass(frozen=True)
class Happened:
    """An event as its body tells it."""

    seq: int
    kind: str
    at: datetime
    actor_id: UUID
    enrolment_id: UUID
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One thing that happened to a claim, without its words, which are not in the event."""

    event_seq: int
    kind: StepKind
    attempt: int
    actor_id: UUID | None
    at: datetime
    level: int | None
    covers_for_id: UUID | None


@dataclass(frozen=True)
class Resting:
    """An entry that an attempt rests on, as it was then."""

    attempt: int
    entry_id: UUID
    digest: str
    rejected: bool = False


@dataclass(frozen=True)
class ClaimState:
    """A claim as its events leave it: all but its note, and whom it was offered to."""

    id: UUID
    enrolment_id: UUID
    competency_id: UUID
    moved_at: datetime
    status: ClaimStatus = ClaimStatus.OPEN
    attempt: int = 1
    level_claimed: int | None = None
    level_signed: int | None = None
    submitted_at: datetime | None = None
    signed_off_at: datetime | None = None
    signed_off_by_id: UUID | None = None
    countersigned_at: datetime | None = None
    countersigned_by_id: UUID | None = None
    asked_of_id: UUID | None = None
    lapse_cause: LapseCause | None = None
    version: int = 0
    steps: tuple[Step, ...] = field(default=())
    evidence: tuple[Resting, ...] = field(default=())


def read_event(body: bytes) -> Happened | None:
    """The event with this body, or None when it is about no enrolment."""
    said = json.loads(body)
    if said["enrolment"] is None:
        return None
    at = datetime.fromisoformat(said["at"])
    return Happened(said["seq"], said["kind"], at, UUID(said["actor"]), UUID(said["enrolment"]), said["facts"])


def fold(events: Iterable[Happened]) -> dict[UUID, ClaimState]:
    """The claims after these events, which come in their order; what is not about a claim changes nothing."""
    claims: dict[UUID, ClaimState] = {}
    for event in events:
        if event.kind in MOVES:
            claim = claims.get(claim_id := UUID(event.facts["claim"])) or _new(claim_id, event)
            claims[claim_id] = _after(claim, event)
    return claims


def _new(claim_id: UUID, event: Happened) -> ClaimState:
    return ClaimState(claim_id, event.enrolment_id, UUID(event.facts["competency"]), event.at)


def _after(claim: ClaimState, event: Happened) -> ClaimState:
    """The claim after one more event."""
    status, more = MOVES[event.kind]
    changes = more(claim, event) if more else {}
    if status is not None:
        changes |= {"status": status, "moved_at": event.at}
    attempt = changes.get("attempt", claim.attempt)
    return replace(claim, **changes, version=claim.version + 1, steps=(*claim.steps, _step(event, attempt)))


def _step(event: Happened, attempt: int) -> Step:
    actor_id = None if event.actor_id == THE_TRACKER else event.actor_id
    covered = event.facts.get("for")
    kind, level = StepKind(event.kind.removeprefix(PREFIX)), event.facts.get("level")
    return Step(event.seq, kind, attempt, actor_id, event.at, level, UUID(covered) if covered else None)


def _submitted(claim: ClaimState, event: Happened) -> dict[str, Any]:
    attempt = event.facts["attempt"]
    rests = (Resting(attempt, UUID(each["entry"]), each["digest"]) for each in event.facts["evidence"])
    return UNSIGNED | {
        "attempt": attempt,
        "level_claimed": event.facts["level"],
        "submitted_at": event.at,
        "evidence": (*claim.evidence, *rests),
    }


def _signed(_claim: ClaimState, event: Happened) -> dict[str, Any]:
    return {"level_signed": event.facts["level"], "signed_off_at": event.at, "signed_off_by_id": event.actor_id}


def _countersigned(_claim: ClaimState, event: Happened) -> dict[str, Any]:
    return {"countersigned_at": event.at, "countersigned_by_id": event.actor_id}


def _returned(claim: ClaimState, event: Happened) -> dict[str, Any]:
    """A sign-off that does not hold any more keeps who gave it; a claim that was never signed off has no signer."""
    if claim.status in {ClaimStatus.SIGNED_OFF, ClaimStatus.LAPSED}:
        return {}
    rejected = set(map(UUID, event.facts.get("rejected", ())))
    evidence = tuple(
        replace(each, rejected=True) if each.attempt == claim.attempt and each.entry_id in rejected else each
        for each in claim.evidence
    )
    return UNSIGNED | {"evidence": evidence}


def _lapsed(_claim: ClaimState, event: Happened) -> dict[str, Any]:
    return {"lapse_cause": LapseCause(event.facts["cause"])}


def _asked(_claim: ClaimState, event: Happened) -> dict[str, Any]:
    asked = event.facts.get("to") or event.facts.get("rather")
    return {"asked_of_id": UUID(asked) if asked else None}


# Where an event leaves a claim (nothing: where it was), and what else it changes.
Change = Callable[[ClaimState, Happened], dict[str, Any]]
MOVES: dict[str, tuple[ClaimStatus | None, Change | None]] = {
    "claim_submitted": (ClaimStatus.SUBMITTED, _submitted),
    "claim_withdrawn": (ClaimStatus.OPEN, None),
    "claim_signed_off": (ClaimStatus.SIGNED_OFF, _signed),
    "claim_signed": (ClaimStatus.AWAITING_COUNTERSIGN, _signed),
    "claim_countersigned": (ClaimStatus.SIGNED_OFF, _countersigned),
    "claim_returned": (ClaimStatus.RETURNED, _returned),
    "claim_revoked": (ClaimStatus.REVOKED, None),
    "claim_lapsed": (ClaimStatus.LAPSED, _lapsed),
    "claim_rechecked": (ClaimStatus.SIGNED_OFF, None),
    "claim_passed_on": (None, _asked),
    "claim_declined": (None, _asked),
}
