"""Random cities, grants and questions: what streams is what would have been made whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.record import AccessRecord
from schema.meaning import Listing
from tests.resolvers.generated.asking import Document
from tests.resolvers.generated.cities import WHO
from tests.resolvers.generated.stores import Stores, interfaces
from tests.resolvers.pouring import PlainSealer, pour, streaming, told
from tests.resolvers.test_generated import ALIKE, Example, Question, bookmarks, examples
from tests.resolvers.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory, postgresql_database: str) -> Iterator[Stores]:
    with interfaces() as address:
        yield Stores(tmp_path_factory.mktemp("generated"), postgresql_database, address)


@given(examples(), st.integers(1, 4))
@settings(suppress_health_check=list(HealthCheck), derandomize=ALIKE)
async def test_what_streams_is_what_would_have_been_made_whole(
    stores: Stores, example: Example, batch: int
) -> None:
    async with stores.opened(example.city) as world:
        world.with_rooms(cursors=PlainSealer())
        for asked in example.questions:
            _, cursors = await bookmarks(example, asked, world)
            for text, variables in lists(example, asked):
                given_ = {**variables, **{name: cursors[name] for name in cursors if f"${name}" in text}}
                await prove(world, text, given_, batch)


def lists(example: Example, asked: Question) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each list at the root of a question as a document of its own."""
    for root in asked.roots:
        if isinstance(root.meaning, Listing):
            document = Document(example.schema)
            yield document.text((root,)), document.variables


async def prove(world: World, text: str, variables: dict[str, Any], batch: int) -> None:
    """Hold the answer in batches, and what its records say in all, against the whole answer."""
    streaming(world, above=1000)
    whole, _ = await pour(world, text, variables, who=WHO)
    assert ("errors" in whole, world.faults) == (False, [])
    record, persons = world.record, world.log.subjects[-1]
    before = len(world.log.records)
    streaming(world, above=0, batch=batch)
    body, pieces = await pour(world, text, variables, who=WHO)
    assert told(body) == told(whole)
    if pieces:
        same_in_the_records(world.log.records[before:], record)
        seen = {one for part in world.log.subjects[before:] for one in part.subjects}
        assert seen == {*persons.subjects}
        assert world.log.subjects[before].keys == persons.keys


def same_in_the_records(records: list[AccessRecord], whole: AccessRecord) -> None:
    """Hold the end record against that of the whole answer; shared rows below a list count in each batch."""
    end = records[-1]
    assert (end.outcome, end.codes, end.sources) == (whole.outcome, whole.codes, whole.sources)
    assert (end.coordinates, end.level, end.grants) == (whole.coordinates, whole.level, whole.grants)
    assert end.rows.keys() == whole.rows.keys()
    assert all(end.rows[name] >= count for name, count in whole.rows.items())
