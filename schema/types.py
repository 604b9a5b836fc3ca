"""Semantic types: what a field's text means, its normal form, and how carefully it is handled by default."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import mul
from types import MappingProxyType
from typing import Any

from auth.masking.rule import VALUE
from auth.rights import Level, Right
from govgraph.expressions.days import BLANKS
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import Expression, Kind
from schema import normal_forms as forms

PLAIN = frozenset({Right.READ, Right.MATCH, Right.RANGE, Right.SORT, Right.AGGREGATE})
KEY = frozenset({Right.READ, Right.MATCH, Right.JOIN})

TRAILING_BLANKS = "TRAILING_BLANKS"
LOWER_X = "LOWER_X"
FULL_WIDTH = "FULL_WIDTH"
FIFTEEN_DIGITS = "FIFTEEN_DIGITS"
VARIANTS = (TRAILING_BLANKS, LOWER_X, FULL_WIDTH, FIFTEEN_DIGITS)
"""The raw spellings of a key that a source may be known to hold."""


@dataclass(frozen=True, slots=True)
class SemanticType:
    """What a field's values are.

    `scalar` is its type in the graph while it is shown clear. `kind` is what values are compared and
    ordered as. `normal` speaks of `Column(VALUE)`, the cell as text, and yields the normal form as
    text, null where the cell cannot have one; a text that `at_sight` matches whole is its own normal
    form, as nearly every clean value is. `level`, `rights` (the ceiling) and `mask` (a code) are
    what a manifest gets that states none; None where the type says nothing about it.
    """

    name: str
    title: str
    scalar: str
    normal: Expression
    kind: Kind = Kind.TEXT
    level: Level | None = None
    rights: frozenset[Right] | None = None
    mask: str | None = None
    at_sight: re.Pattern[str] | None = None


ID_NUMBER = re.compile("[0-9]{17}[0-9X]")
CREDIT_CODE = re.compile(f"[{forms.CREDIT_CODE_ALPHABET}]{{18}}")
WHOLE = re.compile("0|-?[1-9][0-9]{0,16}")
NUMBER = re.compile(r"-?[1-9][0-9]{0,15}(?:\.[0-9]{0,8}[1-9])?|0|-?0\.[0-9]{0,8}[1-9]")
DAY = re.compile(
    "(?:19|20)[0-9][0-9]-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
MOMENT = re.compile(f"(?:{DAY.pattern})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?")
MOBILE = re.compile("1[0-9]{10}")
DIVISION = re.compile("[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}")
TRUTH = re.compile("true|false")
TRIMMED = re.compile(f"[^{BLANKS}\\0](?:[^\\0]*[^{BLANKS}\\0])?")

_TYPES = (
    SemanticType(
        "IdNumber",
        "公民身份号码",
        "IdNumber",
        forms.ID_NUMBER,
        level=Level.L3,
        rights=KEY,
        mask="ID2",
        at_sight=ID_NUMBER,
    ),
    SemanticType(
        "UnifiedSocialCreditCode",
        "统一社会信用代码",
        "UnifiedSocialCreditCode",
        forms.CREDIT_CODE,
        level=Level.L1,
        rights=PLAIN | KEY,
        at_sight=CREDIT_CODE,
    ),
    SemanticType(
        "PlateNumber",
        "机动车号牌号码",
        "PlateNumber",
        forms.PLATE_NUMBER,
        level=Level.L2,
        rights=KEY,
        mask="PL",
    ),
    SemanticType("Phone", "电话号码", "Phone", forms.PHONE, level=Level.L3, mask="PH", at_sight=MOBILE),
    SemanticType(
        "UnitNumber",
        "不动产单元号",
        "UnitNumber",
        forms.UNIT_NUMBER,
        level=Level.L2,
        rights=KEY,
        mask="UN",
        at_sight=re.compile("[0-9A-Z]{28}"),
    ),
    SemanticType("PersonName", "姓名", "String", forms.TRIMMED, level=Level.L3, mask="NM", at_sight=TRIMMED),
    SemanticType("Address", "地址", "String", forms.TRIMMED, level=Level.L3, mask="AD", at_sight=TRIMMED),
    SemanticType(
        "EmailAddress", "电子邮箱", "String", forms.TRIMMED, level=Level.L3, mask="RD", at_sight=TRIMMED
    ),
    SemanticType(
        "BankAccount",
        "银行账号",
        "String",
        forms.BANK_ACCOUNT,
        level=Level.L4,
        mask="AC",
        at_sight=re.compile("[0-9A-Z]+"),
    ),
    SemanticType(
        "DivisionCode",
        "行政区划代码",
        "String",
        forms.DIVISION_CODE,
        level=Level.L1,
        rights=PLAIN | KEY,
        at_sight=DIVISION,
    ),
    SemanticType(
        "VehicleIdentificationNumber",
        "车辆识别代号",
        "String",
        forms.VEHICLE_NUMBER,
        level=Level.L3,
        mask="V4",
        at_sight=re.compile("[0-9A-Z]{17}"),
    ),
    SemanticType("Text", "文本", "String", forms.TEXT),
    SemanticType("Int", "整数", "Int", forms.WHOLE_NUMBER, Kind.INTEGER, at_sight=WHOLE),
    SemanticType("Long", "长整数", "Long", forms.WHOLE_NUMBER, Kind.INTEGER, at_sight=WHOLE),
    SemanticType("Decimal", "小数", "Decimal", forms.DECIMAL, Kind.DECIMAL, at_sight=NUMBER),
    SemanticType("Boolean", "是否", "Boolean", forms.TRUTH, Kind.BOOLEAN, at_sight=TRUTH),
    SemanticType("Date", "日期", "Date", forms.DAY, at_sight=DAY),
    SemanticType("DateTime", "时间", "DateTime", forms.MOMENT, at_sight=MOMENT),
    SemanticType("Bytes", "二进制", "String", forms.TEXT),
)
DIGIT_RUNS = re.compile("[0-9]+X?")
SEMANTIC_TYPES: Mapping[str, SemanticType] = MappingProxyType({type_.name: type_ for type_ in _TYPES})


def normalise(type_name: str, value: str) -> str | None:
    """Return the normal form of a value; None where it has none. Raises `KeyError` for an unknown type."""
    at_sight = SEMANTIC_TYPES[type_name].at_sight
    if at_sight is not None and at_sight.fullmatch(value):
        return value
    normal: str | None = _normaliser(type_name)((value,), {})
    return normal


@cache
def _normaliser(type_name: str) -> Callable[[Sequence[Any], Mapping[str, Any]], Any]:
    return compile_python(SEMANTIC_TYPES[type_name].normal, (VALUE,))


def instant(value: str) -> str | None:
    """Return the instant of a moment, in the city's zone; None for what is no moment of the calendar."""
    found: str | None = _instants()((value,), {})
    return found


@cache
def _instants() -> Callable[[Sequence[Any], Mapping[str, Any]], Any]:
    return compile_python(forms.INSTANT, (VALUE,))


def variants(type_name: str, known: Sequence[str], value: str) -> tuple[str, ...]:
    """Return the raw spellings to look for where a key's normal form is `value`; that form comes first.

    `known` are names of `VARIANTS`; one that the value cannot have adds nothing. Every spelling has
    `value` as its normal form. A value that is dirty in two ways at once is not found.
    """
    if not known:
        return (value,)
    spellings = [value]
    for name in VARIANTS:
        if name in known:
            spellings += _SPELLED[name](value)
    return tuple(
        dict.fromkeys(text for text in spellings if text == value or normalise(type_name, text) == value)
    )


def _with_blanks(value: str) -> list[str]:
    return [value + " ", value + "  ", value.ljust(20)]


def _fifteen_digits(value: str) -> list[str]:
    return [value[:6] + value[8:17]] if len(value) == 18 and value[6:8] == "19" else []


_SPELLED: Mapping[str, Callable[[str], list[str]]] = MappingProxyType(
    {
        TRAILING_BLANKS: _with_blanks,
        LOWER_X: lambda value: [value[:-1] + value[-1:].replace("X", "x")],
        FULL_WIDTH: lambda value: [value.translate(forms.TO_FULL_WIDTH)],
        FIFTEEN_DIGITS: _fifteen_digits,
    }
)


def valid_id_number(value: str) -> bool:
    """Return whether a text is an identity number with its check digit and a day of birth (GB 11643-1999).

    The area is not checked: areas are abolished and founded, their numbers stay.
    """
    if ID_NUMBER.fullmatch(value) is None or not _is_day(value[6:10], value[10:12], value[12:14]):
        return False
    total = sum(map(mul, map(int, value[:17]), forms.ID_WEIGHTS))
    return forms.ID_CHECK_DIGITS[total % 11] == value[17]


def _is_day(*parts: str) -> bool:
    """Return whether the digits of a year, a month and a day are one of the calendar."""
    try:
        date(*map(int, parts))
    except ValueError:
        return False
    return True


def names_a_person(text: str) -> bool:
    """Return whether a text holds an identity number, of 18 or 15 digits, whatever stands between them."""
    plain = "".join(character for character in text.upper() if character.isascii() and character.isalnum())
    for run in DIGIT_RUNS.findall(plain):
        windows = (run[place : place + 18] for place in range(len(run) - 17))
        if any(valid_id_number(window) for window in windows):
            return True
        if len(run) == 15 and normalise("Date", f"19{run[6:12]}") is not None:
            return True
    return False


def valid_credit_code(value: str) -> bool:
    """Return whether a text is a unified social credit code with its check character (GB 32100-2015)."""
    if normalise("UnifiedSocialCreditCode", value) != value:
        return False
    alphabet = forms.CREDIT_CODE_ALPHABET
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(value[:17]))
    return alphabet[-total % 31] == value[17]
