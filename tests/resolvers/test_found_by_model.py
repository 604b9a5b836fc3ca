"""What random cities found (`test_generated`), each in its smallest example."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from auth.filters import Condition, Operator, RowFilter
from auth.grants import FieldGrant, Grant
from auth.masking.rule import MaskException, MaskRule
from auth.rights import Level
from resolvers.question import Answer
from schema.catalog import Catalog, CatalogField, Cycle, Department, Link, Open, Resource, Share
from tests.resolvers.generated.cells import CODES, ONE
from tests.resolvers.generated.cities import CLEAR, EVERYTHING, WHO, City, Row
from tests.resolvers.generated.stores import Stores
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio
FROM, TO = date(2026, 1, 1), date(2026, 12, 31)
KINDS = ("memory", "lookup", "sqlite", "files")


def field(name: str, kind: str) -> CatalogField:
    codes = CODES if kind == "Enum" else ()
    return CatalogField(name, name, name, kind, Level.L1, EVERYTHING, None, frozenset({"CLEAR", "HS"}), codes)


def city(rows: Sequence[Sequence[str | None]], kind: str = "memory", **types: str) -> City:
    """Return a city of one resource `Firm`, its fields as named; the first is the key."""
    fields = {name: field(name, type_) for name, type_ in types.items()}
    firm = Resource(
        "Firm", "north", "firm", "Firm", "", "", Share.CONDITIONAL, Open.NOT_OPEN, Cycle.DAILY,
        (next(iter(fields)),), fields,
    )  # fmt: skip
    whole: list[Row] = [dict(zip(fields, row, strict=True)) for row in rows]
    grant = Grant("G", *WHO, "Firm", dict.fromkeys(fields, CLEAR), FROM, TO, department="north")
    catalog = Catalog(1, {"north": Department("north", "", "")}, {}, {"Firm": firm})
    return City(catalog, {"Firm": whole}, [grant], {"north": kind})


def granted(given: City, rows: RowFilter | None = None, **fields: FieldGrant) -> City:
    """Return a city whose grant says something else of its rows and of some fields."""
    [grant] = given.grants
    return replace(given, grants=[replace(grant, rows=rows, fields={**grant.fields, **fields})])


async def asked(given: City, folder: Path, query: str) -> tuple[Answer, World]:
    async with Stores(folder, "", "").opened(given) as world:
        return await world.ask(query, {}, WHO), world


async def data(given: City, folder: Path, query: str) -> Any:
    answer, _ = await asked(given, folder, query)
    assert answer.errors == ()
    return orjson.loads(answer.data or b"")


async def test_no_pseudonym_is_made_where_a_stricter_mask_holds(tmp_path: Path) -> None:
    shut = MaskException(Condition("state", Operator.EQ, "SHUT"), "NU")
    given = city([["a", ONE, "1"], ["b", ONE, "2"]], id="Text", person="IdNumber", state="Enum")
    given = granted(given, person=FieldGrant(EVERYTHING, MaskRule("HS", (shut,))))
    found = await data(given, tmp_path, "{ firms { nodes { id person } } }")
    [open_, closed] = found["firms"]["nodes"]
    assert len(open_["person"]) == 32
    assert closed["person"] is None


async def test_the_record_names_the_field_of_a_links_own_condition(tmp_path: Path) -> None:
    given = city([["a", "a", "1"]], id="Text", parent="Text", state="Enum")
    link = Link("above", "Firm", True, (("parent", "id"),), when=(("state", "OPEN"),))
    firm = replace(given.catalog.resources["Firm"], links={"above": link})
    given = replace(given, catalog=replace(given.catalog, resources={"Firm": firm}))
    _, world = await asked(given, tmp_path, "{ firms { nodes { above { id } } } }")
    assert world.record.coordinates.used_by_policy == ("Firm.parent", "Firm.state")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_day_in_a_grant_means_the_same_in_every_spelling(tmp_path: Path, kind: str) -> None:
    given = city([["a", "2024-02-29"], ["b", "2024/03/01"]], kind, id="Text", since="Date")
    rows = RowFilter((Condition("since", Operator.GTE, "20240301"),))
    assert await data(granted(given, rows), tmp_path, "{ firms { nodes { id } } }") == {
        "firms": {"nodes": [{"id": "b"}]}
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_numbers_that_are_shown_as_null_are_one_group(tmp_path: Path, kind: str) -> None:
    given = city([["a", "1"], ["b", "3000000000"], ["c", None]], kind, id="Text", size="Int")
    found = await data(given, tmp_path, "{ firmsAggregate(groupBy: size) { groups { count key { size } } } }")
    assert found["firmsAggregate"]["groups"] == [
        {"count": 1, "key": {"size": 1}},
        {"count": 2, "key": {"size": None}},
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_groups_of_decimals_stand_in_the_order_of_numbers_in_one_spelling(
    tmp_path: Path, kind: str
) -> None:
    given = city([["a", "10"], ["b", "9.50"], ["c", "-0.0"]], kind, id="Text", rent="Decimal")
    query = "{ firmsAggregate(groupBy: rent) { groups { key { rent } max { rent } } } }"
    groups = (await data(given, tmp_path, query))["firmsAggregate"]["groups"]
    assert [group["key"]["rent"] for group in groups] == ["0", "9.5", "10"]
    assert [group["max"]["rent"] for group in groups] == ["0", "9.5", "10"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_number_with_blanks_around_it_is_found_ordered_and_summed_up(
    tmp_path: Path, kind: str
) -> None:
    given = city([["a", "10"], ["b", " 7 "], ["c", "\u30008"]], kind, id="Text", size="Int")
    query = """{
      found: firms(where: {size: {eq: 7}}) { nodes { id } }
      ordered: firms(orderBy: {size: ASC}) { nodes { size } }
      firmsAggregate { groups { sum { size } } }
    }"""
    assert await data(given, tmp_path, query) == {
        "found": {"nodes": [{"id": "b"}]},
        "ordered": {"nodes": [{"size": 7}, {"size": 8}, {"size": 10}]},
        "firmsAggregate": {"groups": [{"sum": {"size": "25"}}]},
    }


async def test_a_suppressed_total_is_told_under_each_of_its_names(tmp_path: Path) -> None:
    given = city([["a", ONE]], id="Text", person="IdNumber")
    firm = replace(given.catalog.resources["Firm"], subject="person")
    given = replace(given, catalog=replace(given.catalog, resources={"Firm": firm}))
    answer, _ = await asked(given, tmp_path, "{ firms { all: totalCount again: totalCount } }")
    warned: Sequence[Mapping[str, str]] = answer.extensions["govgraph"]["warnings"]
    assert [one["path"] for one in warned] == ["firms.again", "firms.all"]


async def test_a_moment_in_a_row_filter_may_stand_under_sums_by_another_moment(tmp_path: Path) -> None:
    given = city(
        [["a", "2024-02-29T08:00:00", "1"], ["b", "2024-03-01T08:00:00", "2"]],
        "sqlite", id="Text", changed="DateTime", rent="Decimal",
    )  # fmt: skip
    stored = replace(given, native=frozenset({"Firm.changed"}))
    rows = RowFilter((Condition("changed", Operator.GTE, "2024-03-01"),))
    query = "{ firmsAggregate(groupBy: [changed]) { groups { count min { rent } } } }"
    found = await data(granted(stored, rows), tmp_path, query)
    assert found["firmsAggregate"]["groups"] == [{"count": 1, "min": {"rent": "2"}}]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_moment_of_any_zone_is_found_ordered_and_summed_up_as_an_instant(
    tmp_path: Path, kind: str
) -> None:
    cells = [
        "2024-02-29T08:00:00",
        "2024-02-29T00:00:00Z",
        "2024-02-29T08:30:00+09:00",
        "2024-02-29T00:30:00Z",
    ]
    given = city(
        [[name, cell] for name, cell in zip("abcd", cells, strict=True)], kind, id="Text", at="DateTime"
    )
    query = """{
      same: firms(where: {at: {eq: "2024-02-29T01:00:00+01:00"}}) { nodes { id } }
      since: firms(where: {at: {gte: "2024-02-29T08:00:00+08:00"}}, orderBy: {at: DESC}) { nodes { id } }
      firmsAggregate(groupBy: at) { groups { count key { at } distinct { at } max { at } } }
    }"""
    found = await data(given, tmp_path, query)
    assert [[one["id"] for one in found[name]["nodes"]] for name in ("same", "since")] == [
        ["a", "b"],
        ["d", "a", "b"],
    ]
    assert found["firmsAggregate"]["groups"] == [
        {"count": count, "key": {"at": at}, "distinct": {"at": 1}, "max": {"at": at}}
        for count, at in (
            (1, "2024-02-29T07:30:00+08:00"),
            (2, "2024-02-29T08:00:00+08:00"),
            (1, "2024-02-29T08:30:00+08:00"),
        )
    ]


async def test_a_page_that_is_empty_of_itself_tells_of_no_record_missing(tmp_path: Path) -> None:
    given = city([["a", "a"]], id="Text", parent="Text")
    link = Link("below", "Firm", False, (("id", "parent"),))
    firm = replace(given.catalog.resources["Firm"], links={"below": link})
    given = replace(given, catalog=replace(given.catalog, resources={"Firm": firm}))
    asks = (
        "below(first: 0) { id }",
        "belowConnection(first: 0) { nodes { id } }",
        "belowConnection(last: 0) { nodes { id } }",
    )
    for ask in asks:
        answer, _ = await asked(given, tmp_path, f"{{ firms {{ nodes {{ {ask} }} }} }}")
        assert answer.extensions["govgraph"]["absent"] == []
    async with Stores(tmp_path, "", "").opened(given) as world:
        pages = (
            "query($c: String) { firms { nodes { belowConnection(after: $c) { pageInfo { endCursor } } } } }"
        )
        first = orjson.loads((await world.ask(pages, {}, WHO)).data or b"")
        cursor = first["firms"]["nodes"][0]["belowConnection"]["pageInfo"]["endCursor"]
        beyond = await world.ask(pages, {"c": cursor}, WHO)
        assert beyond.errors == ()
        assert beyond.extensions["govgraph"]["absent"] == []
