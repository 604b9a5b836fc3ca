"""A client's grants are judged in sum: over all resources, purposes and masks, not one by one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from auth.errors import GrantTooRevealingError
from auth.filters import Attribute, Condition, Operator, RowFilter
from auth.grants import CLEAR, FieldGrant, Grant
from auth.masking.rule import MaskException, MaskRule
from auth.rights import Right
from schema.catalog import Catalog
from schema.errors import GrantsRefusedError
from schema.grant_file import read_grants_text
from schema.revealing import refuse_revealing, too_revealing, with_changes
from tests.schema.samples import city
from tests.schema.test_grant_file import HEAD

TODAY = date(2026, 6, 30)
OWN = RowFilter((Condition("idNo", Operator.EQ, Attribute("subject")),))
READ, MATCH, JOIN = (frozenset({right}) for right in (Right.READ, Right.MATCH, Right.JOIN))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return city(tmp_path)


def grant(resource: str, fields: Mapping[str, FieldGrant], **given: object) -> Grant:
    values: dict[str, object] = {
        "id": f"G-{resource}",
        "client": "hall",
        "purpose": "ONE",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2027, 12, 31),
        **given,
    }
    return Grant(resource=resource, fields=fields, **values)  # type: ignore[arg-type]


ENDS = {"idNo": FieldGrant(READ | JOIN, MaskRule("ID"))}
YEAR = {"birth": FieldGrant(READ)}
TESTED = {"idNo": FieldGrant(MATCH | JOIN)}


def test_ends_shown_on_another_resource_add_up(catalog: Catalog) -> None:
    assert too_revealing([grant("Person", TESTED | YEAR), grant("MarriageParty", ENDS)], catalog)


def test_parts_of_several_purposes_add_up(catalog: Catalog) -> None:
    parts = [
        grant("Person", ENDS, id="G-1", purpose="ONE"),
        grant("Person", YEAR, id="G-2", purpose="TWO"),
        grant("MarriageParty", TESTED, purpose="THREE"),
    ]
    assert too_revealing(parts, catalog)
    for left_out in range(3):
        assert not too_revealing([part for n, part in enumerate(parts) if n != left_out], catalog)


def test_an_exception_of_a_mask_shows_as_much_as_a_mask(catalog: Catalog) -> None:
    rule = MaskRule("ID2", (MaskException(Condition("sex", Operator.EQ, "MALE"), "ID"),))
    assert too_revealing([grant("Person", {"idNo": FieldGrant(READ | MATCH, rule)} | YEAR)], catalog)


def test_a_day_that_can_be_asked_for_is_as_good_as_read(catalog: Catalog) -> None:
    asked = {"birth": FieldGrant(MATCH)}
    assert too_revealing([grant("Person", TESTED | asked), grant("MarriageParty", ENDS)], catalog)


def test_the_year_of_a_marriage_is_no_birth_year(catalog: Catalog) -> None:
    shown = {"idNo": FieldGrant(READ | MATCH, MaskRule("ID")), "since": FieldGrant(READ, MaskRule(CLEAR))}
    assert not too_revealing([grant("MarriageParty", shown)], catalog)


def test_the_own_row_gives_nothing_away(catalog: Catalog) -> None:
    own = [grant("Person", ENDS | YEAR, rows=OWN), grant("MarriageParty", TESTED)]
    assert not too_revealing(own, catalog)


def test_clients_are_judged_apart_and_what_has_ended_does_not_count(catalog: Catalog) -> None:
    parts = [grant("Person", TESTED | YEAR), grant("MarriageParty", ENDS)]
    with pytest.raises(GrantTooRevealingError):
        refuse_revealing(parts, catalog, TODAY)
    refuse_revealing([parts[0], grant("MarriageParty", ENDS, client="desk")], catalog, TODAY)
    refuse_revealing([parts[0], grant("MarriageParty", ENDS, valid_to=date(2026, 6, 29))], catalog, TODAY)
    later = grant("MarriageParty", ENDS, valid_from=date(2026, 7, 1))
    with pytest.raises(GrantTooRevealingError):
        refuse_revealing([parts[0], later], catalog, TODAY)


def test_a_change_takes_the_place_of_what_it_changes(catalog: Catalog) -> None:
    stored = [grant("Person", TESTED | YEAR), grant("MarriageParty", TESTED)]
    changed = grant("MarriageParty", ENDS)
    assert with_changes(stored, [changed]) == [stored[0], changed]


def test_a_file_is_refused_at_the_grant_that_completes_the_sum(catalog: Catalog) -> None:
    text = (
        HEAD
        + "  - {id: G-1, resource: public-security.Person, fields: {idNo: {rights: [read], mask: ID}}}\n"
        + "  - {id: G-2, resource: civil-affairs.MarriageParty, fields: {idNo: [match, join]}}\n"
    )
    assert len(read_grants_text(text, "g.yaml", catalog)) == 2
    with pytest.raises(GrantsRefusedError) as refused:
        read_grants_text(text.replace("mask: ID}", "mask: ID}, birth: [read]"), "g.yaml", catalog)
    found = [(problem.path, problem.code) for problem in refused.value.problems]
    assert found == [("items[1]", "GRANT_TOO_REVEALING")]
