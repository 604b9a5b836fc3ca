"""Writes records as fast as it can and names each one that was acknowledged, until it is killed."""

import os
import sys
from pathlib import Path

import anyio

from audit.errors import LogUnavailableError
from audit.log import open_log
from audit.opening import EMBEDDED
from audit.postgresql.keeping import shared
from audit.postgresql.session import read_addresses
from audit.record import AccessRecord, Outcome, SubjectList
from govgraph.clock import rfc3339, system_clock
from govgraph.keyring import Keyring


async def write(home: Path, start: str, url: str) -> None:
    """Append from eight callers at once; a line goes out only after the append returned.

    A refusal is waited out: a caller that was refused saw no answer.
    """
    clock = system_clock()
    addresses = read_addresses(url, "")
    keeping = shared(addresses) if addresses else EMBEDDED
    log = await open_log(home / "audit", Keyring(home / "keys"), clock, keeping)
    os.write(1, b"open\n")

    async def caller(number: int) -> None:
        for count in range(1_000_000):
            receipt = f"{start}-{number}-{count}"
            record = AccessRecord(receipt, rfc3339(clock.now()), receipt, Outcome.ANSWERED)
            try:
                position = await log.append(record, SubjectList((receipt,)))
            except LogUnavailableError:
                await anyio.sleep(0.05)
                continue
            os.write(1, f"{position} {receipt}\n".encode())

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(caller, number)


if __name__ == "__main__":
    anyio.run(write, Path(sys.argv[1]), sys.argv[2], "".join(sys.argv[3:]))
