"""Tamper drills: what somebody with the disk in hand may do to a log, done to copies, and what finds it.

Each drill changes a copy of a log and is then looked at the way an auditor would, who holds the verifier key
and two checkpoints fetched before. The stolen key is only stolen from the copy's own keys.
"""

import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from audit import checkpoint, note
from audit.embedded import FILE, copy_store
from audit.finding import Verification
from audit.note import Signer
from audit.opening import CHECKPOINT
from audit.tree import WIDTH, Frontier, leaf_hash
from audit.verify import verify

SMALLEST: Final = 4
"""Records that a log must have for every drill to have something to change."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy of a log to be changed: its folder, its size, and its signing key where that was stolen."""

    home: Path
    size: int
    thief: Signer
    older: str

    @property
    def middle(self) -> int:
        """Return a position well inside the log."""
        return self.size // 2

    def run(self, *statements: tuple[str, Sequence[object]]) -> None:
        """Run statements on the store, each with its values."""
        with closing(sqlite3.connect(self.home / "audit" / FILE, isolation_level=None)) as connection:
            for statement, values in statements:
                connection.execute(statement, values)

    def signed(self, signer: Signer, size: int) -> tuple[str, bytes]:
        """Return a note over the first leaves as they stand now, and the peaks that belong to it."""
        with closing(sqlite3.connect(self.home / "audit" / FILE)) as connection:
            rows = connection.execute("SELECT hash FROM leaf WHERE position < ? ORDER BY position", (size,))
            frontier = Frontier().extended(row[0] for row in rows)
        return checkpoint.sign(size, frontier.root(), signer), b"".join(frontier.peaks)

    def resign(self, signer: Signer, size: int) -> None:
        """Replace every checkpoint on the machine by a new one for `size` records."""
        signed, peaks = self.signed(signer, size)
        self.run(
            ("DELETE FROM checkpoint", ()),
            ("DELETE FROM node", ()),
            ("INSERT INTO checkpoint (size, note, peaks) VALUES (?, ?, ?)", (size, signed, peaks)),
        )
        (self.home / CHECKPOINT).write_text(signed, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill did, and what verification with a checkpoint kept elsewhere said of it."""

    drill: str
    found: Verification


def edit(copied: Copied) -> None:
    """Change one sign of one record."""
    at = (copied.middle,)
    copied.run(("UPDATE leaf SET leaf = CAST(replace(leaf, 'time', 'tide') AS BLOB) WHERE position = ?", at))


def delete(copied: Copied) -> None:
    """Delete one record and close the gap."""
    copied.run(
        ("DELETE FROM leaf WHERE position = ?", (copied.middle,)),
        *(
            ("UPDATE leaf SET position = ? WHERE position = ?", (at - 1, at))
            for at in range(copied.middle + 1, copied.size)
        ),
    )


def reorder(copied: Copied) -> None:
    """Let two records change places."""
    one, other = copied.middle - 1, copied.middle
    move = "UPDATE leaf SET position = ? WHERE position = ?"
    copied.run((move, (-1, one)), (move, (one, other)), (move, (other, -1)))


def truncate(copied: Copied) -> None:
    """Cut the newest record off, every checkpoint on the machine with it."""
    copied.run(
        ("DELETE FROM leaf WHERE position = ?", (copied.size - 1,)),
        ("DELETE FROM checkpoint WHERE size = ?", (copied.size,)),
    )
    copied.resign(copied.thief, copied.size - 1)


def rebuild(copied: Copied) -> None:
    """Rewrite a record and sign the whole log anew with the stolen key."""
    with closing(sqlite3.connect(copied.home / "audit" / FILE, isolation_level=None)) as connection:
        query = "SELECT leaf FROM leaf WHERE position = ?"
        (leaf,) = connection.execute(query, (copied.middle,)).fetchone()
        forged = bytes(leaf).replace(b'"time":"2', b'"time":"1')
        update = "UPDATE leaf SET leaf = ?, hash = ? WHERE position = ?"
        connection.execute(update, (forged, leaf_hash(forged), copied.middle))
    copied.resign(copied.thief, copied.size)


def roll_back(copied: Copied) -> None:
    """Put a backup back, its checkpoint too: sound in itself, and too short."""
    copied.run(
        ("DELETE FROM leaf WHERE position >= ?", (copied.middle,)),
        ("DELETE FROM checkpoint WHERE size > ?", (copied.middle,)),
    )
    copied.resign(copied.thief, copied.middle)


def swap_checkpoints(copied: Copied) -> None:
    """Put an earlier checkpoint in the place of the last one."""
    peaks = b"\0" * WIDTH
    copied.run(
        ("DELETE FROM checkpoint WHERE size > ?", (copied.middle,)),
        ("INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)", (copied.middle, copied.older, peaks)),
    )
    (copied.home / CHECKPOINT).write_text(copied.older, encoding="utf-8")


def foreign_key(copied: Copied) -> None:
    """Sign the log with a key of one's own."""
    copied.resign(note.signer(note.make_key()), copied.size)


def swap_receipts(copied: Copied) -> None:
    """Let one receipt lead to another's record; neighbours may share theirs, so a foreign one is taken."""
    foreign = "SELECT receipt FROM leaf WHERE receipt <> (SELECT receipt FROM leaf WHERE position = ?)"
    take = f"UPDATE leaf SET receipt = ({foreign} ORDER BY position LIMIT 1) WHERE position = ?"  # noqa: S608
    copied.run((take, (copied.middle, copied.middle)))


DRILLS: Final[Mapping[str, Callable[[Copied], None]]] = MappingProxyType(
    {
        "edit": edit,
        "delete": delete,
        "reorder": reorder,
        "truncate": truncate,
        "rebuild": rebuild,
        "roll-back": roll_back,
        "swap-checkpoints": swap_checkpoints,
        "foreign-key": foreign_key,
        "swap-receipts": swap_receipts,
    }
)


def drill(name: str, home: Path, scratch: Path, pem: bytes) -> Drilled:
    """Copy the log of a home into a new folder below `scratch`, tamper with it, and verify the copy.

    `pem` is the log's signing key, as a thief would have it; the checkpoints kept elsewhere are the
    home's own of now and one of half its records. The home is only read.
    """
    thief = note.signer(pem)
    kept = (home / CHECKPOINT).read_text(encoding="utf-8")
    copy = scratch / name
    copy.mkdir()
    (copy / "audit").mkdir()
    copy_store(home / "audit", copy / "audit")
    shutil.copy(home / CHECKPOINT, copy / CHECKPOINT)
    size = checkpoint.read(kept, thief.verifier).size
    copied = Copied(copy, size, thief, "")
    older, _ = copied.signed(thief, copied.middle)
    DRILLS[name](Copied(copy, size, thief, older))
    elsewhere = {"kept last month": older, "kept yesterday": kept}
    return Drilled(name, verify(copy / "audit", thief.verifier.text, elsewhere))
