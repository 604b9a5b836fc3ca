"""A list that its source writes as JSON says what the list that is made of its rows says."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.masking.rule import MaskRule
from resolvers.explaining.explain import begun, explain
from resolvers.explaining.explanation import Work
from resolvers.question import Question
from tests.resolvers.register import CLEAN, COLUMNS, DIRT, WHO, Both, fill, register
from tests.resolvers.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
EVERYTHING = "{ entries { nodes { " + " ".join(COLUMNS) + " __typename } pageInfo { hasNextPage } } }"
MASKS = {"name": MaskRule("NM"), "born": MaskRule("YR"), "phone": MaskRule("PH")}


def written(both: Both) -> bool:
    """Return whether the source wrote JSON at the last question."""
    return "json_agg" in both.pushdown.statements[-1][1]


async def reason(world: World, document: str) -> str:
    """Return why the rows of a question are not written by their source."""
    return next(work.why for work in await explained(world, document) if work.what == "write JSON")


async def explained(world: World, document: str) -> tuple[Work, ...]:
    """Return how the work of a question's one step is divided."""
    caller = await world.rooms.verifier.principal(WHO[0])
    question = Question(document, None, None, "r-1", "", WHO[0], purpose=WHO[1])
    [step] = (await explain(question, caller, world.rooms, begun(question, world.rooms))).steps
    return step.work


@pytest.mark.parametrize("name", COLUMNS)
async def test_a_column_is_written_as_it_is_read(postgresql_database: str, name: str) -> None:
    async with register(postgresql_database, [{}, *DIRT, {}]) as both:
        await both.ask(f"{{ entries {{ nodes {{ {name} }} }} }}")
        assert written(both)


async def test_clean_rows_go_through_as_their_source_wrote_them(postgresql_database: str) -> None:
    async with register(postgresql_database, [{}, {}, {}]) as both:
        _, answer = await both.ask(EVERYTHING)
        assert answer.data is not None
        assert answer.data.count(b"}, {") == 2  # a blank stands between rows that PostgreSQL wrote
        [first, *_] = orjson.loads(answer.data)["entries"]["nodes"]
        assert [*first] == [*COLUMNS, "__typename"]
        assert first["note"] == CLEAN["note"]
        assert "quality" not in answer.extensions["govgraph"]


async def test_a_row_read_to_tell_of_more_tells_nothing_of_its_dirt(postgresql_database: str) -> None:
    async with register(postgresql_database, [{}, DIRT[2]]) as both:
        for answer in await both.ask(EVERYTHING.replace("entries", "entries(first: 1)")):
            assert "quality" not in answer.extensions["govgraph"]
            assert len(orjson.loads(answer.data or b"")["entries"]["nodes"]) == 1


async def test_rows_that_are_not_clean_are_completed_among_those_that_are(postgresql_database: str) -> None:
    async with register(postgresql_database, [{}, *DIRT, {}]) as both:
        _, answer = await both.ask(EVERYTHING)
        assert len(answer.extensions["govgraph"]["quality"]) > 5


@pytest.mark.parametrize("page", ["first: 4", "last: 4", "first: 0", "first: 100", "last: 15"])
async def test_a_page_is_cut_and_counted_alike_from_both_ends(postgresql_database: str, page: str) -> None:
    asked = (
        f"{{ entries({page}) {{ nodes {{ number idNo size }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
    )
    persons = [{"idNo": f"33079919900307{number}013"[:18]} for number in range(10, 20)]
    async with register(postgresql_database, [{}, *DIRT, *persons]) as both:
        await both.ask(asked)
        assert written(both)


async def test_a_list_of_no_rows_is_empty(postgresql_database: str) -> None:
    async with register(postgresql_database, []) as both:
        _, answer = await both.ask(EVERYTHING)
        assert orjson.loads(answer.data or b"")["entries"]["nodes"] == []
        assert written(both)


async def test_masks_hide_values_before_they_are_written(postgresql_database: str) -> None:
    async with register(postgresql_database, [{}, *DIRT, {}], MASKS) as both:
        _, answer = await both.ask(EVERYTHING)
        assert written(both)
        assert str(CLEAN["phone"]).encode() not in (answer.data or b"")
        assert orjson.loads(answer.data or b"")["entries"]["nodes"][0]["born"] == 2024


async def test_a_pseudonym_is_made_here(postgresql_database: str) -> None:
    async with register(postgresql_database, [{}], {"name": MaskRule("HS")}) as both:
        await both.ask(EVERYTHING)
        assert not written(both)
        assert await reason(both.pushdown, EVERYTHING) == "Entry.name takes its form here"


async def test_the_places_of_a_page_are_sealed_alike(postgresql_database: str) -> None:
    asked = "{ entries(first: 2%s) { nodes { number size } pageInfo { endCursor } } }"
    async with register(postgresql_database, [{}, *DIRT]) as both:
        found: list[list[Any]] = [[], []]
        for numbers, world in zip(found, (both.rows, both.pushdown), strict=True):
            cursor = ""
            while (page := (await world.data(asked % cursor, who=WHO))["entries"])["nodes"]:
                numbers.extend(page["nodes"])
                cursor = f', after: "{page["pageInfo"]["endCursor"]}"'
        assert written(both)
        assert found[0] == found[1]
        assert len(found[0]) == 1 + len(DIRT)


@pytest.mark.parametrize("name", ["secret", "_" + "x" * 90])
async def test_a_name_that_a_caller_chose_is_no_part_of_a_statement(
    postgresql_database: str, name: str
) -> None:
    async with register(postgresql_database, [{}, *DIRT]) as both:
        await both.ask(f"{{ entries {{ nodes {{ {name}: idNo size }} }} }}")
        assert written(both)
        assert name not in both.pushdown.statements[-1][1]


async def test_more_than_fifty_chosen_names_are_read_as_rows(postgresql_database: str) -> None:
    names = " ".join(f"a{number}: note" for number in range(51))
    document = f"{{ entries {{ nodes {{ {names} }} }} }}"
    async with register(postgresql_database, [{}]) as both:
        await both.ask(document)
        assert not written(both)
        assert "so many values" in await reason(both.pushdown, document)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("{ entry(number: 1) { name } }", "a single row is no list"),
        ("{ entries { edges { cursor node { name } } } }", "its rows are shown in several places"),
        ("{ entries { nodes { name } edges { node { name } } } }", "its rows are shown in several places"),
    ],
)
async def test_what_a_source_cannot_write_is_read_as_rows_and_explained(
    postgresql_database: str, document: str, why: str
) -> None:
    async with register(postgresql_database, [{}, *DIRT]) as both:
        assert (await reason(both.pushdown, document)).startswith(why)
        assert "write JSON" not in [work.what for work in await explained(both.rows, document)]


CELLS = st.one_of(st.none(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
"""Any text that PostgreSQL can store."""
TEXTS = [name for name, (_, type_) in COLUMNS.items() if type_ == "text" and name != "idNo"]
ROWS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, CELLS)), max_size=6)


@pytest.fixture(scope="module")
async def kept(
    new_postgresql_database: Callable[[], str], anyio_backend: str
) -> AsyncIterator[tuple[Both, asyncpg.Connection]]:
    """The register, open from one example to the next, and a connection that may fill it."""
    url = new_postgresql_database()
    async with register(url, []) as both:
        database = await asyncpg.connect(url)
        yield both, database
        await database.close()


@given(cells=ROWS)
async def test_any_text_is_written_as_it_is_read(
    kept: tuple[Both, asyncpg.Connection], cells: list[Mapping[str, Any]]
) -> None:
    both, database = kept
    await fill(database, cells)
    await both.ask(EVERYTHING)
    assert written(both)
