"""Proofs made from tiles are those of RFC 6962, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import checkpoint, note
from audit.checkpoint import Checkpoint
from audit.errors import LogCheckpointInvalidError, LogForkedError, LogKeyChangedError, ProofInvalidError
from audit.proofs import (
    InclusionProof,
    check_consistency,
    consistency_path,
    inclusion_path,
    prove,
    read_known,
    read_proof,
)
from audit.tree import consistency_proof, inclusion_proof, leaf_hash, root
from tests.audit.test_tiles import Tree, leaf

pytestmark = pytest.mark.anyio
SIGNER = note.signer(note.make_key())
BIG = Tree(70_001)


def signed(tree: Tree, size: int) -> str:
    return checkpoint.sign(size, root(tree.levels[0][:size]), SIGNER)


async def test_paths_from_tiles_are_those_of_the_whole_tree() -> None:
    for size in range(1, 40):
        hashes = BIG.levels[0][:size]
        for index in range(size):
            assert await inclusion_path(BIG, index, size) == inclusion_proof(hashes, index)
            assert await consistency_path(BIG, index + 1, size) == consistency_proof(hashes, index + 1)


@pytest.mark.parametrize("size", [255, 256, 257, 511, 65_535, 65_536, 65_537, 70_001])
async def test_paths_across_levels_of_tiles_are_those_of_the_whole_tree(size: int) -> None:
    hashes = BIG.levels[0][:size]
    for index in {0, 1, 200, 254, size // 2, size - 1}:
        assert await inclusion_path(BIG, index, size) == inclusion_proof(hashes, index)
        assert await consistency_path(BIG, index + 1, size) == consistency_proof(hashes, index + 1)


async def test_a_path_outside_the_tree_is_an_error() -> None:
    for index, size in ((-1, 3), (3, 3)):
        with pytest.raises(IndexError):
            await inclusion_path(BIG, index, size)
    with pytest.raises(IndexError):
        await consistency_path(BIG, 4, 3)


async def test_a_proof_is_read_back_and_leads_to_the_signed_root() -> None:
    for index in (0, 5, 70_000):
        proof = await prove(BIG, index, signed(BIG, 70_001), SIGNER.verifier)
        assert read_proof(proof.text) == proof
        assert proof.check(leaf_hash(leaf(index)), SIGNER.verifier).size == 70_001
        with pytest.raises(ProofInvalidError):
            proof.check(leaf_hash(b"another"), SIGNER.verifier)
    single = await prove(BIG, 0, signed(BIG, 1), SIGNER.verifier)
    assert read_proof(single.text).path == ()


async def test_extra_data_of_the_standard_is_passed_over() -> None:
    proof = await prove(BIG, 2, signed(BIG, 9), SIGNER.verifier)
    assert read_proof(proof.text.replace("\nindex", "\nextra Zm9v\nindex", 1)) == proof


@given(st.data())
async def test_a_changed_proof_never_passes(data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 299))
    proof = await prove(BIG, index, signed(BIG, 300), SIGNER.verifier)
    text = proof.text
    at = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters(codec="ascii", exclude_characters=text[at]))
    changed = text[:at] + sign + text[at + 1 :]
    try:
        read = read_proof(changed)
        said = read.check(leaf_hash(leaf(index)), SIGNER.verifier)
    except (ProofInvalidError, LogCheckpointInvalidError, LogKeyChangedError):
        return
    assert (read.index, read.path, said) == (index, proof.path, state(BIG, 300)), "only spelling may differ"


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nindex 01\n\nx"])
def test_a_text_that_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(ProofInvalidError):
        read_proof(text)


async def test_a_proof_signed_by_another_log_is_refused() -> None:
    other = note.signer(note.make_key())
    forged = InclusionProof(0, (), checkpoint.sign(1, leaf_hash(leaf(0)), other))
    with pytest.raises(LogKeyChangedError):
        forged.check(leaf_hash(leaf(0)), SIGNER.verifier)


def state(tree: Tree, size: int) -> Checkpoint:
    return checkpoint.read(signed(tree, size), SIGNER.verifier)


async def test_a_log_that_grew_begins_with_what_it_was() -> None:
    for older, newer in ((0, 0), (0, 9), (1, 1), (1, 300), (256, 300), (299, 70_001)):
        await check_consistency(BIG, state(BIG, older), state(BIG, newer))


async def test_two_auditors_who_were_shown_different_trees_find_out() -> None:
    other = Tree(300)
    other.leaves[7] = b"what the other auditor was shown"
    other.levels = [[leaf_hash(one) for one in other.leaves]]
    other.levels.append([root(other.levels[0][:256])])
    shown = state(other, 300)
    for source in (BIG, other):
        with pytest.raises(LogForkedError):
            await check_consistency(source, shown, state(BIG, 400))
    with pytest.raises(LogForkedError):
        await check_consistency(BIG, shown, state(BIG, 300))


async def test_a_log_that_shrank_is_refused() -> None:
    with pytest.raises(LogForkedError):
        await check_consistency(BIG, state(BIG, 300), state(BIG, 299))


def test_a_bad_checkpoint_is_refused_under_the_name_of_its_file() -> None:
    with pytest.raises(LogCheckpointInvalidError) as refused:
        read_known("kept.checkpoint", "nonsense", SIGNER.verifier)
    assert refused.value.where == "kept.checkpoint"
