"""What is refused, with which code, and that a refusal tells nothing and asks nothing."""

from typing import Any

import pytest

from resolvers.documents.limits import Limits
from tests.resolvers.world import E1, INSPECTOR, P1, PUBLIC, SCREENING, World

pytestmark = pytest.mark.anyio

PERSON = "query($id: IdNumber!) { person(idNo: $id) { %s } }"

OUTSIDE = [
    ("ungranted field", PERSON % "photo", {"id": P1}),
    ("unknown field", PERSON % "shoeSize", {"id": P1}),
    ("ungranted root", "{ creditRatings { nodes { grade } } }", None),
    ("unknown root", "{ unicorns { nodes { grade } } }", None),
    ("unknown argument", "query($id: IdNumber!) { person(idNo: $id, age: 3) { name } }", {"id": P1}),
    ("ungranted type", "query($w: CreditRatingWhere) { __typename }", None),
    ("unknown type", "query($w: Unicorn) { __typename }", None),
    ("unknown fragment type", PERSON % "... on Unicorn { name }", {"id": P1}),
    ("unknown enum value", PERSON % "socialInsurance(where: {kind: {eq: UNICORN}}) { state }", {"id": P1}),
    ("ungranted input field", PERSON % "socialInsurance(where: {base: {eq: 1}}) { state }", {"id": P1}),
    ("unknown input field", PERSON % "socialInsurance(where: {horn: {eq: 1}}) { state }", {"id": P1}),
]


@pytest.mark.parametrize(
    ("query", "variables"), [case[1:] for case in OUTSIDE], ids=[case[0] for case in OUTSIDE]
)
async def test_what_is_outside_the_callers_schema_gets_one_identical_answer(
    world: World, query: str, variables: Any
) -> None:
    given = await world.ask(query, variables)
    first = given.errors[0]
    reference = (await world.ask(PERSON % "nothingOfTheKind", {"id": P1})).errors[0]
    assert {name: first[name] for name in ("message", "extensions")} == {
        name: reference[name] for name in ("message", "extensions")
    }
    assert len(given.errors) == 1
    assert given.data is None


@pytest.mark.parametrize("where", [{"kind": {"eq": "UNICORN"}}, {"base": {"eq": "1"}}, {"horn": {"eq": "1"}}])
async def test_what_is_outside_gets_the_same_answer_in_a_variable(world: World, where: Any) -> None:
    query = PERSON % "socialInsurance(where: $w) { state }"
    query = query.replace("$id: IdNumber!", "$id: IdNumber!, $w: SocialInsuranceWhere")
    assert await world.code(query, {"id": P1, "w": where}) == "FIELD_NOT_AVAILABLE"


async def test_record_tells_existing_fields_from_unknown_ones_where_the_answer_does_not(world: World) -> None:
    await world.code(PERSON % "photo", {"id": P1})
    assert world.record.coordinates.refused == ("Person.photo",)
    await world.code(PERSON % "shoeSize", {"id": P1})
    assert world.record.coordinates.refused == ()
    assert world.record.outcome == "refused"
    assert world.record.codes == ("FIELD_NOT_AVAILABLE",)


RECORDED = [
    ("Person.photo", PERSON % "photo"),
    ("SocialInsurance.base", PERSON % "socialInsurance(where: {base: {eq: 1}}) { state }"),
    ("CreditRating", "{ creditRatings { nodes { grade } } }"),
    ("CreditRating", "query($w: CreditRatingWhere) { __typename }"),
    ("Person.photo", "query($id: IdNumber!) { person(idNo: $id, photo: 1) { name } }"),
    ("Person.photo", PERSON % (" ".join(f"nothing{n}" for n in range(30)) + " photo")),
]


@pytest.mark.parametrize(("coordinate", "query"), RECORDED)
async def test_record_names_what_exists_wherever_it_was_asked(
    world: World, coordinate: str, query: str
) -> None:
    given = await world.ask(query, {"id": P1})
    assert len(given.errors) <= 10
    assert world.record.coordinates.refused == (coordinate,)


async def test_readable_field_used_without_the_right_is_named(world: World) -> None:
    below = 'licenses(where: {kind: {eq: "x"}}) { kind }'
    query = f"query($u: UnifiedSocialCreditCode!) {{ enterprise(uscc: $u) {{ {below} }} }}"
    given = await world.ask(query, {"u": E1}, INSPECTOR)
    assert given.errors[0]["extensions"]["code"] == "NOT_USABLE_HERE"
    assert "License.kind" in given.errors[0]["message"]
    assert world.statements == []


async def test_operator_without_the_right_is_named_with_its_field(world: World) -> None:
    query = '{ enterprises(where: {name: {gt: "x"}}) { nodes { uscc } } }'
    assert await world.code(query, None, SCREENING) == "NOT_USABLE_HERE"
    query = "{ enterprises(where: {state: {in: [], gt: 1}}) { nodes { uscc } } }"
    assert await world.code(query, None, SCREENING) == "NOT_USABLE_HERE"


ECHOES = [
    ("literal of a wrong type", '{ person(idNo: {number: "330799199003071013"}) { name } }', None),
    ("literal that is no identity number", '{ person(idNo: "330799199003071014") { name } }', None),
    ("variable of a wrong type", PERSON % "name", {"id": ["330799199003071013", 5]}),
    ("variable that is no identity number", PERSON % "name", {"id": "330799199003071014"}),
    ("object in a variable", PERSON % "name", {"id": {"330799199003071013": 1}}),
    ("field name", "{ person330799199003071013 { name } }", None),
    ("alias of an unknown field", "{ a330799199003071013: nothing }", None),
    ("argument name", "{ person(i330799199003071013: 1) { name } }", None),
    (
        "enum value",
        PERSON % "socialInsurance(where: {kind: {eq: X330799199003071013}}) { state }",
        {"id": P1},
    ),
    ("syntax error", '{ person(idNo: "330799199003071013" { name } ?', None),
    ("unterminated text", '{ person(idNo: "330799199003071013', None),
    ("unknown fragment", "{ ...f330799199003071013 }", None),
    ("unknown directive", "{ __typename @d330799199003071013 }", None),
    ("undefined variable", "{ person(idNo: $v330799199003071013) { name } }", None),
    ("unknown type", "query($v: T330799199003071013) { __typename }", None),
    ("operation name", "query a { __typename }", None),
]


@pytest.mark.parametrize(
    ("query", "variables"), [case[1:] for case in ECHOES], ids=[case[0] for case in ECHOES]
)
async def test_no_refusal_repeats_what_was_sent(world: World, query: str, variables: Any) -> None:
    named = {"operation_name": "n330799199003071013"} if query.startswith("query a") else {}
    given = await world.ask(query, variables, **named)
    assert given.data is None
    said = repr(given) + repr(world.log) + repr(world.faults)
    assert "33079919900307101" not in said
    assert world.faults == []


REFUSED = [
    ("SYNTAX_ERROR", "{ person", None),
    ("SYNTAX_ERROR", "{ a ? b }", None),
    ("DOCUMENT_MISSING", None, None),
    ("DOCUMENT_MISSING", "", None),
    ("OPERATION_NAME_REQUIRED", "query a { __typename } query b { __typename }", None),
    ("OPERATION_NOT_OFFERED", "mutation { delete }", None),
    ("OPERATION_NOT_OFFERED", "subscription { watch }", None),
    ("OPERATION_UNKNOWN", "fragment f on Query { __typename }", None),
    ("LIMIT_EXCEEDED", "{ " + "__typename " * 3000 + "}", None),
    ("LIMIT_EXCEEDED", "#\n" * 3000 + "{ __typename }", None),
    ("LIMIT_EXCEEDED", "{ __typename }" + " " * 70_000, None),
    ("LIMIT_EXCEEDED", "{a" * 100 + "}" * 100, None),
    ("LIMIT_EXCEEDED", "{ a: " + " b: ".join(["__typename"] * 501) + "}", None),
    ("LIMIT_EXCEEDED", "{ " + "__typename " * 51 + "}", None),
    ("LIMIT_EXCEEDED", "{" + "division(code: 1){parent" * 1 + "{parent" * 13 + "{name}" + "}" * 15, None),
    ("DOCUMENT_INVALID", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", None),
    ("DOCUMENT_INVALID", "query($unused: Int) { __typename }", None),
    ("DOCUMENT_INVALID", PERSON % "marriages", {"id": P1}),
    ("DOCUMENT_INVALID", PERSON % "name { first }", {"id": P1}),
    ("VALUE_NOT_VALID", PERSON % "name", {}),
    ("VALUE_NOT_VALID", PERSON % "name", {"id": None}),
    ("VALUE_NOT_VALID", PERSON % "marriages(first: -1) { kind }", {"id": P1}),
    ("VALUE_NOT_VALID", PERSON % "marriages(first: 99999999999) { kind }", {"id": P1}),
    (
        "VALUE_NOT_VALID",
        'query($id: IdNumber!) { personVerify(idNo: $id, name: "\\u0000") { match } }',
        {"id": P1},
    ),
    (
        "VALUE_NOT_VALID",
        "query($id: IdNumber!, $n: String!) { personVerify(idNo: $id, name: $n) { match } }",
        {"id": P1, "n": "a\0b"},
    ),
    ("VALUE_NOT_VALID", "query($s: Boolean = true) { __typename @skip(if: $s) }", {"s": None}),
    ("DOCUMENT_INVALID", "query($s: Boolean) { __typename @skip(if: $s) }", {}),
    ("PAGE_TOO_LARGE", PERSON % "marriages(first: 1001) { kind }", {"id": P1}),
]


@pytest.mark.parametrize(("code", "query", "variables"), REFUSED)
async def test_document_that_is_not_served_has_its_code(
    world: World, code: str, query: str | None, variables: Any
) -> None:
    assert await world.code(query, variables) == code
    assert world.record.codes == (code,)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('query($c: String = "330702") { division(code: $c) { name } }', {"c": None}),
        ("query($d: Direction) { divisions(orderBy: [{code: $d}]) { nodes { name } } }", {"d": None}),
        ("query($d: Direction) { divisions(orderBy: [{code: $d}]) { nodes { name } } }", {}),
    ],
)
async def test_null_in_a_place_that_forbids_it_is_refused(world: World, query: str, variables: Any) -> None:
    assert await world.code(query, variables, PUBLIC) in {"VALUE_NOT_VALID", "DOCUMENT_INVALID"}
    assert world.faults == []


async def test_list_of_nine_thousand_bad_values_is_refused_at_the_first_ones(world: World) -> None:
    below = "enterprises(where: {uscc: {in: $c}}) { nodes { uscc } }"
    query = f"query($c: [UnifiedSocialCreditCode!]!) {{ {below} }}"
    given = await world.ask(query, {"c": ["x"] * 9_000}, SCREENING)
    assert [one["extensions"]["code"] for one in given.errors] == ["VALUE_NOT_VALID"] * 10


@pytest.mark.parametrize("order", ["{name: ASC, code: ASC}", "{}", "{name: null}"])
async def test_each_step_of_an_order_names_one_field(world: World, order: str) -> None:
    assert await world.code(f"{{ divisions(orderBy: [{order}]) {{ nodes {{ code }} }} }}", None, PUBLIC) == (
        "VALUE_NOT_VALID"
    )


async def test_fragment_bomb_is_refused_before_validation_can_burn(world: World) -> None:
    levels = 24
    spreads = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    bomb = f"{{ ...f0 }} {spreads} fragment f{levels} on Query {{ __typename }}"
    assert await world.code(bomb) == "LIMIT_EXCEEDED"


async def test_empty_fragment_bomb_under_introspection_is_refused(world: World) -> None:
    spreads = " ".join(f"fragment f{n} on __Schema {{ ...f{n + 1} ...f{n + 1} }}" for n in range(20))
    bomb = f"{{ __schema {{ ...f0 }} }} {spreads} fragment f20 on __Schema {{ __typename }}"
    assert await world.code(bomb) == "LIMIT_EXCEEDED"


async def test_limits_hold_for_the_settings_given(world: World) -> None:
    world.with_rooms(limits=Limits(fields=3))
    assert await world.code("{ a: __typename b: __typename c: __typename d: __typename }") == "LIMIT_EXCEEDED"
    assert await world.data("{ a: __typename b: __typename c: __typename }")


async def test_fields_of_the_graph_are_counted_once_each(world: World) -> None:
    world.with_rooms(limits=Limits(coordinates=2))
    assert await world.data(
        '{ a: division(code: "3307") { name } b: division(code: "330702") { name } }', None, PUBLIC
    )
    asked = '{ division(code: "3307") { name level } }'
    assert await world.code(asked, None, PUBLIC) == "LIMIT_EXCEEDED"
