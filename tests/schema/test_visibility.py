"""The view: exactly what the permissions open."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.masking.rule import MaskRule
from auth.rights import Level, Permissions, Right, Rights
from schema.build import build
from schema.catalog import Catalog, CatalogField, Code, Cycle, Department, Link, Open, Resource, Share
from schema.errors import NothingVisibleError
from schema.meaning import MEANING, Along, Value
from schema.visibility import View, ceilings, view
from tests.schema.samples import city, permitted
from tests.subsets import subsets


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return city(tmp_path)


def test_without_rights_nothing_is_there(catalog: Catalog) -> None:
    assert view(catalog, permitted()).types == {}


def test_only_granted_fields_are_there(catalog: Catalog) -> None:
    seen = view(catalog, permitted(Person__name="read", Person__sex="match"))
    assert {
        name: (field.readable, field.operators) for name, field in seen.types["Person"].fields.items()
    } == {
        "name": (True, ()),
        "sex": (False, ("eq", "in")),
    }


def test_a_lookup_needs_match_on_the_whole_key(catalog: Catalog) -> None:
    half = permitted(MarriageParty__idNo="read match", MarriageParty__since="read")
    whole = permitted(MarriageParty__idNo="read match", MarriageParty__certNo="match")
    assert not view(catalog, half).types["MarriageParty"].by_key
    assert view(catalog, whole).types["MarriageParty"].by_key


def test_people_are_listed_only_where_their_key_is_seen_whole(catalog: Catalog) -> None:
    masked = permitted(Person__idNo=("read match", "ID"), Person__name="read")
    absent = permitted(Person__name="read")
    clear = permitted(Person__idNo="read", Person__name="read")
    assert not view(catalog, masked).types["Person"].listing
    assert not view(catalog, absent).types["Person"].listing
    assert view(catalog, clear).types["Person"].listing


@pytest.mark.parametrize(
    ("rights", "listed"),
    [
        ({"Division__name": "read match"}, True),
        ({"Division__name": "read sort"}, True),
        ({"Division__code": "read"}, True),
        ({"Division__name": "read"}, False),
        ({"Division__name": "match"}, False),
        ({"Division__name": ("read match", "RD")}, False),
        ({"Division__code": ("read", "RD"), "Division__name": "read"}, False),
    ],
)
def test_things_are_listed_where_rows_can_be_told_apart_or_chosen(
    catalog: Catalog, rights: dict[str, str], listed: bool
) -> None:
    assert view(catalog, permitted(**rights)).types["Division"].listing is listed


def test_verification_needs_match_and_no_read(catalog: Catalog) -> None:
    seen = view(catalog, permitted(Person__idNo="match", Person__name="match")).types["Person"]
    assert (seen.compared, seen.by_key, seen.listing) == (("name",), False, False)


def test_verification_compares_only_what_the_owner_names(catalog: Catalog) -> None:
    seen = view(catalog, permitted(Person__idNo="match", Person__birth="match")).types["Person"]
    assert seen.compared == ()


def test_a_link_needs_join_on_both_sides_and_something_to_show(catalog: Catalog) -> None:
    def links(**coordinates: str) -> list[str]:
        return list(view(catalog, permitted(**coordinates)).types["MarriageParty"].links)

    own = {"MarriageParty__kind": "read", "MarriageParty__partnerId": "join"}
    assert links(**own, Person__idNo="join", Person__name="read") == ["partner"]
    assert links(**own, Person__idNo="join", Person__name="match") == []
    assert links(**own, Person__idNo="read", Person__name="read") == []
    assert links(MarriageParty__kind="read", Person__idNo="join", Person__name="read") == []


@pytest.mark.parametrize(
    ("given_rights", "operators", "sortable"),
    [
        ("read match range sort", ("eq", "ne", "in", "notIn", "gt", "gte", "lt", "lte", "isNull"), True),
        ("read range", ("ne", "notIn", "gt", "gte", "lt", "lte", "isNull"), False),
        ("match", ("eq", "in"), False),
        ("range sort match", ("eq", "in"), False),
        (("read match range sort", "RD"), ("eq", "in"), False),
    ],
)
def test_operators_follow_rights_and_never_the_masked_value(
    catalog: Catalog, given_rights: str, operators: tuple[str, ...], sortable: bool
) -> None:
    field = view(catalog, permitted(Division__households=given_rights)).types["Division"].fields["households"]
    assert (field.operators, field.sortable) == (operators, sortable)


def test_codes_have_no_greater_and_less(catalog: Catalog) -> None:
    field = view(catalog, permitted(Person__sex="read match range sort")).types["Person"].fields["sex"]
    assert field.operators == ("eq", "ne", "in", "notIn", "isNull")


def test_parts_are_sought_in_text_alone(catalog: Catalog) -> None:
    seen = view(catalog, permitted(Division__code="read range", Division__households="read range"))
    fields = seen.types["Division"].fields
    assert {"startsWith", "contains"} <= set(fields["code"].operators)
    assert not {"startsWith", "contains"} & set(fields["households"].operators)


def test_rows_are_chosen_across_a_link_only_with_join_on_both_sides(catalog: Catalog) -> None:
    def chosen_by(**coordinates: str) -> list[str]:
        return list(view(catalog, permitted(**coordinates)).types["MarriageParty"].chosen_by)

    own = {"MarriageParty__kind": "read", "MarriageParty__partnerId": "join"}
    assert chosen_by(**own, Person__idNo="join", Person__name="match") == ["partner"]
    assert chosen_by(**own, Person__idNo="join", Person__name="read") == []
    assert chosen_by(**own, Person__idNo="match", Person__name="match") == []
    assert chosen_by(MarriageParty__kind="read", Person__idNo="join", Person__name="match") == []


def test_conditions_reach_across_a_type_that_takes_none_itself(catalog: Catalog) -> None:
    seen = view(
        catalog,
        permitted(
            MarriageParty__since="read",
            MarriageParty__idNo="join",
            MarriageParty__partnerId="match join",
            Person__idNo="join",
            Person__name="read",
        ),
    )
    assert list(seen.types["Person"].chosen_by) == ["marriages"]
    assert list(seen.types["MarriageParty"].chosen_by) == ["partner", "person"]


def test_a_right_that_cannot_be_used_shows_nothing(catalog: Catalog) -> None:
    assert "Person" not in view(catalog, permitted(Person__name="sort", Person__idNo="join")).types


def test_the_ceilings_are_those_of_the_manifests(catalog: Catalog) -> None:
    ceiling = ceilings(catalog)["Person.idNo"]
    assert ceiling.rights == frozenset({Right.READ, Right.MATCH, Right.JOIN})
    assert ceiling.mask == MaskRule("ID2")
    assert ceiling.alternatives == frozenset({"ID", "CLEAR"})


NAMES = ("a", "b", "c")
TYPES = ("One", "Two", "Three")
CODES = (Code("1", "ONE", "一"),)
FIELDS = st.sampled_from(["Text", "IdNumber", "Int", "Date", "Enum"])


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return a catalog of three types with three fields each, linked at random."""
    resources = {}
    for name in TYPES:
        kinds = {field: draw(FIELDS) for field in NAMES}
        fields = {
            field: CatalogField(
                field, field, field, kind, Level.L2, frozenset(Right), codes=CODES if kind == "Enum" else ()
            )
            for field, kind in kinds.items()
        }
        targets = draw(st.lists(st.sampled_from(TYPES), max_size=2))
        links = {
            f"link{number}": Link(
                f"link{number}",
                target,
                draw(st.booleans()),
                ((draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES))),),
            )
            for number, target in enumerate(targets)
        }
        subject = draw(st.sampled_from([None, *NAMES]))
        resources[name] = Resource(
            name, "d", name, name, name, "", Share.CONDITIONAL, Open.NOT_OPEN, Cycle.DAILY,
            tuple(sorted(draw(subsets(NAMES, 1)))), fields, links, subject,
            verify=("b", "c"),
        )  # fmt: skip
    return Catalog(1, {"d": Department("d", "", "局")}, {}, resources)


@st.composite
def permissions(draw: st.DrawFn) -> Permissions:
    """Return permissions over any of the coordinates."""
    rights = {
        f"{name}.{field}": Rights(
            draw(subsets(Right)),
            draw(st.sampled_from([None, MaskRule("RD"), MaskRule("YR"), MaskRule("NU")])),
            "G",
            "",
        )
        for name in TYPES
        for field in sorted(draw(subsets(NAMES)))
    }
    return Permissions("c", "P", rights, {}, "f")


@given(catalogs(), permissions())
def test_a_view_never_holds_a_coordinate_without_a_right(catalog: Catalog, allowed: Permissions) -> None:
    seen: View = view(catalog, allowed)
    for name, visible in seen.types.items():
        for field in visible.fields.values():
            coordinate = f"{name}.{field.field.name}"
            assert not field.readable or allowed.allows(coordinate, Right.READ)
            assert "eq" not in field.operators or allowed.allows(coordinate, Right.MATCH)
            assert "gt" not in field.operators or (allowed.allows(coordinate, Right.RANGE) and field.clear)
            assert not field.sortable or (allowed.allows(coordinate, Right.SORT) and field.clear)
        for link in visible.links.values():
            assert all(allowed.allows(f"{name}.{own}", Right.JOIN) for own, _ in link.by)
            assert all(allowed.allows(f"{link.target}.{theirs}", Right.JOIN) for _, theirs in link.by)
        for key in visible.resource.key if visible.by_key or visible.compared else ():
            assert allowed.allows(f"{name}.{key}", Right.MATCH)
        for compared in visible.compared:
            assert allowed.allows(f"{name}.{compared}", Right.MATCH)


@given(catalogs(), permissions())
def test_a_graph_never_holds_a_coordinate_without_a_right(catalog: Catalog, allowed: Permissions) -> None:
    try:
        schema = build(view(catalog, allowed))
    except NothingVisibleError:
        return
    for type_ in schema.type_map.values():
        for field in getattr(type_, "fields", {}).values():
            meaning = field.extensions.get(MEANING)
            if isinstance(meaning, Value):
                assert allowed.allows(f"{meaning.resource}.{meaning.field}", Right.READ)
            if isinstance(meaning, Along):
                assert all(
                    allowed.allows(f"{meaning.resource}.{own}", Right.JOIN) for own, _ in meaning.link.by
                )
