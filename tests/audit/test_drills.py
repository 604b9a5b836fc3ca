"""Every drill of tampering is found under its name and at its place; the log itself stays as it was."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit import note
from audit.drills import DRILLS, drill
from audit.finding import Finding
from audit.log import Log
from audit.opening import EMBEDDED, Keeping
from audit.record import AccessRecord, Outcome
from audit.verify import verify
from govgraph.keyring import Keyring
from tests.audit.tampering import SIZE, Copy

pytestmark = pytest.mark.anyio

EXPECTED = {
    "edit": (Finding.LEAF_CHANGED, 6),
    "delete": (Finding.TREE_CHANGED, 6),
    "reorder": (Finding.TREE_CHANGED, 5),
    "truncate": (Finding.ROLLED_BACK, 11),
    "rebuild": (Finding.FORKED, 6),
    "roll-back": (Finding.ROLLED_BACK, 6),
    "swap-checkpoints": (Finding.LEAF_UNSIGNED, 6),
    "foreign-key": (Finding.OUTSIDE_CHECKPOINT_INVALID, None),
    "swap-receipts": (Finding.RECEIPT_CHANGED, 6),
}
ALONE = {"truncate", "rebuild", "roll-back"}
"""Drills with the stolen key that only a checkpoint kept elsewhere finds."""


@pytest.fixture
def keeping() -> Keeping:
    """The embedded store: what is done to its file is found in its file."""
    return EMBEDDED


def test_each_drill_has_its_expectation() -> None:
    assert EXPECTED.keys() == DRILLS.keys()


@pytest.mark.parametrize("name", sorted(DRILLS))
async def test_a_drill_is_found_with_its_place(copy: Copy, tmp_path: Path, name: str) -> None:
    before = (copy.home / "audit" / "log.db").read_bytes()
    pem = copy.keyring.private_key("audit-log", note.make_key)
    found = drill(name, copy.home, tmp_path, pem).found
    assert (found.finding, found.position) == EXPECTED[name]
    assert verify(tmp_path / name / "audit", copy.key).ok == (name in ALONE)
    assert (copy.home / "audit" / "log.db").read_bytes() == before
    assert verify(copy.home / "audit", copy.key).size == SIZE
    shutil.rmtree(tmp_path / name)


async def test_swapped_receipts_are_found_where_neighbours_share_theirs(
    log: Log, home: Path, record: Callable[[int], AccessRecord], keyring: Keyring, tmp_path: Path
) -> None:
    for number in range(6):
        for outcome in (Outcome.PENDING, Outcome.ANSWERED):
            await log.append(replace(record(number), outcome=outcome))
    found = drill("swap-receipts", home, tmp_path, keyring.private_key("audit-log", note.make_key)).found
    assert (found.finding, found.position) == (Finding.RECEIPT_CHANGED, 6)
