"""Checking again what was signed: keys, checkpoints, and the copies beside the database."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import sqlalchemy as sa

from tracker.core.db import db
from tracker.record import guard, places, segments
from tracker.record.checkpoints import list_keys, read_leaves, sealed_to
from tracker.record.models import Checkpoint, KeyEnd, NotaryKey
from tracker.record.queries import head_seq
from tracker.record.verifier import Wrong, leaf_hash, node_hash, parse_checkpoint, parse_note, parse_vkey, verify_note

AT_A_TIME = 4096


class Frontier:
    """A tree that grows by a leaf at a time: the roots of its whole subtrees, from the largest to the smallest."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf. Source: RFC 9162 section 2.1.1: what is whole stays as it is."""
        self.size += 1
        left = self.size
        while left % 2 == 0:
            leaf = node_hash(self._whole.pop(), leaf)
            left //= 2
        self._whole.append(leaf)

    def root(self) -> bytes:
        """The root over the leaves so far. Needs: at least one."""
        found = self._whole[-1]
        for larger in reversed(self._whole[:-1]):
            found = node_hash(larger, found)
        return found


def problems() -> Iterator[str]:
    """Everything that does not fit among what was signed and kept, a sentence each."""
    keys = list_keys()
    yield from _faulty_keys(keys)
    yield from _faulty_checkpoints(keys)
    if why := guard.look_again() or guard.why_blind():
        yield why
    yield from _faulty_copy()


def _faulty_keys(keys: Sequence[NotaryKey]) -> Iterator[str]:
    for old, new in pairwise(keys):
        note = parse_note(new.note or b"")
        signers = [new.vkey, *([old.vkey] if new.ended is KeyEnd.ROTATED else [])]
        if not all(verify_note(note, vkey) for vkey in signers):
            yield f"Key {new.number} of the notary was not put in its place by whom it should have been."


def _faulty_checkpoints(keys: Sequence[NotaryKey]) -> Iterator[str]:
    tree, leaves = Frontier(), _leaves(head_seq())
    ordered = sa.select(Checkpoint.size, Checkpoint.root, Checkpoint.note).order_by(Checkpoint.size)
    for row in db.session.execute(ordered).all():
        for leaf in leaves:
            tree.add(leaf)
            if tree.size == row.size:
                break
        if tree.size != row.size:
            yield f"The checkpoint over {row.size} events is of more than there are."
            return
        if tree.root() != row.root:
            yield f"The checkpoint over {row.size} events is not over the ones that there are."
        yield from _faulty_note(row, keys)


def _leaves(head: int) -> Iterator[bytes]:
    for start in range(0, head, AT_A_TIME):
        yield from read_leaves(start, min(head, start + AT_A_TIME))


def _faulty_note(row: sa.Row[int, bytes, bytes], keys: Sequence[NotaryKey]) -> Iterator[str]:
    try:
        note = parse_note(row.note)
        said = parse_checkpoint(note)
    except Wrong as unreadable:
        yield f"The checkpoint over {row.size} events cannot be read: {unreadable}"
        return
    if (said.size, said.root) != (row.size, row.root):
        yield f"The checkpoint over {row.size} events was signed over something else."
    signers = [key.vkey for key, after in zip(keys, [*keys[1:], None], strict=True) if _may(row.size, after)]
    if not any(verify_note(note, vkey) and parse_vkey(vkey).name == said.origin for vkey in signers):
        yield f"The checkpoint over {row.size} events was signed by no key that signed then."


def _may(size: int, after: NotaryKey | None) -> bool:
    """Whether a key signed checkpoints of that size, given the key after it."""
    return after is None or size <= after.after_size


def _faulty_copy() -> Iterator[str]:
    """The second copy, event by event beside the database."""
    copied = 0
    for copied, (body, leaf) in enumerate(zip(_bodies(), _leaves(head_seq()), strict=False), 1):
        if leaf_hash(body) != leaf:
            yield f"Event {copied} is not the same in the second copy."
            return
    if copied < sealed_to():
        yield f"The second copy in {places.segment_folder()} ends at event {copied}, and {sealed_to()} were sealed."


def _bodies() -> Iterable[bytes]:
    return segments.bodies(places.segment_folder())
