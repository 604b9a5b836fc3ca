"""How a text is read as another kind: expressions of their own, so that every source reads alike."""

from govgraph.expressions.shorthand import DIGITS, NULL, compare, equal, joined, part, plus, when
from govgraph.expressions.terms import (
    And,
    Arithmetic,
    Case,
    Comparison,
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

TRUE_SPELLINGS = ("true", "1", "TRUE", "True", "t", "T", "yes", "Y", "y", "是")
FALSE_SPELLINGS = ("false", "0", "FALSE", "False", "f", "F", "no", "N", "n", "否")


def integer_of(text: Expression) -> Expression:
    """Return the number that an optional `-` and 1 to 18 digits spell; null for any other text."""
    below_zero = Arithmetic(Operation.SUBTRACT, Constant(0), ToInteger(part(text, 1)))
    return when(_signed(text), below_zero, ToInteger(text))


def boolean_of(text: Expression) -> Expression:
    """Return what the usual spellings of yes and no mean; null for any other text."""

    def among(spellings: tuple[str, ...]) -> Expression:
        return Or(tuple(equal(text, spelling) for spelling in spellings))

    yes, no = Constant(value=True), Constant(value=False)
    return Case(((among(TRUE_SPELLINGS), yes), (among(FALSE_SPELLINGS), no)), NULL)


def decimal_text(text: Expression) -> Expression:
    """Return a decimal number in its canonical spelling: no leading or trailing zeros, no `-0`.

    Read: an optional `-`, 1 to 18 digits, and where there is a point 1 to 18 more. Null for any other text.
    """
    unsigned = Slice(text, when(_signed(text), Constant(1), Constant(0)))
    point = Position(unsigned, ".")
    no_point = compare(point, Comparison.LESS, 0)
    whole = ToText(ToInteger(when(no_point, unsigned, Slice(unsigned, Constant(0), point))))
    decimals = Slice(unsigned, plus(point, 1))
    size = Length(decimals)
    spelled = And(
        (
            compare(size, Comparison.GREATER, 0),
            compare(size, Comparison.LESS_OR_EQUAL, 18),
            OnlyOf(decimals, DIGITS),
        )
    )
    # A leading 1 keeps the zeros in front: there is no trimming of one side alone.
    kept = part(Trim(joined("1", decimals), "0"), 1)
    exact = when(spelled, when(equal(kept, ""), whole, joined(whole, ".", kept)))
    number = when(no_point, whole, exact)
    negative = And((_signed(text), compare(number, Comparison.UNEQUAL, "0")))
    return when(negative, joined("-", number), number)


def _signed(text: Expression) -> Expression:
    return equal(part(text, 0, 1), "-")
