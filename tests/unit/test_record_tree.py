"""The tree over the record: roots and proofs as RFC 9162 has them, and what a verifier accepts."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tracker.record import tree
from tracker.record.verifier import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash, node_hash

# The eight leaves and roots that implementations of certificate transparency are tried with.
ENTRIES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(each) for each in ENTRIES]
entries = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_the_known_ones(size: int) -> None:
    assert tree.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree.root([]) == sha256(b"").digest() == EMPTY_ROOT


def test_the_proofs_are_those_of_the_rfc_s_example() -> None:
    """Source: RFC 9162 section 2.1.5, a tree of seven leaves."""
    a, b, c, d, _, _, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(LEAVES[4], LEAVES[5])
    k, m = node_hash(g, h), node_hash(i, j)
    assert tree.inclusion_proof(LEAVES, 0, 7) == [b, h, m]
    assert tree.inclusion_proof(LEAVES, 3, 7) == [c, g, m]
    assert tree.inclusion_proof(LEAVES, 4, 7) == [LEAVES[5], j, k]
    assert tree.inclusion_proof(LEAVES, 6, 7) == [i, k]
    assert tree.consistency_proof(LEAVES, 3, 7) == [c, d, g, m]
    assert tree.consistency_proof(LEAVES, 4, 7) == [m]
    assert tree.consistency_proof(LEAVES, 6, 7) == [i, j, k]


@given(entries, st.data())
def test_another_implementation_gives_the_same_tree(bodies: list[bytes], data: st.DataObject) -> None:
    other = InmemoryTree(algorithm="sha256")
    for body in bodies:
        other.append_entry(body)
    leaves = [leaf_hash(body) for body in bodies]
    size = data.draw(st.integers(1, len(leaves)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.root(leaves) == other.get_root(len(leaves))
    assert tree.inclusion_proof(leaves, index, size) == other.prove_inclusion(index + 1, size).path[1:]
    proof = tree.consistency_proof(leaves, old, size)  # Its own have another shape, so its roots are what is compared.
    assert check_consistency(old, other.get_root(old), size, other.get_root(size), proof)


@given(entries, st.data())
def test_a_proof_is_accepted_for_its_own_leaf_and_no_other(bodies: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([number]) + body) for number, body in enumerate(bodies)]
    size, root = len(leaves), tree.root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(leaves, index, size)
    assert [at for at in range(size) if check_inclusion(at, size, leaves[index], proof, root)] == [index]
    assert not check_inclusion(index, size, leaf_hash(b"another"), proof, root)
    assert not check_inclusion(index, size, leaves[index], [*proof, root], root)
    assert not check_inclusion(index, size, leaves[index], proof, _flipped(root))
    for at in range(len(proof)):
        assert not check_inclusion(index, size, leaves[index], _without(proof, at), root)
        assert not check_inclusion(index, size, leaves[index], _flipped_at(proof, at), root)


@given(entries, st.data())
def test_a_tree_is_accepted_as_the_beginning_of_its_later_self_alone(bodies: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([number]) + body) for number, body in enumerate(bodies)]
    new = len(leaves)
    old = data.draw(st.integers(0, new))
    old_root, new_root = tree.root(leaves[:old]), tree.root(leaves)
    proof = tree.consistency_proof(leaves, old, new)
    assert check_consistency(old, old_root, new, new_root, proof)
    assert not check_consistency(old, _flipped(old_root), new, new_root, proof)
    assert not check_consistency(old, old_root, new, new_root, [*proof, new_root])
    if old:
        assert not check_consistency(old, old_root, new, _flipped(new_root), proof)
        assert not check_consistency(new + 1, old_root, new, new_root, proof)
    for at in range(len(proof)):
        assert not check_consistency(old, old_root, new, new_root, _without(proof, at))
        assert not check_consistency(old, old_root, new, new_root, _flipped_at(proof, at))


def test_a_root_of_another_length_proves_nothing() -> None:
    assert not check_inclusion(0, 1, LEAVES[0][:31], [], LEAVES[0][:31])
    assert not check_consistency(1, LEAVES[0][:31], 1, LEAVES[0][:31], [])


def test_known_blocks_spare_the_leaves_under_them() -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(5 * tree.BLOCK + 7)]
    asked: list[tuple[int, int]] = []

    def read(start: int, end: int) -> Sequence[bytes]:
        asked.append((start, end))
        return leaves[start:end]

    whole = tree.Tree(lambda start, end: leaves[start:end])
    blocks = {number: whole.block(number) for number in range(5)}
    spared = tree.Tree(read, blocks)
    assert spared.root(len(leaves)) == tree.root(leaves)
    assert asked == [(5 * tree.BLOCK, 6 * tree.BLOCK)]
    assert spared.inclusion_proof(300, len(leaves)) == tree.inclusion_proof(leaves, 300, len(leaves))
    assert spared.consistency_proof(700, len(leaves)) == tree.consistency_proof(leaves, 700, len(leaves))


def test_there_is_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="no leaf 8"):
        tree.inclusion_proof(LEAVES, 8, 8)
    with pytest.raises(ValueError, match="tree of 9"):
        tree.consistency_proof(LEAVES, 9, 8)


def _flipped(found: bytes) -> bytes:
    return bytes([found[0] ^ 1]) + found[1:]


def _flipped_at(proof: list[bytes], at: int) -> list[bytes]:
    return [*proof[:at], _flipped(proof[at]), *proof[at + 1 :]]


def _without(proof: list[bytes], at: int) -> list[bytes]:
    return [*proof[:at], *proof[at + 1 :]]
