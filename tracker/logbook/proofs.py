"""What shows that a step of a claim is on record: whether it is sealed, how its signer showed who they are, on what."""

import json
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from tracker.core.db import db
from tracker.logbook.models import ClaimStep
from tracker.record.checkpoints import sealed_to
from tracker.record.models import Event

FACTORS = {"password": "a password", "totp": "a code from an app", "passkey": "a passkey"}


@dataclass(frozen=True)
class Proof:
    """Of one step. `factor` and `content` are empty where the event has none."""

    sealed: bool
    factor: str
    content: str  # the digest of all that was shown
    entries: int  # how many the decision rests on


def proofs_of(steps: Collection[ClaimStep]) -> dict[int, Proof]:
    """The proof of each step, by the number of its event."""
    if not steps:
        return {}
    size = sealed_to()
    chosen = sa.select(Event.seq, Event.body).where(Event.seq.in_([step.event_seq for step in steps]))
    return {row.seq: _proof(row.seq <= size, row.body) for row in db.session.execute(chosen)}


def _proof(sealed: bool, body: bytes) -> Proof:
    facts = json.loads(body)["facts"]
    factor = FACTORS.get(facts.get("factor", ""), "")
    return Proof(sealed, factor, facts.get("content", ""), len(facts.get("evidence", ())))
