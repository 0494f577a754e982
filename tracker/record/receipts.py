"""Receipts: what somebody keeps to show later that an event was in the record.

Source: C2SP tlog-proof; its extra data is the event's leaf hash.
"""

import base64
from collections.abc import Collection

import sqlalchemy as sa

from tracker.core.db import db
from tracker.record.checkpoints import checkpoint_covering, get_tree
from tracker.record.models import Checkpoint, Event
from tracker.record.tree import Tree

HEADER = "c2sp.org/tlog-proof@v1"


def write_receipts(seqs: Collection[int]) -> dict[int, str]:
    """The receipts of sealed events, by their numbers.

    Each is under the first checkpoint over the event: a bundle shows how its own checkpoint goes on from that one.
    """
    tree = get_tree()
    sealed = {seq: checkpoint for seq in seqs if (checkpoint := checkpoint_covering(seq))}
    rows = db.session.execute(sa.select(Event.seq, Event.leaf).where(Event.seq.in_(seqs)).order_by(Event.seq))
    return {row.seq: _receipt(tree, row.seq - 1, row.leaf, sealed[row.seq]) for row in rows}


def receipt_name(seq: int) -> str:
    """What the file of a receipt is called."""
    return f"event-{seq}.receipt.txt"


def _receipt(tree: Tree, index: int, leaf: bytes, checkpoint: Checkpoint) -> str:
    proof = tree.inclusion_proof(index, checkpoint.size)
    lines = [HEADER, f"extra {_base64(leaf)}", f"index {index}", *map(_base64, proof), "", ""]
    return "\n".join(lines) + checkpoint.note.decode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
