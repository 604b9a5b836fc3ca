"""Days and identifiers are compared alike at every source: days as days, identifiers in normal form."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from sqlite3 import connect
from typing import Any

import asyncmy
import asyncpg
import orjson
import pytest

from auth.filters import Operator
from auth.principal import Principal, Role
from auth.rights import Level, Right
from connectors.evaluation import evaluation
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import ColumnType, Entity, EntityColumn, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Column, Kind, Not
from resolvers.documents.arguments import Leaf
from resolvers.planning.binds import BindTable, Moment
from resolvers.planning.comparing import stated
from resolvers.planning.fields import sortable
from schema.catalog import CatalogField
from schema.types import normalise

pytestmark = pytest.mark.anyio
DAY = CatalogField("day", "day", "", "Date", Level.L1, frozenset(Right))
NUMBER = CatalogField("code", "code", "", "UnifiedSocialCreditCode", Level.L1, frozenset(Right))
SPELLED = CatalogField(
    "code", "code", "", "UnifiedSocialCreditCode", Level.L1, frozenset(Right), variants=("FULL_WIDTH",)
)
A, B, C = "91330799T00000036J", "91330799T00000044D", "91330799T000000528"
CODES = [A, B.lower(), f" {C} ", A.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}), "none", None]
DAYS = [date(2020, 1, 31), date(2020, 2, 1), date(1999, 12, 31), date(2024, 2, 29), None, date(2020, 2, 1)]
ROWS = [[f"r{number}", day, code] for number, (day, code) in enumerate(zip(DAYS, CODES, strict=True))]
MOMENTS = [[row[0], None if row[1] is None else f"{row[1]} 23:59:59", row[2]] for row in ROWS]
ENTITY = Entity(
    "register",
    (
        EntityColumn("id", ColumnType.TEXT),
        EntityColumn("day", ColumnType.DATE),
        EntityColumn("code", ColumnType.TEXT),
    ),
    ("id",),
)
ENGINES = [
    "memory",
    "sqlite",
    "files",
    *(pytest.param(name, marks=pytest.mark.postgresql) for name in ("postgresql", "postgresql timestamp")),
    *(pytest.param(name, marks=pytest.mark.mariadb) for name in ("mariadb", "mariadb datetime")),
]


def made(type_: str) -> tuple[str, str]:
    columns = f"id VARCHAR(9) PRIMARY KEY, day {type_}, code VARCHAR(40)"
    rows = MOMENTS if type_ in ("timestamp", "datetime") else ROWS
    written = ", ".join(
        "(" + ", ".join("NULL" if cell is None else f"'{cell}'" for cell in row) + ")" for row in rows
    )
    return f"CREATE TABLE register ({columns})", f"INSERT INTO register VALUES {written}"


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path, statements: Any) -> AsyncIterator[Connector]:
    name, _, type_ = request.param.partition(" ")
    if name == "memory":
        yield MemoryConnector([MemoryTable(ENTITY, ROWS)])
        return
    if name == "files":
        settings = delivered(tmp_path / "r.jsonl")
    elif name == "sqlite":
        with closing(connect(tmp_path / "r.db")) as database, database:
            for text in made("DATE"):
                database.execute(text)
        settings = {"url": f"sqlite:///{tmp_path / 'r.db'}"}
    else:
        url = request.getfixturevalue(f"new_{name}_database")()
        settings = {"url": url}
        owner = await (asyncpg.connect(url) if name == "postgresql" else mariadb(request, url))
        for text in made(type_ or "date"):
            await (owner.execute(text) if name == "postgresql" else owner.query(text))
        await (owner.close() if name == "postgresql" else owner.ensure_closed())
    kind = "files" if name == "files" else "sql"
    connector = await open_connector(kind, settings, statements.surroundings(), {})
    await connector.describe()
    yield connector
    await connector.aclose()


def delivered(path: Path) -> dict[str, Any]:
    """Write the rows as a file of JSON lines, and return the settings of its source."""
    names = ("id", "day", "code")
    lines = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in ROWS]
    path.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    columns = {"id": "text", "day": "date", "code": "text"}
    return {"entities": {"register": {"path": str(path), "format": "jsonl", "columns": columns}}}


async def mariadb(request: pytest.FixtureRequest, url: str) -> Any:
    """Return a connection of the owner of a new database."""
    database = url.partition("@/")[2].partition("?")[0]
    address = request.getfixturevalue("mariadb_address")
    return await asyncmy.connect(**address, database=database, autocommit=True, charset="utf8mb4")


def read(
    field: CatalogField, operator: str, value: Any, *, negated: bool = False
) -> tuple[Read, Mapping[str, Any]]:
    """Return a read of the rows on which a condition holds, and its binds."""
    binds = BindTable()
    condition = stated(field, operator, Leaf(literal=value), binds, negated=negated)
    moment = Moment(
        {}, Principal("app", "app", Role.APPLICATION), date(2026, 6, 30), datetime(2026, 6, 30, tzinfo=UTC)
    )
    predicate = Not(condition) if negated else condition
    order = (Order(sortable(field), descending=True), Order(Column("id")))
    outputs = (Output("id", Column("id")), Output("day", Column("day", Kind.DATE)))
    return Read("register", outputs, predicate=predicate, order=order), moment.binds(binds.values)


def plain(field: CatalogField, operator: str, value: Any, *, negated: bool = False) -> set[str]:
    """Return the rows on which a condition holds, or not, as a clerk would say."""
    compare = {
        "gt": lambda left: left > value,
        "gte": lambda left: left >= value,
        "lt": lambda left: left < value,
        "lte": lambda left: left <= value,
        "eq": lambda left: left == value,
        "in": lambda left: left in value,
        "ne": lambda left: left != value,
        "notIn": lambda left: left not in value,
    }[operator]
    place = 1 if field is DAY else 2
    shown = {row[0]: normalise(field.type, str(row[place])) for row in ROWS if row[place] is not None}
    return {key for key, cell in shown.items() if cell is not None and compare(cell) is not negated}


@pytest.mark.parametrize("negated", [False, True])
async def test_days_are_compared_alike_at_every_source(engine: Connector, negated: bool) -> None:
    for operator in ("gt", "gte", "lt", "lte", "eq", "in", "ne", "notIn"):
        value: Any = ["2020-02-01", "2024-02-29"] if operator in ("in", "notIn") else "2020-02-01"
        asked, binds = read(DAY, operator, value, negated=negated)
        found = [list(row) for row in await engine.prepare(asked).rows(binds)]
        assert {row[0] for row in found} == plain(DAY, operator, value, negated=negated)
        assert found == [list(row) for row in evaluation(asked, ENTITY).run(ROWS, binds)]


@pytest.mark.parametrize("field", [NUMBER, SPELLED], ids=["clean", "spelled"])
async def test_identifiers_are_greater_and_less_in_their_normal_form(
    engine: Connector, field: CatalogField
) -> None:
    for operator, value in product(("gt", "gte", "lt", "lte"), (A, B, C)):
        asked, binds = read(field, operator, value)
        found = await engine.prepare(asked).rows(binds)
        assert {row[0] for row in found} == plain(field, operator, value)


async def test_identifiers_with_spellings_are_ordered_by_their_normal_form(engine: Connector) -> None:
    asked = Read(
        "register", (Output("id", Column("id")),), order=(Order(sortable(SPELLED)), Order(Column("id")))
    )
    found = [row[0] for row in await engine.prepare(asked).rows({})]
    assert found == ["r0", "r3", "r1", "r2", "r4", "r5"]


@pytest.mark.postgresql
async def test_index_of_a_day_serves_a_range_in_postgresql(
    new_postgresql_database: Callable[[], str], statements: Any
) -> None:
    url = new_postgresql_database()
    owner = await asyncpg.connect(url)
    await owner.execute("CREATE TABLE register (id text, day date, code text)")
    await owner.execute(
        "INSERT INTO register SELECT i::text, date '1950-01-01' + i, '' FROM generate_series(1, 20000) i"
    )
    await owner.execute("CREATE INDEX by_day ON register (day)")
    await owner.execute("ANALYZE register")
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await connector.describe()
    asked, binds = read(DAY, "lt", "1950-01-20")
    prepared = connector.prepare(asked)
    assert len(await prepared.rows(binds)) == 18
    plan: Sequence[Any] = await owner.fetch(f"EXPLAIN {prepared.statement}", "1950-01-20")
    assert "by_day" in repr(plan)
    await connector.aclose()
    await owner.close()


@pytest.mark.postgresql
async def test_what_is_no_day_in_postgresql_meets_no_comparison_and_no_negation(
    new_postgresql_database: Callable[[], str], statements: Any
) -> None:
    url = new_postgresql_database()
    owner = await asyncpg.connect(url)
    await owner.execute("CREATE TABLE register (id text, day date, code text)")
    await owner.execute(
        "INSERT INTO register VALUES ('a', 'infinity'), ('b', '-infinity'), ('c', '2020-02-01')"
    )
    await owner.close()
    await found_of_dirt(await open_connector("sql", {"url": url}, statements.surroundings(), {}))


@pytest.mark.mariadb
async def test_what_is_no_day_in_mariadb_meets_no_comparison_and_no_negation(
    new_mariadb_database: Callable[[], str], mariadb_address: Mapping[str, Any], statements: Any
) -> None:
    url = new_mariadb_database()
    database = url.partition("@/")[2].partition("?")[0]
    owner = await asyncmy.connect(**mariadb_address, database=database, autocommit=True, charset="utf8mb4")
    await owner.query("SET sql_mode = ''")
    await owner.query("CREATE TABLE register (id VARCHAR(9), day DATE, code VARCHAR(9))")
    rows = "('a', '2026-00-00', ''), ('b', '0000-00-00', ''), ('c', '2020-02-01', '')"
    await owner.query(f"INSERT INTO register VALUES {rows}")
    await owner.ensure_closed()
    await found_of_dirt(await open_connector("sql", {"url": url}, statements.surroundings(), {}))


async def found_of_dirt(connector: Connector) -> None:
    """Assert that two rows whose day is none are in no answer, whatever is asked of the day."""
    await connector.describe()
    for operator in (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.EQ):
        for value in ("0001-01-01", "2020-02-01", "9999-12-31"):
            for negated in (False, True):
                asked, binds = read(DAY, operator, value, negated=negated)
                found = [list(row) for row in await connector.prepare(asked).rows(binds)]
                assert found in ([], [["c", "2020-02-01"]])
    asked = Read("register", (Output("id", Column("id")),), order=(Order(sortable(DAY)), Order(Column("id"))))
    assert [row[0] for row in await connector.prepare(asked).rows({})] == ["c", "a", "b"]
    await connector.aclose()
