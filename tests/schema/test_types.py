"""One spelling for every value, and the check rules of the national standards."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.masking.masks import MASKS
from auth.masking.rule import VALUE
from auth.rights import Level, Right
from govgraph.expressions.python import compile_python
from schema.types import (
    SEMANTIC_TYPES,
    VARIANTS,
    normalise,
    valid_credit_code,
    valid_id_number,
    variants,
)
from tests.expressions.dirty import dirty_values

ID = "330799199003071013"

FORMS: Mapping[str, Mapping[str, str | None]] = {
    "IdNumber": {
        ID: ID,
        f" {ID}\u3000": ID,
        "３３０７９９１９９００３０７１０１３": ID,
        "330799900307101": ID,
        "１１０１０５４９１２３１００２": "11010519491231002X",
        "11010519491231002x": "11010519491231002X",
        "11010519491231002ｘ": "11010519491231002X",
        "33079919900307101": None,
        "3307991990030710133": None,
        "33079919900307101Y": None,
        "330799X99003071013": None,
        "": None,
    },
    "UnifiedSocialCreditCode": {
        "91330799t0000001xp": "91330799T0000001XP",
        "９１３３０７９９Ｔ００００００１ＸＰ": "91330799T0000001XP",
        "91330799T0000001IO": None,
    },
    "PlateNumber": {
        "浙G·12345": "浙G12345",
        "浙g 12345": "浙G12345",
        "浙GD00107": "浙GD00107",
        "浙G1234挂": "浙G1234挂",
        "浙G1234": None,
        "G12345浙": None,
    },
    "Phone": {
        "138 0013 5678": "13800135678",
        "+86-13800135678": "13800135678",
        "0086 13800135678": "13800135678",
        "(0579)85123456": "057985123456",
        "call me": None,
        "1": None,
    },
    "UnitNumber": {"330799 001002 GB00003 F00010005": "330799001002GB00003F00010005", "330799": None},
    "PersonName": {" 陈志远\u3000": "陈志远", "": ""},
    "EmailAddress": {" clerk@city.example ": "clerk@city.example"},
    "Address": {"城东街道\n": "城东街道"},
    "BankAccount": {"6222 0202 0011": "622202020011", "": None, "账号": None},
    "DivisionCode": {"330702001008": "330702001008", "33070": None},
    "VehicleIdentificationNumber": {"lsvau2180n2183294": "LSVAU2180N2183294", "LSVAU": None},
    "Text": {" a ": " a ", "": ""},
    "Int": {"007": "7", " -5 ": "-5", "1.0": None, "": None},
    "Long": {"999999999999999999": "999999999999999999"},
    "Decimal": {
        "2400.50": "2400.5",
        "0050": "50",
        "-0.00": "0",
        "-0.250": "-0.25",
        "1e3": None,
        "1.": "1",
        ".5": None,
        "1.2.3": None,
        "--1": None,
    },
    "Boolean": {"1": "true", "否": "false", "maybe": None},
    "Date": {
        "1990-03-07": "1990-03-07",
        "19900307": "1990-03-07",
        "1990/03/07": "1990-03-07",
        "1990年03月07日": "1990-03-07",
        "2016-05-20 10:00:00": "2016-05-20",
        "2000-02-29": "2000-02-29",
        "1900-02-29": None,
        "2023-02-30": None,
        "2023-13-01": None,
        "2023-00-10": None,
        "2023-04-31": None,
        "0000-01-01": None,
        "1990-3-7": None,
        "unknown": None,
    },
    "DateTime": {
        "2016-05-20": "2016-05-20T00:00:00",
        "2016-05-20 10:00": "2016-05-20T10:00:00",
        "2016-05-20T10:00:00.123Z": "2016-05-20T10:00:00Z",
        "2016-05-20T10:00:00+08:00": "2016-05-20T10:00:00+08:00",
        "2016-05-20T24:00:00": None,
        "2016-05-20T10:00:00 noon": None,
        "2016-02-30T10:00:00": None,
    },
    "Bytes": {"FF00": "FF00"},
}


@pytest.mark.parametrize(
    ("name", "value", "normal"),
    [(name, value, normal) for name, forms in FORMS.items() for value, normal in forms.items()],
)
def test_a_value_has_exactly_this_normal_form(name: str, value: str, normal: str | None) -> None:
    assert normalise(name, value) == normal


def test_every_type_has_a_vector() -> None:
    assert FORMS.keys() == SEMANTIC_TYPES.keys()


@pytest.mark.parametrize("name", SEMANTIC_TYPES)
def test_a_normal_form_is_its_own_normal_form(name: str) -> None:
    for value in dirty_values(5_000):
        normal = normalise(name, value) if value is not None else None
        assert normal is None or normalise(name, normal) == normal


AT_SIGHT = [name for name, one in SEMANTIC_TYPES.items() if one.at_sight is not None]


@pytest.mark.parametrize("name", AT_SIGHT)
@given(data=st.data())
def test_what_a_type_takes_at_sight_is_its_own_normal_form(name: str, data: st.DataObject) -> None:
    type_ = SEMANTIC_TYPES[name]
    assert type_.at_sight is not None
    value = data.draw(st.from_regex(type_.at_sight, fullmatch=True))
    assert compile_python(type_.normal, (VALUE,))((value,), {}) == value


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date_however_written(day: date) -> None:
    for pattern in ("{:04}-{:02}-{:02}", "{:04}{:02}{:02}", "{:04}/{:02}/{:02}", "{:04}年{:02}月{:02}日"):
        assert normalise("Date", pattern.format(day.year, day.month, day.day)) == day.isoformat()


@given(st.text("0123456789-", min_size=8, max_size=10))
def test_a_date_is_a_day_of_the_calendar(text: str) -> None:
    normal = normalise("Date", text)
    assert normal is None or date.fromisoformat(normal)


@given(st.datetimes(timezones=st.none()))
def test_every_moment_is_kept_to_the_second(moment: datetime) -> None:
    assert normalise("DateTime", moment.isoformat()) == moment.replace(microsecond=0).isoformat()


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=4))
def test_a_decimal_keeps_its_value(number: Decimal) -> None:
    normal = normalise("Decimal", format(number, "f"))
    assert normal is not None
    assert Decimal(normal) == number


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "440524188001010014",
        ID,
        "330799199105221027",
        "330799201809011044",
        "330799194002031068",
    ],
)
def test_identity_numbers_of_the_standard_are_valid(number: str) -> None:
    assert valid_id_number(number)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_digit_makes_an_identity_number_invalid(place: int) -> None:
    wrong = str((int(ID[place]) + 1) % 10)
    assert not valid_id_number(ID[:place] + wrong + ID[place + 1 :])


@pytest.mark.parametrize(
    "number", ["", "330799900307101", "11010519491231002x", f" {ID}", "110105194913310020"]
)
def test_only_the_normal_form_of_an_identity_number_is_valid(number: str) -> None:
    assert not valid_id_number(number)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91330799T0000001XP",
        "11330799T00001012K",
        "12330799T0000108XB",
        "91330799T000000603",
    ],
)
def test_credit_codes_of_the_standard_are_valid(code: str) -> None:
    assert valid_credit_code(code)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y4Z", "91330799T0000001XQ", "91330799t0000001xp", "", "I" * 18]
)
def test_other_credit_codes_are_not_valid(code: str) -> None:
    assert not valid_credit_code(code)


def test_the_normal_form_is_looked_for_first() -> None:
    assert variants("IdNumber", VARIANTS, ID)[0] == ID


def test_only_spellings_that_the_source_is_known_to_hold_are_looked_for() -> None:
    assert variants("IdNumber", (), ID) == (ID,)
    assert variants("IdNumber", ("FULL_WIDTH",), ID) == (ID, "３３０７９９１９９００３０７１０１３")


def test_an_identity_number_is_looked_for_in_every_known_spelling() -> None:
    found = variants("IdNumber", VARIANTS, "11010519491231002X")
    assert {
        f"{found[0]}  ",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105491231002",
    } <= set(found)


def test_a_number_of_this_century_has_no_fifteen_digits() -> None:
    assert variants("IdNumber", ("FIFTEEN_DIGITS",), "330799201809011044") == ("330799201809011044",)


@pytest.mark.parametrize("name", SEMANTIC_TYPES)
def test_every_spelling_looked_for_has_the_normal_form_asked_for(name: str) -> None:
    for value in filter(None, dirty_values(300)):
        normal = normalise(name, value)
        for spelling in variants(name, VARIANTS, normal) if normal else ():
            assert normalise(name, spelling) == normal


def test_a_credit_code_is_looked_for_in_full_width() -> None:
    found = variants("UnifiedSocialCreditCode", ("FULL_WIDTH",), "91330799T0000001XP")
    assert found == ("91330799T0000001XP", "９１３３０７９９Ｔ００００００１ＸＰ")


def test_types_that_name_a_person_are_masked_by_default() -> None:
    masks = {name: type_.mask for name, type_ in SEMANTIC_TYPES.items() if type_.mask}
    assert masks == {
        "IdNumber": "ID2",
        "PlateNumber": "PL",
        "Phone": "PH",
        "UnitNumber": "UN",
        "PersonName": "NM",
        "Address": "AD",
        "EmailAddress": "RD",
        "BankAccount": "AC",
        "VehicleIdentificationNumber": "V4",
    }
    assert set(masks.values()) <= MASKS.keys()


def test_sensitive_types_are_never_sorted_or_searched_by_range_by_default() -> None:
    for type_ in SEMANTIC_TYPES.values():
        if type_.level in {Level.L3, Level.L4}:
            assert not (type_.rights or frozenset()) & {Right.RANGE, Right.SORT, Right.AGGREGATE}


def test_an_identity_number_brings_its_level_its_mask_and_its_ceiling() -> None:
    type_ = SEMANTIC_TYPES["IdNumber"]
    assert (type_.level, type_.mask) == (Level.L3, "ID2")
    assert type_.rights == {Right.READ, Right.MATCH, Right.JOIN}
