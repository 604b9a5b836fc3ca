"""Random cities, grants and questions: the engine answers what a plain model answers, from any source."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from graphql import GraphQLSchema
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from resolvers.question import Answer
from schema.build import build
from schema.errors import NothingVisibleError
from schema.visibility import view
from tests.resolvers.generated.asking import Asked, Bookmark, Document, alone, walk
from tests.resolvers.generated.choosing import Mark
from tests.resolvers.generated.cities import WHO, City, cities
from tests.resolvers.generated.model import Model, Told
from tests.resolvers.generated.questions import questions
from tests.resolvers.generated.record import Expected
from tests.resolvers.generated.stores import Stores, interfaces
from tests.resolvers.generated.values import normal
from tests.resolvers.world import World

ALIKE = os.environ.get("GOVGRAPH_PROVE") != "1"
"""A few examples are the same at each run; `make prove` looks for thousands of new ones."""
pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how it is written."""

    roots: tuple[Asked, ...]
    document: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A city, its caller's schema, and questions that fit it."""

    city: City
    schema: GraphQLSchema
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        """Return what is asked, and of which city, cut short: Hypothesis refuses to report more."""
        return f"Example(questions={self.questions!r}, city={self.city!r})"[:25_000]


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """Return an example; a caller whose grants open nothing has no schema to ask."""
    city = draw(cities())
    try:
        schema = build(view(city.catalog, city.permissions))
    except NothingVisibleError:
        assume(False)
        raise
    asked = []
    for _ in range(draw(st.integers(1, 3))):
        roots = draw(questions(schema, city))
        written = Document(schema, lambda: draw(st.integers(0, 5)) == 1)
        asked.append(Question(roots, written.text(roots), written.variables))
    return Example(city, schema, tuple(asked))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory, postgresql_database: str) -> Iterator[Stores]:
    with interfaces() as address:
        yield Stores(tmp_path_factory.mktemp("generated"), postgresql_database, address)


async def bookmarks(
    example: Example, asked: Question, world: World
) -> tuple[dict[int, Mark | None], dict[str, str | None]]:
    """Return the places that the cursors of a question hold, and the cursors, by variable."""
    marks: dict[int, Mark | None] = {}
    cursors: dict[str, str | None] = {}
    for path in walk(asked.roots):
        for value in path[-1].arguments.values():
            if isinstance(value, Bookmark):
                root = alone(path)
                expected = Model(example.city, {}).answer([root])
                document = Document(example.schema)
                data = await answered(world, document.text([root]), document.variables)
                held = [*zip(leaves(expected), leaves(data), strict=True)]
                found = [(mark, cursor) for mark, cursor in held if isinstance(mark, Mark)]
                chosen = found[value.choice % len(found)] if found else (None, None)
                marks[value.number], cursors[f"cursor{value.number}"] = chosen
    return marks, cursors


def leaves(data: Any) -> Iterator[Any]:
    """Yield the values of an answer in their order."""
    if isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from leaves(one)
    else:
        yield data


async def answered(world: World, text: str, variables: Mapping[str, Any]) -> Any:
    """Return the data of an answer without errors."""
    answer = await world.ask(text, variables, WHO)
    assert (answer.errors, world.faults) == ((), [])
    return orjson.loads(answer.data or b"")


def differences(expected: Any, data: Any, path: str = "") -> Iterator[str]:
    """Yield the places at which an answer is not what is expected; any text may be a cursor."""
    if isinstance(expected, Mark) and isinstance(data, str):
        return
    if isinstance(expected, dict) and isinstance(data, dict) and [*expected] == [*data]:
        for name, one in expected.items():
            yield from differences(one, data[name], f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(data, list) and len(expected) == len(data):
        for place, pair in enumerate(zip(expected, data, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif type(expected) is not type(data) or expected != data:
        yield f"{path}: {data!r} instead of {expected!r}"


@given(examples())
@settings(suppress_health_check=list(HealthCheck), derandomize=ALIKE)
async def test_the_engine_answers_what_a_plain_model_answers(stores: Stores, example: Example) -> None:
    async with stores.opened(example.city) as world:
        for asked in example.questions:
            await prove(world, example, asked)


async def prove(world: World, example: Example, asked: Question) -> None:
    """Hold the engine's answer to a question, and its record, against the model."""
    marks, cursors = await bookmarks(example, asked, world)
    model = Model(example.city, marks)
    expected = model.answer(asked.roots)
    answer = await world.ask(asked.document, {**asked.variables, **cursors}, WHO)
    assert (answer.errors, world.faults) == ((), [])
    assert not [*differences(expected, orjson.loads(answer.data or b""))]
    same_beside_the_data(answer, model.told)
    same_in_the_record(world, Expected(example.city, asked.roots), model.told)


def same_beside_the_data(answer: Answer, told: Told) -> None:
    """Hold what an answer says of rows that are missing, doubled or too few against the model."""
    said = answer.extensions["govgraph"]
    assert {one["path"] for one in said["absent"]} == {".".join(path) for path in told.absent}
    warned = {(one["path"], one["code"]) for one in said.get("warnings", ())}
    expected = {(path, "KEY_NOT_UNIQUE") for path in told.twice}
    expected |= {(path, "SUPPRESSED") for path in told.suppressed}
    assert warned == {(".".join(path), code) for path, code in expected}


def same_in_the_record(world: World, expected: Expected, told: Told) -> None:
    """Hold the record against the model: coordinates, level, grants, keys, rows and persons.

    A row that two places show counts once or twice, as the places share a read or not.
    """
    record, listed = world.record, world.log.subjects[-1]
    assert record.coordinates == expected.coordinates(told)
    assert record.level == expected.level()
    assert record.grants == tuple(sorted(expected.permissions.grants[name] for name in expected.resources))
    assert listed.keys == tuple(sorted(expected.keys))
    shown: dict[str, list[dict[int, Any]]] = {}
    for path, rows in told.rows.items():
        if rows:
            shown.setdefault(told.resources[path], []).append(rows)
    assert record.rows.keys() == shown.keys()
    persons: dict[str, set[str]] = {}
    for name, places in shown.items():
        different = {key: row for rows in places for key, row in rows.items()}
        assert len(different) <= record.rows[name] <= sum(len(rows) for rows in places)
        persons[name] = persons_of(expected.city, name, different.values())
    assert record.subjects == {name: len(one) for name, one in persons.items() if one}
    assert sorted(listed.subjects) == sorted(set().union(*persons.values()))


def persons_of(city: City, name: str, rows: Any) -> set[str]:
    """Return whom some rows are about."""
    resource = city.catalog.resources[name]
    if resource.subject is None:
        return set()
    subject = resource.fields[resource.subject]
    forms = {normal(subject, row[subject.name]) for row in rows}
    return {form for form in forms if form is not None}
