"""What is kept for later questions: never more than its bounds, whoever asks whatever."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govgraph.cache import BoundedCache
from resolvers.documents.introspection import Descriptions
from resolvers.rooms import Caches
from tests.resolvers.world import PUBLIC, World

pytestmark = pytest.mark.anyio
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["put", "get"]), st.integers(0, 9), st.integers(0, 12)), max_size=60
)


@given(st.integers(0, 5), st.integers(0, 10), OPERATIONS)
def test_a_cache_never_holds_more_than_its_count_and_its_weight(
    count: int, weight: int, operations: list[tuple[str, int, int]]
) -> None:
    cache = BoundedCache[int](count, weight)
    for operation, key, given_weight in operations:
        if operation == "put":
            cache.put(key, key, given_weight)
        else:
            assert cache.get(key) in {key, None}
        assert len(cache.entries) <= count
        assert cache.held == sum(one for _, one in cache.entries.values()) <= weight


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_what_was_used_last_stays(keys: list[int]) -> None:
    cache = BoundedCache[int](3, 3)
    for key in keys:
        if cache.get(key) is None:
            cache.put(key, key)
    last = list(dict.fromkeys(reversed(keys)))[:3]
    assert set(cache.entries) == set(last)


def small() -> Caches:
    """Return caches with room for little."""
    return Caches(
        schemas=BoundedCache(3, 20),
        documents=BoundedCache(4, 60),
        plans=BoundedCache(4, 60),
        permissions=BoundedCache(3, 30),
        descriptions=Descriptions(BoundedCache(4, 3000)),
    )


def bounded(caches: Caches) -> dict[str, BoundedCache[Any]]:
    """Return every cache by name."""
    return {
        "schemas": caches.schemas,
        "documents": caches.documents,
        "plans": caches.plans,
        "permissions": caches.permissions,
        "descriptions": caches.descriptions.kept,
    }


def within(caches: Caches) -> bool:
    """Return whether every cache keeps to its bounds, and says what it holds."""
    return all(
        len(one.entries) <= one.count and one.held == sum(w for _, w in one.entries.values()) <= one.weight
        for one in bounded(caches).values()
    )


async def test_a_flood_of_callers_and_documents_fills_no_cache_beyond_its_bounds(world: World) -> None:
    caches = small()
    world.with_rooms(caches=caches)
    own = [grant for grant in world.grants if grant.client == PUBLIC[0]]
    for number in range(12):
        client = f"page-{number}"
        world.grants += [replace(one, id=f"{one.id}-{number}", client=client) for one in own]
        for query in (
            f'{{ a{number}: division(code: "3307") {{ name }} }}',
            f'{{ division(code: "{number}") {{ name code }} __typename }}',
            f'{{ a{number}: __type(name: "Division") {{ name fields {{ name }} }} }}',
        ):
            assert (await world.ask(query, None, (client, PUBLIC[1]))).errors == ()
            assert within(caches)
    assert all(one.entries for one in bounded(caches).values())


async def test_a_document_that_no_cache_has_room_for_is_answered_all_the_same(world: World) -> None:
    caches = small()
    world.with_rooms(caches=caches)
    fields = " ".join(f"a{number}: name" for number in range(40))
    query = f'{{ division(code: "3307") {{ {fields} }} }}'
    for _ in range(2):
        assert len((await world.data(query, None, PUBLIC))["division"]) == 40
    assert not caches.documents.entries
    assert not caches.plans.entries


async def test_another_snapshot_empties_every_cache(world: World) -> None:
    await world.data('{ division(code: "3307") { name } __type(name: "Division") { name } }', None, PUBLIC)
    caches = world.rooms.caches
    assert all(one.entries for one in bounded(caches).values())
    caches.of(replace(world.snapshot))
    assert not any(one.entries or one.held for one in bounded(caches).values())


async def test_every_cache_weighs_what_it_keeps(world: World) -> None:
    await world.data('{ division(code: "3307") { name } __type(name: "Division") { name } }', None, PUBLIC)
    caches = world.rooms.caches
    (permissions, weight), (asked, way) = caches.permissions.entries.values()
    assert (weight, way) == (len(permissions[1].rights), 1)
    assert asked[1] is permissions[1]
    ((_, weight),) = caches.schemas.entries.values()
    assert weight == len(permissions[1].grants)
    ((described, weight),) = caches.descriptions.kept.entries.values()
    assert weight == described[1] == len(b'{"name":"Division"}')
