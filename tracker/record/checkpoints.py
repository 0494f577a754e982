"""Reading what the notary signed."""

from collections.abc import Sequence

import sqlalchemy as sa

from tracker.core.db import db
from tracker.record.models import Checkpoint, Event, NotaryKey, TreeBlock
from tracker.record.tree import Tree


def latest_checkpoint() -> Checkpoint | None:
    """The checkpoint over the most events, or None when nothing was sealed yet."""
    return db.session.scalars(sa.select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1)).first()


def find_checkpoint(size: int) -> Checkpoint | None:
    """The checkpoint over exactly so many events, if there is one."""
    return db.session.scalar(sa.select(Checkpoint).where(Checkpoint.size == size))


def checkpoint_covering(seq: int) -> Checkpoint | None:
    """The first checkpoint that seals the event of that number, or None when it waits for one."""
    chosen = sa.select(Checkpoint).where(Checkpoint.size >= seq).order_by(Checkpoint.size).limit(1)
    return db.session.scalars(chosen).first()


def is_sealed(seq: int) -> bool:
    """Whether the notary signed a checkpoint over the event of that number."""
    return sealed_to() >= seq


def sealed_to() -> int:
    """The number of the last event that is sealed; 0 when none is."""
    return db.session.scalar(sa.select(sa.func.max(Checkpoint.size))) or 0


def list_keys() -> Sequence[NotaryKey]:
    """The notary's public keys. Order: oldest first; the last one signs."""
    return db.session.scalars(sa.select(NotaryKey).order_by(NotaryKey.number)).all()


def list_vkeys() -> list[str]:
    """The same, each as one line."""
    return [key.vkey for key in list_keys()]


def list_key_changes() -> list[bytes]:
    """The signed notes by which one key followed another. Order: as they happened."""
    return [key.note for key in list_keys() if key.note is not None]


def get_tree() -> Tree:
    """The tree over the events of the database, by their stored leaf hashes."""
    return Tree(read_leaves, dict(list_blocks()))


def read_leaves(start: int, end: int) -> list[bytes]:
    """The stored leaf hashes from number `start`, counted from 0, up to, without, `end`."""
    chosen = sa.select(Event.leaf).where(Event.seq > start, Event.seq <= end).order_by(Event.seq)
    return list(db.session.scalars(chosen))


def list_blocks() -> list[tuple[int, bytes]]:
    """The hashes of whole blocks that are kept. Shape: the block's number, from 0, and its hash."""
    return [(row.number, row.hash) for row in db.session.execute(sa.select(TreeBlock.number, TreeBlock.hash))]
