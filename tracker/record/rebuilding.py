"""Putting back, from the second copy, the events that the database has lost."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.record import keys, outside, places, segments
from tracker.record.canonical import canonical
from tracker.record.checkpoints import find_checkpoint, list_vkeys, read_leaves
from tracker.record.models import Checkpoint, Event, Head
from tracker.record.notary import AT_A_TIME
from tracker.record.queries import head_seq
from tracker.record.tree import Tree
from tracker.record.verifier import leaf_hash, parse_checkpoint, parse_note, verify_note

FORK = "{0} is not the same in the database and in the second copy: only tracker record adopt goes on from there."


@dataclass(frozen=True)
class Lost:
    """The events that the second copy has and the database has not, checked against the newest checkpoint."""

    bodies: list[bytes]
    end: int  # the number of the last event of both
    checkpoint: Checkpoint | None


def find_lost() -> Lost:
    """What is missing here, once the second copy is seen to be what was sealed. Raises Refused."""
    head = head_seq()
    leaves: list[bytes] = []
    bodies = list(_lost(head, leaves))
    keys.put_back()
    note = outside.read(places.checkpoint_folder())
    if bodies and note is None:
        raise Refused(f"No checkpoint is kept in {places.checkpoint_folder()}: nothing says that the copy is whole.")
    return Lost(bodies, max(head, len(leaves)), _checked(note, leaves) if note is not None else None)


def put_back(lost: Lost) -> None:
    """Add the events that are missing here.

    Needs: a write transaction that holds the trainings they are about, since the head is locked after those.
    """
    rows = [_row(body) for body in lost.bodies]
    for at in range(0, len(rows), AT_A_TIME):
        db.session.execute(sa.insert(Event), rows[at : at + AT_A_TIME])
    db.session.execute(sa.update(Head).values(seq=lost.end))
    if lost.bodies:  # Receipts were mailed before the backup came back: nobody gets theirs again.
        db.session.execute(sa.update(Head).values(receipts_to=lost.end))
    if lost.checkpoint is not None and find_checkpoint(lost.checkpoint.size) is None:
        db.session.add(lost.checkpoint)
    db.session.flush()


def _lost(head: int, leaves: list[bytes]) -> Iterator[bytes]:
    """The bodies after the database's last one. On the way, the leaf hash of every body is added to `leaves`.

    Raises Refused when an event differs, or is not the next.
    """
    known: list[bytes] = []
    for seq, body in enumerate(segments.bodies(places.segment_folder()), 1):
        if _seq_of(body) != seq:
            raise Refused(f"The second copy has no whole event {seq}.")
        leaves.append(leaf_hash(body))
        if seq > head:
            yield body
            continue
        if (at := (seq - 1) % AT_A_TIME) == 0:
            known = read_leaves(seq - 1, seq - 1 + AT_A_TIME)
        if known[at] != leaves[-1]:
            raise Refused(FORK.format(f"Event {seq}"))


def _seq_of(body: bytes) -> int | None:
    """The number of an event that is written in the one way, or None."""
    try:
        said = json.loads(body)
        return int(said["seq"]) if canonical(said) == body else None
    except (ValueError, LookupError, TypeError):
        return None


def _checked(note: bytes, leaves: list[bytes]) -> Checkpoint:
    """The newest checkpoint as a row, once the copy is seen to be what it was signed over."""
    signed = parse_note(note)
    said = parse_checkpoint(signed)
    if not any(verify_note(signed, vkey) for vkey in list_vkeys()):
        raise Refused("The checkpoint outside the database was signed by no key of this record.")
    if said.size > len(leaves):
        raise Refused(f"The second copy ends at event {len(leaves)}, and {said.size} events were sealed.")
    if Tree(lambda start, end: leaves[start:end]).root(said.size) != said.root:
        raise Refused(f"The first {said.size} events of the second copy are not the ones that were sealed.")
    return Checkpoint(size=said.size, root=said.root, note=note, sealed_at=now())


def _row(body: bytes) -> dict[str, Any]:
    """The columns of an event, which say what its body says."""
    said = json.loads(body)
    return {
        "seq": said["seq"],
        "key": UUID(said["key"]),
        "kind": said["kind"],
        "enrolment_id": UUID(said["enrolment"]) if said["enrolment"] else None,
        "recorded_at": datetime.fromisoformat(said["at"]),
        "body": body,
        "leaf": leaf_hash(body),
    }
