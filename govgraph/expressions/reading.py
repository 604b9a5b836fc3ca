"""How a text is read as another kind: expressions of their own, so that every source reads alike."""

from govgraph.expressions.terms import (
    And,
    Arithmetic,
    Case,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    Length,
    OnlyOf,
    Operation,
    Or,
    Position,
    Slice,
    ToInteger,
    ToText,
    Trim,
)

DIGITS = "0123456789"
TRUE_SPELLINGS = ("true", "1", "TRUE", "True", "t", "T", "yes", "Y", "y", "是")
FALSE_SPELLINGS = ("false", "0", "FALSE", "False", "f", "F", "no", "N", "n", "否")


def equal(left: Expression, right: Expression | str | int) -> Expression:
    """Return whether two values are equal; a plain value stands for its constant."""
    return Compare(Comparison.EQUAL, left, Constant(right) if isinstance(right, str | int) else right)


def integer_of(text: Expression) -> Expression:
    """Return the number that an optional `-` and 1 to 18 digits spell; null for any other text."""
    number = ToInteger(text)
    below_zero = Arithmetic(Operation.SUBTRACT, Constant(0), ToInteger(Slice(text, Constant(1))))
    return Case(((_signed(text), below_zero),), number)


def boolean_of(text: Expression) -> Expression:
    """Return what the usual spellings of yes and no mean; null for any other text."""

    def among(spellings: tuple[str, ...]) -> Expression:
        return Or(tuple(equal(text, spelling) for spelling in spellings))

    branches = (
        (among(TRUE_SPELLINGS), Constant(value=True)),
        (among(FALSE_SPELLINGS), Constant(value=False)),
    )
    return Case(branches, Constant(None))


def decimal_text(text: Expression) -> Expression:
    """Return a decimal number in its canonical spelling: no leading or trailing zeros, no `-0`.

    Read: an optional `-`, 1 to 18 digits, and where there is a point 1 to 18 more. Null for any other text.
    """
    unsigned = Slice(text, Case(((_signed(text), Constant(1)),), Constant(0)))
    point = Position(unsigned, ".")
    split = Compare(Comparison.GREATER_OR_EQUAL, point, Constant(0))
    whole = Case(((split, Slice(unsigned, Constant(0), point)),), unsigned)
    decimals = Slice(unsigned, Arithmetic(Operation.ADD, point, Constant(1)))
    fraction = Slice(Trim(Concat((Constant("1"), decimals)), "0"), Constant(1))
    plain = ToText(ToInteger(whole))
    broken = Or(
        (
            Compare(Comparison.GREATER, Length(decimals), Constant(18)),
            equal(decimals, ""),
            equal(OnlyOf(decimals, DIGITS), Constant(value=False)),
        )
    )
    exact = Case(
        (
            (Compare(Comparison.LESS, point, Constant(0)), plain),
            (broken, Constant(None)),
            (equal(fraction, ""), plain),
        ),
        Concat((plain, Constant("."), fraction)),
    )
    negative = And((_signed(text), Compare(Comparison.UNEQUAL, exact, Constant("0"))))
    return Case(((negative, Concat((Constant("-"), exact))),), exact)


def _signed(text: Expression) -> Expression:
    return equal(Slice(text, Constant(0), Constant(1)), "-")
