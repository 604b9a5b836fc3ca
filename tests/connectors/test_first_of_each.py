"""The first rows of each key in PostgreSQL: found by an index where there is one, else numbered; alike."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from auth.masking.masks import MASKS
from auth.masking.rule import VALUE
from connectors.model import Keys, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Bind, Column, Compare, Comparison, Constant, Kind
from govgraph.expressions.walk import substitute

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]

INDEXES: Mapping[str, str] = {
    "by_owner": "CREATE INDEX ON by_owner (owner, number)",
    "by_both": "CREATE INDEX ON by_both (number, owner, id) INCLUDE (note)",
    "by_part": "CREATE INDEX ON by_part (owner) WHERE number > 0",
    "by_lower": "CREATE INDEX ON by_lower (lower(owner), owner)",
    "by_number_first": "CREATE INDEX ON by_number_first (number, owner)",
    "by_another_order": 'CREATE INDEX ON by_another_order (owner COLLATE "POSIX")',
    "by_note": "CREATE INDEX ON by_note (note)",
    "by_nothing": "SELECT 1",
}
FOUND_BY_OWNER = {"by_owner"}
FOUND_BY_BOTH = {"by_owner", "by_both", "by_number_first"}
ROWS = [
    (f"r{place:02}", owner, number, note)
    for place, (owner, number, note) in enumerate(
        [
            (owner, number, f"浙江省城东街道{number}号")
            for number in (3, 1, 2)
            for owner in ("甲", "乙", "a", "A")
        ]
        + [("甲", 2, None), ("甲 ", 7, "末镇1"), (None, 1, "x"), ("乙", None, "")]
    )
]
READ = Read(
    "",
    (
        Output("id", Column("id")),
        Output("owner", Column("owner")),
        Output("address", substitute(MASKS["AD"].expression, {VALUE: Column("read note")})),
    ),
    derived=(Output("read note", Column("note")),),
    order=(Order(Column("number", Kind.INTEGER), descending=True), Order(Column("id"))),
    per_key=Bind("each", Kind.INTEGER),
)
BY_OWNER = Keys((Column("owner"),), "keys")
BY_BOTH = Keys((Column("owner"), Column("number")), "keys")
MORE = Compare(Comparison.GREATER, Column("number", Kind.INTEGER), Constant(1))


@pytest.fixture(scope="module")
async def url(new_postgresql_database: Callable[[], str]) -> str:
    made = new_postgresql_database()
    owner = await asyncpg.connect(made)
    for name, index in INDEXES.items():
        await owner.execute(
            f"CREATE TABLE {name} (id text PRIMARY KEY, owner text, number bigint, note text)"
        )
        await owner.copy_records_to_table(name, records=ROWS)
        await owner.execute(index)
    await owner.execute("CREATE VIEW by_view AS SELECT * FROM by_owner")
    await owner.close()
    return made


@pytest.fixture
async def connector(url: str, statements: Any) -> AsyncIterator[Connector]:
    opened = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await opened.describe()
    yield opened
    await opened.aclose()


def expected(read: Read, keys: Sequence[tuple[str, ...]], each: int, first: int | None) -> list[str]:
    """Return the identifiers of the rows that a read is to give, found without any source."""
    assert read.keys is not None
    places = [("id", "owner", "number").index(column.name) for column in read.keys.columns]
    found: list[tuple[Any, ...]] = []
    for key in dict.fromkeys(keys):
        rows = [
            row for row in ROWS if tuple(None if row[at] is None else str(row[at]) for at in places) == key
        ]
        rows = [row for row in rows if read.predicate is None or (row[2] or 0) > 1]
        found += sorted(rows, key=placed)[:each]
    return [row[0] for row in sorted(found, key=placed)[:first]]


def placed(row: tuple[Any, ...]) -> tuple[float, str]:
    """Return what rows are ordered by: the number downwards, nulls before all."""
    return (float("-inf") if row[2] is None else -row[2], row[0])


@pytest.mark.parametrize("name", [*INDEXES, "by_view"])
@pytest.mark.parametrize("keys", [BY_OWNER, BY_BOTH])
async def test_the_first_rows_of_each_key_are_the_same_however_they_are_found(
    connector: Connector, name: str, keys: Keys
) -> None:
    owners = [("甲",), ("乙",), ("A",), ("甲",), ("nobody",)]
    given = owners if keys is BY_OWNER else [(owner, number) for (owner,) in owners for number in ("1", "2")]
    for read in (
        replace(READ, entity=name, keys=keys),
        replace(READ, entity=name, keys=keys, predicate=MORE),
    ):
        whole = connector.prepare(read)
        cut = connector.prepare(replace(read, limit=Constant(3)))
        for asked in ([], given[:1], given[:2], given):
            for each in (0, 1, 2, 100):
                binds = {"keys": asked, "each": each}
                rows = await whole.rows(binds)
                assert [row[0] for row in rows] == expected(read, asked, each, None)
                first = [row[0] for row in await cut.rows(binds)]
                assert first == expected(read, asked, each, 3)


@pytest.mark.parametrize("name", [*INDEXES, "by_view"])
@pytest.mark.parametrize(("keys", "found"), [(BY_OWNER, FOUND_BY_OWNER), (BY_BOTH, FOUND_BY_BOTH)])
async def test_only_an_index_that_begins_with_the_key_spares_the_numbering(
    connector: Connector, name: str, keys: Keys, found: set[str]
) -> None:
    text = connector.prepare(replace(READ, entity=name, keys=keys)).statement
    assert ("LATERAL" in text) is (name in found)
    assert ("row_number" in text) is (name not in found)


async def test_text_that_is_taken_for_another_is_numbered(url: str, statements: Any) -> None:
    """Where a collation takes `a` for `A`, one row would be found for both keys."""
    owner = await asyncpg.connect(url)
    await owner.execute('CREATE COLLATION of_any_case FROM "C"')
    await owner.execute("CREATE TABLE by_any_case (id text, owner text COLLATE of_any_case, number bigint)")
    await owner.execute("ALTER TABLE by_any_case ADD note text")
    await owner.execute("CREATE INDEX ON by_any_case (owner)")
    await owner.execute("UPDATE pg_collation SET collisdeterministic = false WHERE collname = 'of_any_case'")
    await owner.close()
    opened = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await opened.describe()
    read = opened.prepare(replace(READ, entity="by_any_case", keys=BY_OWNER))
    assert "row_number" in read.statement
    await opened.aclose()
