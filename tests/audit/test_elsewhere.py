"""Checkpoints kept away from the machine: what its keeper can undo on it does not pass them."""

import pytest

from audit import note
from audit.finding import Finding
from audit.verify import verify
from tests.audit.tampering import SIZE, Copy

pytestmark = pytest.mark.anyio


async def test_a_cut_with_every_trace_on_the_machine_removed_is_found_by_a_checkpoint_elsewhere(
    copy: Copy,
) -> None:
    elsewhere = {"notary.checkpoint": (copy.home / "audit.checkpoint").read_text()}
    copy.run("DELETE FROM leaf WHERE position >= 10", "DELETE FROM checkpoint WHERE size > 10")
    (copy.home / "audit.checkpoint").unlink()
    alone = verify(copy.home / "audit", copy.key)
    assert (alone.ok, alone.compared) == (True, ())
    found = verify(copy.home / "audit", copy.key, elsewhere)
    assert (found.finding, found.position) == (Finding.ROLLED_BACK, 10)
    assert "notary.checkpoint" in found.problem


async def test_every_checkpoint_kept_elsewhere_is_compared(copy: Copy) -> None:
    thief = note.signer(copy.keyring.private_key("audit-log", note.make_key))
    kept = {f"at {size}": copy.signed_with(thief, size) for size in (0, 3, 8, SIZE)}
    assert verify(copy.home / "audit", copy.key, kept).compared == (0, 3, 8, SIZE)
    copy.edit_with_its_hash(9)
    forged = copy.signed_with(thief)
    copy.run(f"UPDATE checkpoint SET note = '{forged}' WHERE size = {SIZE}")
    (copy.home / "audit.checkpoint").write_text(forged)
    assert verify(copy.home / "audit", copy.key).ok
    found = verify(copy.home / "audit", copy.key, kept)
    assert (found.finding, found.position) == (Finding.FORKED, 9)


async def test_a_checkpoint_kept_elsewhere_of_another_log_is_refused(copy: Copy) -> None:
    other = copy.signed_with(note.signer(note.make_key()))
    found = verify(copy.home / "audit", copy.key, {"other": other})
    assert found.finding is Finding.KEPT_CHECKPOINT_INVALID
