"""What was answered, beside what is there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from tests.crashes.people import looking
from tests.crashes.writers import Writer
from tracker.core.db import db
from tracker.logbook.models import Claim, ClaimStep
from tracker.record import verify
from tracker.record.models import Event


@dataclass(frozen=True)
class Compared:
    """How many presses were answered with yes, how many of those are lost, how many count twice, and other faults."""

    answered: int
    lost: int
    doubled: int
    faults: list[str]


def compare(settings: Mapping[str, str], writers: Sequence[Writer]) -> Compared:
    """Open the database again and look for each press that was answered."""
    with looking(settings):
        there = Counter(db.session.scalars(sa.select(Event.key)))
        kept = {press.key for writer in writers for press in writer.kept}
        moved = {claim.id: claim.version for claim in db.session.scalars(sa.select(Claim))}
        steps = db.session.scalar(sa.select(sa.func.count()).select_from(ClaimStep)) or 0
        faults = [f"event {fault.seq} {fault.what}" for fault in verify.faults()]
    faults += [problem for writer in writers for problem in writer.problems]
    if steps != sum(there.values()):
        faults.append(f"{steps} steps of claims beside {sum(there.values())} events")
    return Compared(len(kept), len(kept - set(there)), _doubled(writers, moved), faults)


def _doubled(writers: Sequence[Writer], moved: Mapping[UUID, int]) -> int:
    """Moves of claims that nobody was told of: every press was sent until it was answered, and moves it once."""
    return sum(max(0, moved[writer.pair.claim_id] - 1 - len(writer.kept)) for writer in writers)
