"""A graph that is made piece by piece is the graph that is made at once, and makes no more than is asked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from graphql import GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type, print_type
from hypothesis import given
from hypothesis import strategies as st

from auth.masking.rule import MaskRule
from auth.rights import Permissions, Right, Rights
from schema.build import EAGER, WHOLE, build
from schema.catalog import Catalog
from schema.errors import GraphTooLargeError, NothingVisibleError
from schema.naming import platform_types, type_names
from schema.types import SEMANTIC_TYPES
from schema.unfolding import reached
from schema.visibility import view
from tests.schema.large import everything, large
from tests.schema.samples import city
from tests.subsets import subsets

FEW = subsets(sorted(Right))
SHOWN = st.sampled_from([None, None, MaskRule("RD"), MaskRule("YR")])


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return city(tmp_path_factory.mktemp("city"))


def every_name(catalog: Catalog) -> Iterator[str]:
    """Yield every type name that somebody's graph could have."""
    yield from platform_types(semantic.scalar for semantic in SEMANTIC_TYPES.values())
    for name, resource in catalog.resources.items():
        yield from type_names(name, [field.name for field in resource.fields.values() if field.codes])


def permitted(catalog: Catalog, draw: st.DataObject) -> Permissions:
    """Return some rights on some fields, under some masks."""
    names = [f"{name}.{field}" for name, one in catalog.resources.items() for field in one.fields]
    rights = {}
    for name in names:
        granted = draw.draw(FEW, name)
        if granted:
            rights[name] = Rights(granted, draw.draw(SHOWN, name), "G-1", "granted")
    return Permissions("hall", "ZM", rights, {}, "fingerprint")


@given(st.data())
def test_a_type_found_by_its_name_is_the_one_that_is_made_with_all_others(
    catalog: Catalog, data: st.DataObject
) -> None:
    seen = view(catalog, permitted(catalog, data))
    try:
        whole = build(seen).type_map
    except NothingVisibleError:
        with pytest.raises(NothingVisibleError):
            build(seen, eager=0)
        return
    names = sorted({*every_name(catalog), *whole})
    data.draw(st.randoms(), "order").shuffle(names)
    piece_by_piece = build(seen, eager=0)
    for name in names:
        found = piece_by_piece.get_type(name)
        assert (found is not None) == (name in whole), name
        assert found is None or print_type(found) == print_type(whole[name])
    assert set(piece_by_piece.type_map) == set(whole)


@given(st.data())
def test_every_type_is_made_once(catalog: Catalog, data: st.DataObject) -> None:
    seen = view(catalog, permitted(catalog, data))
    try:
        schema = build(seen, eager=0)
    except NothingVisibleError:
        return
    names = data.draw(st.sets(st.sampled_from(sorted(every_name(catalog))), max_size=9), "names")
    known = {name: schema.get_type(name) for name in names}
    assert all(one is None or one is schema.type_map[name] for name, one in known.items())
    for type_ in [*schema.type_map.values()]:
        assert all(other is schema.type_map[other.name] for other in named(type_))


def named(type_: GraphQLNamedType) -> Iterator[GraphQLNamedType]:
    """Yield the types that a type's fields and arguments have."""
    for field in getattr(type_, "fields", {}).values():
        yield get_named_type(field.type)
        yield from (get_named_type(argument.type) for argument in getattr(field, "args", {}).values())


def made(schema: GraphQLSchema) -> int:
    """Return how many root fields and named types were asked for by name, asking for none."""
    assert schema.query_type is not None
    return dict.__len__(schema.type_map) + dict.__len__(schema.query_type.fields)


def test_a_large_graph_makes_what_is_asked_and_little_else() -> None:
    catalog = large(EAGER + 1, fields=4)
    schema = build(view(catalog, everything(catalog)))
    assert made(schema) < 40
    assert schema.query_type is not None
    assert "thing00007" in schema.query_type.fields
    assert schema.get_type("Thing00007Where") is not None
    assert schema.get_type("Thing00007Nothing") is None
    assert "Thing99999" not in schema.type_map
    assert made(schema) < 60


def test_a_small_graph_is_whole_before_anybody_asks() -> None:
    catalog = large(3, fields=4)
    schema = build(view(catalog, everything(catalog)))
    before = made(schema)
    assert set(schema.type_map) == set(build(view(catalog, everything(catalog)), eager=0).type_map)
    assert made(schema) == before


def test_a_chain_of_many_linked_types_is_no_deep_recursion() -> None:
    catalog = large(1500, fields=2)
    first = build(view(catalog, everything(catalog))).type_map["Thing00000"]
    assert {f"Thing{number:05}" for number in range(1500)} <= {one.name for one in reached([first])}


@pytest.mark.parametrize("eager", [0, WHOLE])
def test_a_graph_is_made_whole_up_to_a_bound(eager: int) -> None:
    catalog = large(WHOLE, fields=1)
    assert build(view(catalog, everything(catalog)), eager).type_map.keys() > set(catalog.resources)
    larger = large(WHOLE + 1, fields=1)
    with pytest.raises(GraphTooLargeError):
        list(build(view(larger, everything(larger)), eager).type_map)


def test_threads_that_ask_at_once_are_given_the_same_types() -> None:
    catalog = large(60, fields=4)
    schema = build(view(catalog, everything(catalog)), eager=0)

    def walked(_: int) -> dict[str, int]:
        schema.unfold()
        things = [schema.type_map[f"Thing{number:05}"] for number in range(60)]
        objects = [one for one in things if isinstance(one, GraphQLObjectType)]
        return {
            f"{one.name}.{name}": id(get_named_type(field.type))
            for one in objects
            for name, field in one.fields.items()
        }

    with ThreadPoolExecutor(8) as threads:
        first, *others = threads.map(walked, range(8))
    assert all(other == first for other in others)
