"""Normal forms: one spelling for each value, as expressions, so that keys meet across departments."""

from collections.abc import Sequence

from auth.masking.identity_numbers import IDENTITY_NUMBER
from auth.masking.rule import VALUE
from govgraph.expressions.days import day_of, plain_day, trimmed
from govgraph.expressions.moments import instant_of, moment_of
from govgraph.expressions.reading import boolean_of, decimal_text, integer_of
from govgraph.expressions.shorthand import (
    CAPITALS,
    DIGITS,
    NULL,
    all_of,
    compare,
    equal,
    has_length,
    joined,
    part,
    shaped,
    when,
)
from govgraph.expressions.terms import (
    Arithmetic,
    Case,
    Column,
    Comparison,
    Constant,
    Expression,
    Length,
    Not,
    OnlyOf,
    Operation,
    Or,
    Slice,
    ToInteger,
    ToText,
    Translate,
)

CELL = Column(VALUE)
TEXT = CELL
TRIMMED = trimmed(CELL)

WIDE_DIGITS = "０１２３４５６７８９"
WIDE_CAPITALS = "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
WIDER = 0xFEE0
"""How far a full-width character stands behind its ASCII one."""
TO_FULL_WIDTH = str.maketrans(DIGITS + CAPITALS, WIDE_DIGITS + WIDE_CAPITALS)
CONNECTED = Translate(TRIMMED, " -·", "")
"""The trimmed text without what people put between groups of characters."""

CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_DIGITS = "10X98765432"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
SPECIAL_PLATES = "挂学警港澳领"


def _narrow(text: Expression, letters: str = CAPITALS) -> Expression:
    """Return a text with full-width digits and letters, and small letters, as ASCII digits and capitals."""
    source = WIDE_DIGITS + letters.lower() + _wide(letters) + _wide(letters.lower())
    return Translate(text, source, DIGITS + letters * 3)


def _wide(letters: str) -> str:
    return "".join(chr(ord(letter) + WIDER) for letter in letters)


def _any_width(letters: str = CAPITALS) -> str:
    """Return the digits and letters in every spelling that `_narrow` reads."""
    both = letters + letters.lower()
    return DIGITS + WIDE_DIGITS + both + _wide(both)


def _code(text: Expression, length: int, letters: str = CAPITALS) -> Expression:
    """Return a code of fixed length in digits and capitals."""
    return when(shaped(text, length, _any_width(letters)), _narrow(text))


def _at_sight(sight: Expression, form: Expression) -> Expression:
    """Return the cell itself where it is seen to be clean, else its normal form.

    Nearly every cell is clean, and a source that masks thousands of rows spends its time on this. It
    becomes one more branch, not one more level: SQLite's parser takes a hundred open places, no more.
    """
    if isinstance(form, Case):
        return Case(((sight, CELL), *form.branches), form.otherwise)
    return Case(((sight, CELL),), form)


def _fifteen_digits() -> Expression:
    """Return an identity number from before 1999 with its century and check digit (GB 11643-1999)."""
    old = Translate(TRIMMED, WIDE_DIGITS, DIGITS)
    number = ToInteger(old)
    terms: list[Expression] = [Constant(1 * ID_WEIGHTS[6] + 9 * ID_WEIGHTS[7])]
    for place, weight in enumerate((*ID_WEIGHTS[:6], *ID_WEIGHTS[8:])):
        shifted = Arithmetic(Operation.DIVIDE, number, Constant(10 ** (14 - place)))
        digit = Arithmetic(Operation.REMAINDER, shifted, Constant(10))
        terms.append(Arithmetic(Operation.MULTIPLY, digit, Constant(weight)))
    remainder = Arithmetic(Operation.REMAINDER, _sum(terms), Constant(11))
    check = Slice(Constant(ID_CHECK_DIGITS), remainder, Constant(1))
    return joined(part(old, 0, 6), "19", part(old, 6), check)


def _sum(terms: Sequence[Expression]) -> Expression:
    """Return a sum as a balanced tree: SQLite's parser takes a hundred open places, no more."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return Arithmetic(Operation.ADD, _sum(terms[:half]), _sum(terms[half:]))


def _id_number() -> Expression:
    check = OnlyOf(part(TRIMMED, 17), _any_width("X"))
    new = all_of(has_length(TRIMMED, 18), OnlyOf(part(TRIMMED, 0, 17), DIGITS + WIDE_DIGITS), check)
    old = shaped(TRIMMED, 15, DIGITS + WIDE_DIGITS)
    return Case(((new, _narrow(TRIMMED, "X")), (old, _fifteen_digits())), NULL)


def _plate_number() -> Expression:
    sized = Or((has_length(CONNECTED, 7), has_length(CONNECTED, 8)))
    place = OnlyOf(part(CONNECTED, 0, 1), PROVINCES + CAPITALS)
    inner = OnlyOf(part(CONNECTED, 1, 5), _any_width())
    end = OnlyOf(part(CONNECTED, 6), _any_width() + SPECIAL_PLATES)
    return when(all_of(sized, place, inner, end), _narrow(CONNECTED))


def _phone() -> Expression:
    number = Translate(TRIMMED, WIDE_DIGITS + "－（）()- ", DIGITS)
    abroad = Or((equal(part(number, 0, 3), "+86"), equal(part(number, 0, 4), "0086")))
    home = when(equal(part(number, 0, 1), "+"), part(number, 3), part(number, 4))
    plain = when(abroad, home, number)
    size = Length(plain)
    enough = compare(size, Comparison.GREATER_OR_EQUAL, 5)
    return when(all_of(enough, compare(size, Comparison.LESS_OR_EQUAL, 12), OnlyOf(plain, DIGITS)), plain)


def _bank_account() -> Expression:
    some = compare(Length(CONNECTED), Comparison.GREATER, 0)
    return when(all_of(some, OnlyOf(CONNECTED, _any_width())), _narrow(CONNECTED))


def _division_code() -> Expression:
    code = Translate(TRIMMED, WIDE_DIGITS, DIGITS)
    levels = Or(tuple(has_length(code, length) for length in (2, 4, 6, 9, 12)))
    return when(all_of(levels, OnlyOf(code, DIGITS)), code)


def _whole_number() -> Expression:
    return ToText(integer_of(TRIMMED))


def _truth() -> Expression:
    truth = boolean_of(TRIMMED)
    return Case(((truth, Constant("true")), (Not(truth), Constant("false"))), NULL)


ID_NUMBER = _at_sight(IDENTITY_NUMBER, _id_number())
CREDIT_CODE = _at_sight(
    all_of(has_length(CELL, 18), OnlyOf(CELL, CREDIT_CODE_ALPHABET)),
    _code(TRIMMED, 18, "".join(letter for letter in CREDIT_CODE_ALPHABET if letter in CAPITALS)),
)
PLATE_NUMBER = _plate_number()
PHONE = _at_sight(all_of(has_length(CELL, 11), equal(part(CELL, 0, 1), "1"), OnlyOf(CELL, DIGITS)), _phone())
UNIT_NUMBER = _code(CONNECTED, 28)
BANK_ACCOUNT = _bank_account()
DIVISION_CODE = _division_code()
VEHICLE_NUMBER = _code(TRIMMED, 17)
WHOLE_NUMBER = _whole_number()
DECIMAL = decimal_text(TRIMMED)
TRUTH = _truth()
DAY = _at_sight(plain_day(CELL), day_of(TRIMMED))
MOMENT = moment_of(TRIMMED)
INSTANT = instant_of(TRIMMED)
