"""What each mask shows, and that none ever shows a value whole."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from auth.filters import Condition, Operator
from auth.masking.masks import MASKS, mask_expression
from auth.masking.rule import VALUE, MaskException, MaskRule
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import Column, Compare, Comparison, Constant, Expression, Kind
from tests.expressions.dirty import dirty_values

Shown = Callable[[str | None], Any]

VECTORS: Mapping[str, Mapping[str, Any]] = {
    "ID": {"330799199003071013": "330799********1013", "11010519491231002X": "110105********002X"},
    "ID2": {"330799199003071013": "3****************3"},
    "NM": {"陈志远": "陈**", "欧阳娜娜": "欧***", "李": "*", "": "***"},
    "RD": {"陈小苗": "***", "": "***"},
    "PH": {"13800135678": "138****5678", "057985123456": "***", "1380013567": "***"},
    "AD": {
        "浙江省金华市婺城区城东街道桃园社区5号": "浙江省金华市婺城区城东街道",
        "浙江省义乌市佛堂镇某乡某村3号": "浙江省义乌市佛堂镇",
        "某乡某镇某街道3号": "某乡",
        "婺城区城东街道": "***",
        "婺城区": "***",
        "甲镇乙街道丙": "甲镇",
        "甲乡乙镇": "甲乡",
        "街": "***",
        "3307020010乡8": "3307020010乡",
        "": "***",
        "330702001008": "330702001***",
    },
    "AC": {"6222020200112233445": "***************3445", "1234567": "***", "": "***"},
    "PL": {"浙G12345": "浙G***45", "浙GD00107": "浙G***07", "浙G1234": "***"},
    "UN": {"330799001002GB00003F00010005": "330799001002****************", "330799001002": "***"},
    "YR": {"1990-03-07": 1990, "2016-05-20T10:00:00+08:00": 2016, "19900307": None, "": None},
    "BK": {
        "2400": "2000..3000",
        "0": "0",
        "0.00": "0",
        "0.01": "0..1000",
        "999.99": "0..1000",
        "1000": "1000..2000",
        "-1": "<0",
        "1.2.3": "***",
        "much": "***",
        "": "***",
    },
    "NU": {"anything": None},
    "HS": {"330799199003071013": "330799199003071013"},
    "V4": {"LSVAU2180N2183294": "*************3294", "LSVAU": "***"},
}
IDENTITY = "330799199003071013"


def shown_by(code: str) -> Shown:
    evaluate = compile_python(MASKS[code].expression, (VALUE,))
    return lambda value: evaluate((value,), {})


@pytest.mark.parametrize(
    ("code", "value", "masked"),
    [(code, value, masked) for code, vectors in VECTORS.items() for value, masked in vectors.items()],
)
def test_a_mask_shows_exactly_this(code: str, value: str, masked: Any) -> None:
    assert shown_by(code)(value) == masked


def test_every_mask_has_a_vector() -> None:
    assert VECTORS.keys() == MASKS.keys()


@pytest.mark.parametrize("code", MASKS)
def test_null_stays_null(code: str) -> None:
    assert shown_by(code)(None) is None


@pytest.mark.parametrize("code", [code for code, mask in MASKS.items() if not mask.keyed])
def test_no_value_is_ever_shown_whole(code: str) -> None:
    """Zero is a bucket of its own, and a bucket names where it begins; stars hide already."""
    show = shown_by(code)
    values = [value for value in dirty_values(5_000) if value and "*" not in value and value.strip("0.-")]
    assert not [value for value in values if show(value) == value]
    assert not [value for value in values if code != "BK" and len(value) > 4 and value in str(show(value))]


@pytest.mark.parametrize("code", [code for code, mask in MASKS.items() if not mask.keyed])
def test_a_mask_shows_nothing_that_its_form_does_not_have(code: str) -> None:
    show = shown_by(code)
    if code in {"NM", "AD", "PL"}:  # the beginning of a name, a place or a plate is any character
        return
    allowed = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*.<")
    for value in dirty_values(5_000):
        assert set(str(show(value) or "")) <= allowed


@pytest.mark.parametrize(("code", "kind"), [("YR", Kind.INTEGER), ("BK", Kind.TEXT), ("HS", Kind.TEXT)])
def test_a_mask_declares_what_it_yields(code: str, kind: Kind) -> None:
    assert MASKS[code].output is kind


@pytest.mark.parametrize("code", [code for code, mask in MASKS.items() if mask.of_day is not None])
def test_what_is_shown_of_a_known_day_is_what_is_shown_of_its_text(code: str) -> None:
    mask = MASKS[code]
    assert mask.of_day is not None
    read = compile_python(Column(VALUE, Kind.DATE), (VALUE,))
    short, whole = (compile_python(one, (VALUE,)) for one in (mask.of_day, mask.expression))
    days = [read((value,), {}) for value in dirty_values(5_000)]
    assert len(set(days)) > 10
    assert [short((day,), {}) for day in days] == [whole((day,), {}) for day in days]


def test_an_exception_of_a_day_says_as_little_of_it() -> None:
    rule = MaskRule("NU", (MaskException(YOUNG, "YR"),))
    expression = mask_expression(rule, Column("name"), condition, day=True)
    assert compile_python(expression, ("name", "birth", "area"))(("1990-03-07", None, None), {}) is None


def test_only_the_pseudonym_is_left_to_the_platform() -> None:
    assert [code for code, mask in MASKS.items() if mask.keyed] == ["HS"]


YOUNG = Condition("birth", Operator.GT, "2012-06-30")
DISTANT = Condition("area", Operator.NE, "3307")


def condition(stated: Condition) -> Expression:
    comparison = Comparison.GREATER if stated is YOUNG else Comparison.UNEQUAL
    return Compare(comparison, Column(stated.field), Constant(str(stated.value)))


def shown(rule: MaskRule, row: Sequence[str | None]) -> Any:
    expression = mask_expression(rule, Column("name"), condition)
    return compile_python(expression, ("name", "birth", "area"))(row, {})


CHILDREN_HIDDEN = MaskRule("NM", (MaskException(YOUNG, "RD"),))


def test_the_default_holds_where_the_condition_is_surely_false() -> None:
    assert shown(CHILDREN_HIDDEN, ("陈志远", "1990-03-07", None)) == "陈**"


def test_the_stricter_mask_holds_where_the_condition_is_true() -> None:
    assert shown(CHILDREN_HIDDEN, ("陈小苗", "2018-09-01", None)) == "***"


def test_the_stricter_mask_holds_where_the_condition_is_unknown() -> None:
    assert shown(CHILDREN_HIDDEN, ("陈小苗", None, None)) == "***"


def test_the_first_exception_that_applies_wins() -> None:
    rule = MaskRule("NM", (MaskException(YOUNG, "NU"), MaskException(DISTANT, "RD")))
    assert shown(rule, ("陈小苗", "2018-09-01", "3301")) is None
    assert shown(rule, ("陈志远", "1990-03-07", "3301")) == "***"
    assert shown(rule, ("陈志远", "1990-03-07", "3307")) == "陈**"


def test_an_exception_that_yields_another_kind_shows_nothing() -> None:
    rule = MaskRule("YR", (MaskException(YOUNG, "RD"),))
    assert shown(rule, ("1990-03-07", None, None)) is None


def test_a_pseudonym_is_never_made_of_a_hidden_value() -> None:
    rule = MaskRule("HS", (MaskException(YOUNG, "RD"),))
    assert shown(rule, (IDENTITY, "2018-09-01", None)) is None
    assert shown(rule, (IDENTITY, "1990-03-07", None)) == IDENTITY


def test_a_mask_from_outside_is_never_handed_the_value_itself() -> None:
    """A rule that goes through HS by exception would show the clear value where no key is applied."""
    rule = MaskRule("ID", (MaskException(YOUNG, "HS"),))
    assert shown(rule, (IDENTITY, None, None)) is None
