"""Receipts: what somebody keeps to show later that an event was in the record.

Source: C2SP tlog-proof; its extra data is the event's leaf hash.
"""

import base64
from collections.abc import Collection

import sqlalchemy as sa

from tracker.core.db import db
from tracker.record.checkpoints import get_tree
from tracker.record.models import Checkpoint, Event

HEADER = "c2sp.org/tlog-proof@v1"


def write_receipts(seqs: Collection[int], checkpoint: Checkpoint) -> dict[int, str]:
    """The receipts of events that a checkpoint is over, by their numbers."""
    tree = get_tree()
    rows = db.session.execute(sa.select(Event.seq, Event.leaf).where(Event.seq.in_(seqs)).order_by(Event.seq))
    return {
        row.seq: _receipt(row.seq - 1, row.leaf, tree.inclusion_proof(row.seq - 1, checkpoint.size), checkpoint.note)
        for row in rows
    }


def receipt_name(seq: int) -> str:
    """What the file of a receipt is called."""
    return f"event-{seq}.receipt.txt"


def _receipt(index: int, leaf: bytes, proof: list[bytes], note: bytes) -> str:
    lines = [HEADER, f"extra {_base64(leaf)}", f"index {index}", *map(_base64, proof), "", ""]
    return "\n".join(lines) + note.decode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
