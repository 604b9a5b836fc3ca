"""The tree of RFC 6962: its definition, its published values, and proofs against the plain definition."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tree import (
    Frontier,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
)

SIZES = st.integers(1, 70)
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def plain_root(hashes: Sequence[bytes]) -> bytes:
    """The definition of section 2.1, word for word."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\1" + plain_root(hashes[:split]) + plain_root(hashes[split:])).digest()


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_equal_the_reference_values_of_certificate_transparency(size: int, expected: str) -> None:
    assert root([leaf_hash(text) for text in INPUTS[:size]]).hex() == expected


def test_a_leaf_can_not_pass_for_a_node() -> None:
    left, right = leaves(2)
    assert leaf_hash(left + right) != node_hash(left, right)


def test_changed_leaf_changes_the_root() -> None:
    hashes = leaves(7)
    assert root([*hashes[:3], leaf_hash(b"other"), *hashes[4:]]) != root(hashes)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_frontier_grown_in_parts_has_the_root_of_the_definition(first: int, more: int) -> None:
    hashes = leaves(first + more)
    grown = Frontier().extended(hashes[:first]).extended(hashes[first:])
    assert grown.root() == plain_root(hashes)
    assert grown.size == first + more
    assert len(grown.peaks) == grown.size.bit_count()


@given(SIZES, st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    proof = inclusion_proof(hashes, index)
    head = plain_root(hashes)
    assert included(hashes[index], index, size, proof) == head
    assert included(leaf_hash(b"other"), index, size, proof) != head
    other = data.draw(st.integers(0, size + 3).filter(lambda number: number != index))
    assert included(hashes[index], other, size, proof) != head
    assert included(hashes[index], index, size, (*proof, head)) is None


@given(SIZES, st.data())
def test_a_shortened_or_altered_path_proves_nothing(size: int, data: st.DataObject) -> None:
    hashes = leaves(size + 1)
    index = data.draw(st.integers(0, size))
    proof = inclusion_proof(hashes, index)
    at = data.draw(st.integers(0, len(proof) - 1))
    altered = (*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :])
    assert included(hashes[index], index, size + 1, altered) != plain_root(hashes)
    assert included(hashes[index], index, size + 1, proof[:-1]) != plain_root(hashes)


@given(SIZES, st.integers(0, 70))
def test_a_grown_tree_is_consistent_with_its_beginning(first: int, more: int) -> None:
    hashes = leaves(first + more)
    proof = consistency_proof(hashes, first)
    older, newer = (first, plain_root(hashes[:first])), (first + more, plain_root(hashes))
    assert consistent(older, newer, proof)
    assert not consistent((first, leaf_hash(b"other")), newer, proof)
    assert not consistent(older, (first + more, leaf_hash(b"other")), proof)
    assert not consistent(older, newer, (*proof, older[1]))


@given(SIZES, st.integers(1, 70), st.data())
def test_a_rewritten_beginning_is_not_consistent(first: int, more: int, data: st.DataObject) -> None:
    hashes = leaves(first + more)
    at = data.draw(st.integers(0, first - 1))
    rewritten = [*hashes[:at], leaf_hash(b"other"), *hashes[at + 1 :]]
    older, newer = (first, plain_root(hashes[:first])), (first + more, plain_root(rewritten))
    assert not consistent(older, newer, consistency_proof(rewritten, first))
    assert not consistent(older, newer, consistency_proof(hashes, first))


@given(
    st.integers(-2, 12),
    st.integers(-2, 12),
    st.lists(st.binary(min_size=32, max_size=32), max_size=6),
)
def test_made_up_proofs_are_refused(first: int, second: int, proof: list[bytes]) -> None:
    assert not consistent((first, b"a" * 32), (second, b"b" * 32), proof)
    assert included(b"a" * 32, first, second, proof) != b"b" * 32


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_proof(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(leaves(3), index)


@pytest.mark.parametrize("first", [0, 4])
def test_a_beginning_that_is_not_there_has_no_proof(first: int) -> None:
    with pytest.raises(IndexError):
        consistency_proof(leaves(3), first)
