"""Introspection: made apart from the event loop, once for all who ask the same, of what may be used."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anyio
import orjson
import pytest
from graphql import execute_sync, get_introspection_query, parse

from auth.grants import FieldGrant
from resolvers.documents.introspection import Described, Descriptions
from schema.build import WHOLE, build
from schema.catalog import Catalog
from schema.visibility import ceilings
from tests.resolvers.world import HALL, P1, P2, PUBLIC, World
from tests.schema.large import large

pytestmark = pytest.mark.anyio

INTROSPECTION = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)
PARTS = [
    (INTROSPECTION, {}),
    ("{ __schema { types { name } } }", {}),
    ("{ a: __schema { b: types { c: name __typename } __typename } }", {}),
    ("{ __schema { types { name } } __schema { types { kind } queryType { name } } }", {}),
    ("{ __schema { ...S } } fragment S on __Schema { types { ...T } } fragment T on __Type { name }", {}),
    ("query ($d: Boolean!) { __schema { types @skip(if: $d) { name } directives { name } } }", {"d": True}),
    ("query ($d: Boolean!) { __schema { types { name @include(if: $d) kind } } }", {"d": False}),
    ("query ($d: Boolean = true) { __schema { types { fields(includeDeprecated: $d) { name } } } }", {}),
    ('{ __type(name: "Division") { name fields { name type { name } } } }', {}),
    ("query ($n: String!) { __type(name: $n) { name } }", {"n": "Division"}),
    ("query ($n: String!) { __type(name: $n) { name } }", {"n": "Nothing"}),
    ("{ __schema { queryType { fields { name args { name } } } mutationType { name } } }", {}),
]


@pytest.mark.parametrize(("query", "variables"), PARTS)
async def test_the_description_is_the_one_graphql_core_gives_at_once(
    world: World, query: str, variables: Mapping[str, Any]
) -> None:
    given = await world.data(query, variables, PUBLIC)
    (schema,) = (one for one, _ in world.rooms.caches.schemas.entries.values())
    expected = execute_sync(schema, parse(query), variable_values=dict(variables))
    assert expected.errors is None
    assert given == expected.data
    assert orjson.dumps(given) == orjson.dumps(expected.data)  # the order of fields, too


async def test_introspection_mixes_with_variables_of_the_graphs_own_types(world: World) -> None:
    query = """query ($id: IdNumber!, $t: String!) {
        person(idNo: $id) { __typename } __type(name: $t) { name } __schema { types { name } } }"""
    given = await world.data(query, {"id": P1, "t": "Person"}, HALL)
    assert given["__type"] == {"name": "Person"}
    assert {"name": "IdNumber"} in given["__schema"]["types"]


async def test_the_work_is_done_apart_from_the_event_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def noted(*arguments: Any, **named: Any) -> Any:
        threads.append(threading.current_thread().name)
        return execute_sync(*arguments, **named)

    def noted_build(*arguments: Any, **named: Any) -> Any:
        threads.append(threading.current_thread().name)
        return build(*arguments, **named)

    monkeypatch.setattr("resolvers.documents.introspection.execute_sync", noted)
    monkeypatch.setattr("resolvers.reading.build", noted_build)
    await world.data(INTROSPECTION, None, PUBLIC)
    assert len(threads) > 2
    assert threading.current_thread().name not in threads


async def test_a_description_is_made_once_for_each_document_and_what_it_is_asked_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def noted(*arguments: Any, **named: Any) -> Any:
        made.append(1)
        return execute_sync(*arguments, **named)

    monkeypatch.setattr("resolvers.documents.introspection.execute_sync", noted)
    query = "query ($n: String!, $i: IdNumber!) { __type(name: $n) { name } person(idNo: $i) { name } }"
    for person in (P1, P2):
        for name in ("Person", "Query"):
            given = await world.data(query, {"n": name, "i": person})
            assert given["__type"] == {"name": name}
    assert len(made) == 2


async def test_whoever_asks_for_what_is_being_made_waits_for_it() -> None:
    descriptions, begun, go_on = Descriptions(), threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> dict[str, bytes]:
        made.append(1)
        begun.set()
        go_on.wait(60)
        return {"__schema": b"{}"}

    given: list[Described] = []

    async def ask() -> None:
        given.append(await descriptions.get("key", make))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
        await anyio.to_thread.run_sync(begun.wait, 60)
        go_on.set()
    assert made == [1]
    assert len(given) == 5
    assert descriptions.awaited == {}


async def test_a_description_that_fails_is_tried_again() -> None:
    descriptions = Descriptions()

    def fail() -> dict[str, bytes]:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the fault itself, whatever it says
        await descriptions.get("key", fail)
    assert await descriptions.get("key", lambda: {"a": b"1"})
    assert descriptions.awaited == {}


def opened(world: World, catalog: Catalog) -> None:
    """Let the public pages use everything that another catalog holds."""
    model = next(one for one in world.grants if one.client == PUBLIC[0])
    world.grants[:] = [
        replace(
            model,
            id=f"G-{name}",
            resource=name,
            department=one.department,
            rows=None,
            fields={key: FieldGrant(field.rights) for key, field in one.fields.items()},
        )
        for name, one in catalog.resources.items()
    ]
    world.snapshot = replace(world.snapshot, catalog=catalog, ceilings=ceilings(catalog))


async def test_a_large_graph_is_described_type_by_type_and_not_whole(world: World) -> None:
    opened(world, large(WHOLE + 1, fields=3))
    assert await world.code("{ __schema { types { name } } }", None, PUBLIC) == "GRAPH_TOO_LARGE"
    assert (
        await world.code("{ __schema { queryType { fields { name } } } }", None, PUBLIC) == "GRAPH_TOO_LARGE"
    )
    query = '{ __type(name: "Thing00500") { fields { name } } __schema { queryType { name } } }'
    given = await world.data(query, None, PUBLIC)
    names = [one["name"] for one in given["__type"]["fields"]]
    assert set(names) >= {"code", "f0", "f1", "before", "after", "afterConnection"}
    assert await world.code("{ thing00001 { nothing } }", None, PUBLIC) == "FIELD_NOT_AVAILABLE"
    assert await world.code("{ thing09999 { code } }", None, PUBLIC) == "FIELD_NOT_AVAILABLE"


async def test_a_graph_that_was_described_whole_does_not_stay_in_memory(world: World) -> None:
    opened(world, large(201, fields=2))
    given = await world.data("{ __schema { types { name } } }", None, PUBLIC)
    assert len(given["__schema"]["types"]) > 400
    (described, weight), *_ = world.rooms.caches.schemas.entries.values()
    assert weight == 200
    assert described.made > 200
    await world.data("{ __typename }", None, PUBLIC)
    ((anew, _),) = world.rooms.caches.schemas.entries.values()
    assert anew.made < 20
