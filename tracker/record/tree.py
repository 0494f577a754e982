"""The tree over the record's leaves: its roots and proofs.

Source: RFC 9162 sections 2.1.1 (root), 2.1.3.1 (inclusion) and 2.1.4.1 (consistency).
"""

from collections.abc import Callable, Mapping, Sequence

from tracker.record.verifier import EMPTY_ROOT, node_hash

BLOCK = 256  # leaves; the hash of a whole block never changes, and is worth keeping


class Tree:
    """A tree over leaf hashes that are read a block at a time, when a root or a proof needs them.

    `read(start, end)` gives the leaf hashes from `start` up to, without, `end`, fewer where the record ends. `blocks`
    are the hashes of whole blocks that are known already: their leaves are not read for a root.
    """

    def __init__(self, read: Callable[[int, int], Sequence[bytes]], blocks: Mapping[int, bytes] | None = None) -> None:
        self._read = read
        self._known: dict[tuple[int, int], bytes] = {
            (number * BLOCK, (number + 1) * BLOCK): block for number, block in (blocks or {}).items()
        }
        self._leaves: dict[int, Sequence[bytes]] = {}

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves."""
        return self._hash(0, size) if size else EMPTY_ROOT

    def block(self, number: int) -> bytes:
        """The hash of a whole block, the first being 0: what to hand in as one of `blocks` the next time."""
        return self._hash(number * BLOCK, (number + 1) * BLOCK)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """The hashes that lead from leaf number `index`, from 0, to the root of the tree of that size."""
        if not 0 <= index < size:
            raise ValueError(f"There is no leaf {index} in a tree of {size}.")
        return self._path(index, 0, size)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """The hashes that show that the tree of `old` leaves is the beginning of the one of `new` leaves."""
        if not 0 <= old <= new:
            raise ValueError(f"A tree of {old} is not the beginning of one of {new}.")
        return self._beginning(old, 0, new, whole=True) if 0 < old < new else []

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _left(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._hash(middle, end)]
        return [*self._path(index, middle, end), self._hash(start, middle)]

    def _beginning(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        """`whole`: the old tree is all of this subtree so far, and its root need not be told."""
        if old == end:
            return [] if whole else [self._hash(start, end)]
        middle = start + _left(end - start)
        if old <= middle:
            return [*self._beginning(old, start, middle, whole=whole), self._hash(middle, end)]
        return [*self._beginning(old, middle, end, whole=False), self._hash(start, middle)]

    def _hash(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self._leaf(start)
        if (found := self._known.get((start, end))) is None:
            middle = start + _left(end - start)
            found = node_hash(self._hash(start, middle), self._hash(middle, end))
            if end - start >= BLOCK:
                self._known[start, end] = found
        return found

    def _leaf(self, index: int) -> bytes:
        number = index // BLOCK
        if number not in self._leaves:
            self._leaves[number] = self._read(number * BLOCK, (number + 1) * BLOCK)
        return self._leaves[number][index % BLOCK]


def _left(size: int) -> int:
    """How many leaves go to the left: the largest power of two that is smaller than the size."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return _over(leaves).root(len(leaves))


def inclusion_proof(leaves: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The hashes that lead from a leaf, counted from 0, to the root of the first `size` leaves."""
    return _over(leaves).inclusion_proof(index, size)


def consistency_proof(leaves: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """The hashes that show that the first `old` leaves are the beginning of the first `new`."""
    return _over(leaves).consistency_proof(old, new)


def _over(leaves: Sequence[bytes]) -> Tree:
    return Tree(lambda start, end: leaves[start:end])
