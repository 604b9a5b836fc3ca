"""A copy of a log, and what somebody with the disk in hand may do to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit import checkpoint, note
from audit.finding import Finding
from audit.tree import Frontier, leaf_hash
from audit.verify import verify
from govgraph.keyring import Keyring

SIZE = 12


@dataclass(frozen=True)
class Copy:
    """A copy of a log of twelve records, to be tampered with."""

    home: Path
    key: str
    keyring: Keyring

    @contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.home / "audit" / "log.db", isolation_level=None)
        yield connection
        connection.close()

    def run(self, *statements: str) -> None:
        with self.store() as connection:
            for statement in statements:
                connection.execute(statement)

    def found(self) -> tuple[Finding, int | None]:
        result = verify(self.home / "audit", self.key)
        assert result.ok == (result.finding is Finding.VERIFIED) == (not result.problem)
        return result.finding, result.position

    def edit_with_its_hash(
        self, position: int, edit: tuple[bytes, bytes] = (b"yiwu-service-hall", b"somebody-else")
    ) -> None:
        with self.store() as connection:
            (leaf,) = connection.execute("SELECT leaf FROM leaf WHERE position = ?", (position,)).fetchone()
            edited = leaf.replace(*edit)
            assert edited != leaf
            connection.execute(
                "UPDATE leaf SET leaf = ?, hash = ? WHERE position = ?", (edited, leaf_hash(edited), position)
            )

    def signed_with(self, signer: note.Signer, size: int = SIZE) -> str:
        with self.store() as connection:
            hashes = [row[0] for row in connection.execute("SELECT hash FROM leaf ORDER BY position")]
        return checkpoint.sign(size, Frontier().extended(hashes[:size]).root(), signer)
