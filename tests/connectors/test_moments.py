"""Moments are compared, ordered and grouped as instants at every source, whatever zone they state."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from sqlite3 import connect
from typing import Any

import asyncmy
import asyncpg
import orjson
import pytest

from auth.principal import Principal, Role
from auth.rights import Level, Right
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import (
    ColumnType,
    Entity,
    EntityColumn,
    Grouping,
    Measure,
    Measured,
    Order,
    Output,
    Read,
)
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Column, Kind, Not
from resolvers.documents.arguments import Leaf
from resolvers.planning.binds import BindTable, Moment
from resolvers.planning.comparing import stated
from resolvers.planning.fields import instant, sortable
from schema.catalog import CatalogField

pytestmark = pytest.mark.anyio
FIELD = CatalogField("at", "at", "", "DateTime", Level.L1, frozenset(Right))
CITY = timezone(timedelta(hours=8))
TEXTS = [
    "2024-02-29T08:00:00", "2024-02-29T00:00:00Z", "2024-02-29 08:00:00.25", "2024-02-29T08:00:01",
    "2024-02-28T23:59:59.999Z", "2024-02-28T20:30:00-04:00", "2024/03/01 08:30", "20240301", "2024-02-29",
    "1988-07-01T08:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z",
    "2023-02-29T08:00:00", "2024-02-29T24:00:00", "soon", "", None,
]  # fmt: skip
"""What a column of texts holds; the last ones are no moments, or none of the calendar."""
STORED = [
    None if text is None else datetime.fromisoformat(text)
    for text in (
        "2024-02-29T08:00:00", "2024-02-29T08:00:00.250000", "2024-02-29T08:00:00.999999",
        "2024-02-29T08:00:01", "2024-02-29T07:59:59.999999", "1988-07-01T08:00:00", "2024-03-01", None,
    )
]  # fmt: skip
"""What a column of moments holds, on the city's clock."""
BOUNDS = (
    "2024-02-29T08:00:00+08:00",
    "2024-02-29T00:00:00Z",
    "2024-02-29T08:00:00",
    "2024-02-28T19:00:00-05:00",
)
"""The same instant, as callers state it."""
TYPES = {
    "memory": "text", "memory moments": "moments", "sqlite": "text", "sqlite moments": "timestamp",
    "files": "text", "files moments": "timestamp",
    "postgresql": "text", "postgresql timestamp": "timestamp", "postgresql timestamptz": "timestamptz",
    "mariadb": "text", "mariadb datetime": "datetime(6)", "mariadb timestamp": "timestamp(6) NULL",
}  # fmt: skip
MARKS = {"postgresql": [pytest.mark.postgresql], "mariadb": [pytest.mark.mariadb]}
ENGINES = [pytest.param(name, marks=MARKS.get(name.partition(" ")[0], [])) for name in TYPES]
COLUMNS = ("id", "at")


def entity(kind: ColumnType = ColumnType.TEXT) -> Entity:
    return Entity("register", (EntityColumn("id", ColumnType.TEXT), EntityColumn("at", kind)), ("id",))


def cells(name: str) -> list[Any]:
    """Return the cells of a source, texts or moments of the zone that its column counts in."""
    type_ = TYPES[name]
    if type_ == "text":
        return TEXTS
    zoned = name in ("postgresql timestamptz", "mariadb timestamp")
    return [one.replace(tzinfo=CITY) if one and zoned else one for one in STORED]


def shown(name: str, cell: Any) -> str | None:
    """Return a cell as a statement of its owner writes it."""
    if not isinstance(cell, datetime):
        return None if cell is None else str(cell)
    if name == "mariadb timestamp":  # its sessions are in UTC
        return cell.astimezone(UTC).replace(tzinfo=None).isoformat()
    return cell.isoformat()


def at(cell: Any) -> datetime | None:
    """Return the instant of a cell to the second, as a clerk would say; None for what is none."""
    if cell is None:
        return None
    try:
        read = cell if isinstance(cell, datetime) else datetime.fromisoformat(cell.replace("/", "-"))
        aware = read if read.tzinfo else read.replace(tzinfo=CITY)
        return aware.astimezone(CITY).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


@pytest.fixture(params=ENGINES)
async def source(
    request: pytest.FixtureRequest, tmp_path: Path, statements: Any
) -> AsyncIterator[tuple[str, Connector]]:
    name: str = request.param
    rows = [[f"r{number:02}", cell] for number, cell in enumerate(cells(name))]
    kind = name.partition(" ")[0]
    if kind == "memory":
        yield name, MemoryConnector([MemoryTable(entity(), rows)])
        return
    made = [(key, shown(name, cell)) for key, cell in rows]
    settings = await stored(request, (kind, TYPES[name]), made, tmp_path)
    opener = "files" if kind == "files" else "sql"
    connector = await open_connector(opener, settings, statements.surroundings(), {})
    await connector.describe()
    yield name, connector
    await connector.aclose()


Rows = Sequence[tuple[str, str | None]]


async def stored(
    request: pytest.FixtureRequest, what: tuple[str, str], rows: Rows, folder: Path
) -> dict[str, Any]:
    """Store the rows, and return the settings of their source."""
    kind, type_ = what
    if kind == "files":
        lines = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
        (folder / "r.jsonl").write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
        columns = {"id": "text", "at": "text" if type_ == "text" else "datetime"}
        read_as = {"path": str(folder / "r.jsonl"), "format": "jsonl", "columns": columns}
        return {"entities": {"register": read_as}}
    created = f"CREATE TABLE register (id VARCHAR(9) PRIMARY KEY, at {type_})"
    if kind == "sqlite":
        with closing(connect(folder / "r.db")) as database, database:
            database.execute(created)
            database.executemany("INSERT INTO register VALUES (?, ?)", rows)
        return {"url": f"sqlite:///{folder / 'r.db'}"}
    url = request.getfixturevalue(f"new_{kind}_database")()
    written = ", ".join(f"('{key}', {'NULL' if cell is None else repr(cell)})" for key, cell in rows)
    owner = await (asyncpg.connect(url) if kind == "postgresql" else mariadb(request, url))
    tell = owner.execute if kind == "postgresql" else owner.query
    for statement in (created, f"INSERT INTO register VALUES {written}"):
        await tell(statement)
    await (owner.close() if kind == "postgresql" else owner.ensure_closed())
    return {"url": url}


async def mariadb(request: pytest.FixtureRequest, url: str) -> Any:
    """Return a connection of the owner of a new database, in UTC."""
    database = url.partition("@/")[2].partition("?")[0]
    address = request.getfixturevalue("mariadb_address")
    owner = await asyncmy.connect(**address, database=database, autocommit=True, charset="utf8mb4")
    await owner.query("SET SESSION time_zone = '+00:00'")
    return owner


def read(operator: str, value: Any, *, negated: bool = False) -> tuple[Read, Mapping[str, Any]]:
    """Return a read of the rows on which a condition holds, or does not, and its binds."""
    binds = BindTable()
    condition = stated(FIELD, operator, Leaf(literal=value), binds, negated=negated)
    moment = Moment(
        {}, Principal("app", "app", Role.APPLICATION), date(2026, 6, 30), datetime(2026, 6, 30, tzinfo=UTC)
    )
    order = (Order(sortable(FIELD), descending=True), Order(Column("id")))
    outputs = (Output("id", Column("id")), Output("at", instant(FIELD)))
    predicate = Not(condition) if negated else condition
    return Read("register", outputs, predicate=predicate, order=order), moment.binds(binds.values)


HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq, "ne": ne
}  # fmt: skip


@pytest.mark.parametrize("negated", [False, True])
async def test_moments_are_compared_and_ordered_as_instants(
    source: tuple[str, Connector], negated: bool
) -> None:
    name, connector = source
    here = {f"r{number:02}": at(cell) for number, cell in enumerate(cells(name))}
    wanted = datetime(2024, 2, 29, 8, tzinfo=CITY)
    for operator in HOLDS:
        asked, binds = read(operator, BOUNDS[0], negated=negated)
        found = [list(row) for row in await connector.prepare(asked).rows(binds)]
        held = {
            key: cell for key, cell in here.items() if cell and HOLDS[operator](cell, wanted) is not negated
        }
        latest_first = sorted(held, key=lambda key: (-held[key].timestamp(), key))
        assert found == [[key, held[key].isoformat()] for key in latest_first]
        for bound in BOUNDS[1:]:
            asked, binds = read(operator, bound, negated=negated)
            assert [list(row) for row in await connector.prepare(asked).rows(binds)] == found


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("values", [[], ["2024-02-29T00:00:00Z"], ["2024-02-28T23:59:59Z", "2024-03-01"]])
async def test_a_moment_is_among_instants(
    source: tuple[str, Connector], values: list[str], negated: bool
) -> None:
    name, connector = source
    wanted = {at(value) for value in values}
    here = {f"r{number:02}": at(cell) for number, cell in enumerate(cells(name))}
    for operator in ("in", "notIn"):
        asked, binds = read(operator, values, negated=negated)
        found = {row[0] for row in await connector.prepare(asked).rows(binds)}
        inside = (operator == "in") is not negated
        assert {key for key in found if here[key]} == {
            key for key, cell in here.items() if cell and (cell in wanted) is inside
        }
        assert not values or all(here[key] for key in found)


async def test_the_same_instant_in_several_zones_is_one_group(source: tuple[str, Connector]) -> None:
    name, connector = source
    measures = (Measured(Measure.COUNT), Measured(Measure.LEAST, instant(FIELD)))
    asked = Read("register", (), grouping=Grouping((instant(FIELD),), measures))
    found = {row[0]: (row[1], row[2]) for row in await connector.prepare(asked).rows({})}
    instants = [one.isoformat() if (one := at(cell)) else None for cell in cells(name)]
    assert found == {one: (instants.count(one), one) for one in instants}


@pytest.mark.postgresql
@pytest.mark.parametrize("type_", ["timestamp", "timestamptz", "date"])
async def test_index_of_moments_serves_in_postgresql(
    new_postgresql_database: Callable[[], str], statements: Any, type_: str
) -> None:
    url = new_postgresql_database()
    owner = await asyncpg.connect(url)
    await owner.execute(f"CREATE TABLE register (id text, at {type_})")
    await owner.execute(
        "INSERT INTO register SELECT i::text, timestamp '1950-01-01' + i * interval '1 day' "
        "FROM generate_series(1, 20000) i"
    )
    await owner.execute("CREATE INDEX by_moment ON register (at)")
    await owner.execute("ANALYZE register")
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await connector.describe()
    for operator, value in (("lt", "1950-01-20T09:00:00"), ("eq", "1950-01-20"), ("in", ["1950-01-20"])):
        asked, binds = read(operator, value)
        prepared = connector.prepare(asked)
        await prepared.rows(binds)
        given = [list(one) if isinstance(one, list) else one for one in binds.values()]
        plan: Sequence[Any] = await owner.fetch(f"EXPLAIN {prepared.statement}", *given)
        assert "by_moment" in repr(plan)
    await connector.aclose()
    await owner.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("type_", ["timestamp", "timestamptz"])
async def test_what_is_no_moment_in_postgresql_meets_no_comparison_and_no_negation(
    new_postgresql_database: Callable[[], str], statements: Any, type_: str
) -> None:
    url = new_postgresql_database()
    owner = await asyncpg.connect(url)
    await owner.execute(f"CREATE TABLE register (id text, at {type_})")
    rows = "('a', 'infinity'), ('b', '-infinity'), ('c', '0044-03-15 BC'), ('d', '2020-02-01T00:00:00+08:00')"
    await owner.execute(f"INSERT INTO register VALUES {rows}")
    await owner.close()
    await only_the_last(await open_connector("sql", {"url": url}, statements.surroundings(), {}))


@pytest.mark.mariadb
async def test_what_is_no_moment_in_mariadb_meets_no_comparison_and_no_negation(
    request: pytest.FixtureRequest, new_mariadb_database: Callable[[], str], statements: Any
) -> None:
    url = new_mariadb_database()
    owner = await mariadb(request, url)
    await owner.query("SET sql_mode = ''")
    await owner.query("CREATE TABLE register (id VARCHAR(9), at DATETIME)")
    rows = "('a', '2026-00-00 08:00:00'), ('b', '0000-00-00'), ('d', '2020-02-01')"
    await owner.query(f"INSERT INTO register VALUES {rows}")
    await owner.ensure_closed()
    await only_the_last(await open_connector("sql", {"url": url}, statements.surroundings(), {}))


async def only_the_last(connector: Connector) -> None:
    """Assert that no row but `d` is in any answer, whatever is asked of its moment."""
    await connector.describe()
    for operator in HOLDS:
        for value in ("0001-01-01", "2020-02-01", "9999-12-31T23:59:59"):
            for negated in (False, True):
                asked, binds = read(operator, value, negated=negated)
                found = [row[0] for row in await connector.prepare(asked).rows(binds)]
                assert found in ([], ["d"])
    asked = Read("register", (Output("at", Column("at", Kind.INSTANT)),), order=(Order(sortable(FIELD)),))
    found = [row[0] for row in await connector.prepare(asked).rows({})]
    assert found[0] == "2020-02-01T00:00:00+08:00"
    assert set(found[1:]) == {None}
    await connector.aclose()
