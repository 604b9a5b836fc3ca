"""What grants give: never more than the owner allows, and one resource at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.errors import GrantsOverlapError, NoGrantError, PurposeNotAllowedError, PurposeRequiredError
from auth.filters import Condition, Operator, RowFilter, YearsBeforeToday
from auth.grants import CLEAR, FieldGrant, Grant
from auth.masking.rule import MaskException, MaskRule
from auth.policy import asked_purpose, choose_purpose, permissions, purposes
from auth.rights import Ceiling, Level, Permissions, Quota, Right
from tests.auth.samples import HALL, READ, TODAY, grant
from tests.subsets import subsets

FIELDS = ("name", "idNo", "birth")
RESOURCES = ("Person", "Vehicle")
CHILD = MaskException(Condition("birth", Operator.GT, YearsBeforeToday(14)), "RD")
ALL = frozenset(Right)

rights_ = subsets(Right)
alternatives = subsets(["NM", "ID", "HS", CLEAR])
codes = st.sampled_from(["NM", "ID", "HS", "YR"])
rules = st.one_of(st.none(), st.builds(MaskRule, codes, st.sampled_from([(), (CHILD,)])))
choices = st.one_of(rules, st.sampled_from([MaskRule(CLEAR), MaskRule("NU"), MaskRule("RD")]))
field_grants = st.builds(FieldGrant, rights_, choices)
filters_ = st.sampled_from([None, RowFilter(()), RowFilter((Condition("name", Operator.NE, "x"),))])


@st.composite
def ceiling_tables(draw: st.DrawFn) -> dict[str, Ceiling]:
    coordinates = [f"{resource}.{name}" for resource in RESOURCES for name in FIELDS]
    known = draw(st.lists(st.sampled_from(coordinates), unique=True))
    return {one: Ceiling(one, Level.L3, draw(rights_), draw(rules), draw(alternatives)) for one in known}


@st.composite
def grants_of(draw: st.DrawFn, resource: str) -> Grant:
    begin = TODAY + timedelta(days=draw(st.integers(-2, 2)))
    return grant(
        f"G-{resource}-{draw(st.integers(1, 2))}",
        fields=draw(st.dictionaries(st.sampled_from(FIELDS), field_grants)),
        resource=resource,
        valid_from=begin,
        valid_to=begin + timedelta(days=draw(st.integers(0, 3))),
        quota=Quota(draw(st.sampled_from([None, 5]))),
        rows=draw(filters_),
        purpose=draw(st.sampled_from(["ZM-HOUSE-BUY", "KK-SCREEN"])),
        client=draw(st.sampled_from([HALL.id, "another"])),
    )


def decide(grants: list[Grant], ceilings: dict[str, Ceiling], today: date = TODAY) -> Permissions:
    return permissions(HALL.id, "ZM-HOUSE-BUY", grants, ceilings, today)


def ceiling(name: str, mask: MaskRule | None = None, alternatives: frozenset[str] = frozenset()) -> Ceiling:
    return Ceiling(f"Person.{name}", Level.L3, ALL, mask, alternatives)


def table(*ceilings: Ceiling) -> dict[str, Ceiling]:
    return {one.coordinate: one for one in ceilings}


@given(grants_of("Person"), ceiling_tables())
def test_no_right_is_given_above_the_ceiling_or_without_a_grant(
    one: Grant, ceilings: dict[str, Ceiling]
) -> None:
    found = decide([one], ceilings)
    for coordinate, rights in found.rights.items():
        assert rights.granted
        assert rights.granted <= ceilings[coordinate].rights
        assert rights.granted <= one.fields[coordinate.removeprefix("Person.")].rights
        assert rights.grant == one.id


@given(grants_of("Person"), ceiling_tables())
def test_outside_its_days_and_for_others_a_grant_gives_nothing(
    one: Grant, ceilings: dict[str, Ceiling]
) -> None:
    counts = one.client == HALL.id and one.purpose == "ZM-HOUSE-BUY" and one.in_force(TODAY)
    found = decide([one], ceilings)
    assert counts or not (found.rights or found.grants or found.quotas or found.row_filters)


@given(grants_of("Person"), ceiling_tables())
def test_a_value_is_clear_only_where_the_owner_allows_the_clear_value(
    one: Grant, ceilings: dict[str, Ceiling]
) -> None:
    for coordinate, rights in decide([one], ceilings).rights.items():
        if rights.mask is None and rights.allows(Right.READ):
            owner = ceilings[coordinate]
            assert owner.mask is None or CLEAR in owner.alternatives


@given(grants_of("Person"), ceiling_tables())
def test_size_is_compared_only_on_values_read_in_the_clear(one: Grant, ceilings: dict[str, Ceiling]) -> None:
    for rights in decide([one], ceilings).rights.values():
        assert not rights.allows(Right.RANGE) or (rights.allows(Right.READ) and rights.mask is None)


@given(grants_of("Person"), ceiling_tables())
def test_a_read_mask_is_the_owners_or_among_those_it_allows(one: Grant, ceilings: dict[str, Ceiling]) -> None:
    for coordinate, rights in decide([one], ceilings).rights.items():
        owner = ceilings[coordinate]
        if rights.mask is not None and rights.allows(Right.READ):
            default = {owner.mask.mask} if owner.mask else set()
            assert rights.mask.mask in owner.alternatives | default | {"RD", "NU"}


@given(grants_of("Person"), grants_of("Vehicle"), ceiling_tables())
def test_a_grant_on_another_resource_changes_nothing_here(
    one: Grant, other: Grant, ceilings: dict[str, Ceiling]
) -> None:
    alone, both = decide([one], ceilings), decide([other, one], ceilings)
    assert {name: found for name, found in both.rights.items() if name.startswith("Person.")} == alone.rights
    assert both.grants.get("Person") == alone.grants.get("Person")
    assert both.row_filters.get("Person") == alone.row_filters.get("Person")


@given(st.data(), ceiling_tables())
def test_fingerprints_are_equal_exactly_where_permissions_are(
    data: st.DataObject, ceilings: dict[str, Ceiling]
) -> None:
    first, second = ([data.draw(grants_of(name)) for name in RESOURCES] for _ in range(2))
    changed = data.draw(st.sampled_from([ceilings, {**ceilings, **table(ceiling("name"))}]))
    one, other = decide(first, ceilings), decide(second, changed)
    without = replace(one, fingerprint=""), replace(other, fingerprint="")
    assert (one.fingerprint == other.fingerprint) == (without[0] == without[1])


@given(grants_of("Person"), grants_of("Vehicle"), ceiling_tables())
def test_the_order_of_grants_does_not_matter(one: Grant, other: Grant, ceilings: dict[str, Ceiling]) -> None:
    assert decide([one, other], ceilings) == decide([other, one], ceilings)


CHANGES: list[Callable[[Grant], Grant]] = [
    lambda one: replace(one, id="G-9"),
    lambda one: replace(one, quota=Quota(1)),
    lambda one: replace(one, bulk=True),
    lambda one: replace(one, rows=RowFilter((Condition("name", Operator.EQ, "x"),))),
    lambda one: replace(one, rows=RowFilter(())),
    lambda one: replace(one, fields={"name": FieldGrant(ALL)}),
    lambda one: replace(one, fields={"name": FieldGrant(READ, MaskRule("NM"))}),
    lambda one: replace(one, fields={"name": FieldGrant(READ, MaskRule("NM", (CHILD,)))}),
    lambda one: replace(one, fields={"name": FieldGrant(READ), "birth": FieldGrant(READ)}),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_that_matters_changes_the_fingerprint(change: Callable[[Grant], Grant]) -> None:
    ceilings = table(ceiling("name", alternatives=frozenset({"NM"})), ceiling("birth"))
    before, after = decide([grant()], ceilings), decide([change(grant())], ceilings)
    assert before.fingerprint != after.fingerprint


@pytest.mark.parametrize(
    "change", [{"agreement": "new"}, {"legal_basis": "new"}, {"valid_to": date(2027, 1, 1)}]
)
def test_what_gives_no_right_does_not_change_the_fingerprint(change: dict[str, Any]) -> None:
    ceilings = table(ceiling("name"))
    assert decide([grant()], ceilings).fingerprint == decide([grant(**change)], ceilings).fingerprint


@pytest.mark.parametrize(
    ("today", "counts"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_grant_counts_from_its_first_to_its_last_day(today: date, counts: bool) -> None:
    assert bool(decide([grant()], table(ceiling("name")), today).rights) is counts


@pytest.mark.parametrize("other", [{"client": "another"}, {"purpose": "KK-SCREEN"}, {"resource": "Vehicle"}])
def test_a_grant_of_another_client_purpose_or_resource_gives_nothing_here(other: dict[str, Any]) -> None:
    found = decide([grant(**other)], table(ceiling("name")))
    assert not found.rights
    assert not found.grants


@pytest.mark.parametrize(
    ("held", "mask", "ranged"),
    [
        (ALL, None, True),
        (ALL - {Right.READ}, None, False),
        (ALL, MaskRule("NM"), False),
        (ALL, MaskRule("RD"), False),
    ],
)
def test_a_range_needs_the_clear_value_and_the_other_rights_do_not(
    held: frozenset[Right],
    mask: MaskRule | None,
    ranged: bool,
) -> None:
    one = grant(fields={"name": FieldGrant(held, mask)})
    rights = decide([one], table(ceiling("name", alternatives=frozenset({"NM"})))).rights["Person.name"]
    assert rights.granted == (held if ranged else held - {Right.RANGE})


def test_two_grants_in_force_on_one_resource_are_refused() -> None:
    with pytest.raises(GrantsOverlapError):
        decide([grant("G-1"), grant("G-2")], table(ceiling("name")))


def test_the_owners_exceptions_stay_beside_the_mask_a_grant_names() -> None:
    owner = ceiling("name", MaskRule("NM", (CHILD,)), frozenset({"HS", CLEAR}))
    own = MaskException(Condition("name", Operator.EQ, "x"), "NU")

    def mask(chosen: MaskRule | None) -> MaskRule | None:
        one = grant(fields={"name": FieldGrant(READ, chosen)})
        return decide([one], table(owner, ceiling("birth"))).rights["Person.name"].mask

    assert mask(None) == MaskRule("NM", (CHILD,))
    assert mask(MaskRule("HS")) == MaskRule("HS", (CHILD,))
    assert mask(MaskRule("NM", (own,))) == MaskRule("NM", (CHILD, own))
    assert mask(MaskRule("NU")) == MaskRule("NU")
    assert mask(MaskRule(CLEAR)) is None


def test_a_mask_the_owner_no_longer_allows_shows_nothing_but_keeps_the_other_rights() -> None:
    one = grant(fields={"name": FieldGrant(frozenset({Right.READ, Right.JOIN}), MaskRule(CLEAR))})
    rights = decide([one], table(ceiling("name", MaskRule("NM")))).rights["Person.name"]
    assert rights.granted == {Right.JOIN}
    assert rights.mask == MaskRule("NU")


def test_a_filter_on_a_field_that_is_gone_opens_nothing() -> None:
    one = grant(rows=RowFilter((Condition("divCode", Operator.EQ, "330702"),)))
    assert not decide([one], table(ceiling("name"))).grants
    assert decide([one], table(ceiling("name"), ceiling("divCode"))).grants


def test_the_purpose_is_the_only_one_or_the_one_asked_for() -> None:
    assert choose_purpose({"A"}, "") == "A"
    assert choose_purpose({"A", "B"}, "B") == "B"


@pytest.mark.parametrize(
    ("granted", "asked", "refusal", "status"),
    [
        (set(), "", NoGrantError, 403),
        (set(), "A", NoGrantError, 403),
        ({"A", "B"}, "", PurposeRequiredError, 400),
        ({"A", "B"}, "330799199003071013", PurposeNotAllowedError, 403),
        ({"A"}, "a", PurposeNotAllowedError, 403),
    ],
)
def test_any_other_purpose_is_refused_without_echo(
    granted: set[str], asked: str, refusal: type[NoGrantError], status: int
) -> None:
    with pytest.raises(refusal) as caught:
        choose_purpose(granted, asked)
    assert caught.value.status == status
    assert len(asked) < 2 or asked not in str(caught.value)


def test_a_token_bound_to_a_purpose_serves_no_other() -> None:
    assert asked_purpose(None, " A ") == "A"
    assert asked_purpose("A", "") == asked_purpose("A", "A") == "A"
    assert asked_purpose(None, "") == ""
    with pytest.raises(PurposeNotAllowedError):
        asked_purpose("A", "B")


def test_the_purposes_of_a_client_are_those_in_force() -> None:
    held = [
        grant("G-1"),
        grant("G-2", purpose="OLD", valid_to=date(2026, 6, 29)),
        grant("G-3", purpose="OTHERS", client="another"),
    ]
    assert purposes(HALL.id, held, TODAY) == {"ZM-HOUSE-BUY"}


def test_a_grant_opens_nothing_of_a_type_that_another_department_owns_by_now() -> None:
    own = replace(ceiling("name"), department="archive")
    stale, given = grant("G-1", department="library"), grant("G-2", department="archive")
    assert not decide([stale], table(own)).rights
    assert decide([stale, given], table(own)).grants == {"Person": "G-2"}
