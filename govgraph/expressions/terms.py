"""The terms of the expression algebra: values, not behaviour.

Masks, normal forms of keys, row filters and pushed-down predicates are trees of these terms.
`govgraph.expressions.python` runs them here; `connectors.sql.expressions` writes them in a
source's own language. The meaning of each term is fixed below and proved equal everywhere over
dirty Unicode text (tests/expressions/test_equal_everywhere.py).

Text is a sequence of Unicode code points without U+0000. Any operand that is null makes the
result null, unless the term says otherwise (`And`, `Or`, `Case`, `IsNull`, as in SQL).
Positions count from 0.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a term yields."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"


class Comparison(StrEnum):
    """Order of text is by code point, of numbers by value."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Operation(StrEnum):
    """Arithmetic on 64-bit integers; division and remainder round towards minus infinity."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "//"
    REMAINDER = "%"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row, read as `kind`. Read as text, a number or date is in its canonical spelling.

    Canonical: an integer in digits; a decimal without exponent and trailing zeros; `true`, `false`;
    `2016-05-20`; `2016-05-20T08:30:00`, with `Z` where the source knows the zone; bytes as hexadecimal
    digits in capitals. Read as a day, a cell is the text `2016-05-20` of any spelling that `days` reads,
    and a source that stores days compares them as days. Read as an instant, it is the second of a moment in
    the city's zone (`moments`), compared as moments where a source stores these. A cell that is not of
    the kind it is read as (dirt, stored as text) is null.
    """

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed value; it travels to a source as a bound parameter."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Bind:
    """A value known when the read runs, by name; it travels to a source as a bound parameter."""

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Length:
    """The number of code points of a text."""

    text: "Expression"


@dataclass(frozen=True, slots=True)
class Slice:
    """The code points from `start`, at most `length` of them (to the end where absent).

    A negative start counts as 0; a negative length as 0; what lies past the end is not there.
    """

    text: "Expression"
    start: "Expression"
    length: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Concat:
    """Texts, one after the other."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """One fixed character, `count` times; none where the count is not positive."""

    character: str
    count: "Expression"


@dataclass(frozen=True, slots=True)
class Translate:
    """A text with each character of `source` replaced by the one at the same place in `target`.

    Characters of `source` beyond the end of `target` are left away. None stands twice in `source`.
    """

    text: "Expression"
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Trim:
    """A text without the leading and trailing characters that are in `characters`."""

    text: "Expression"
    characters: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where the text `needle` first stands in a text; -1 where it does not.

    A fixed needle is not empty; one that is bound may be, and stands at 0.
    """

    text: "Expression"
    needle: "str | Bind"


@dataclass(frozen=True, slots=True)
class OnlyOf:
    """Whether a text is made of the given characters alone; true for the empty text."""

    text: "Expression"
    characters: str


@dataclass(frozen=True, slots=True)
class ToInteger:
    """The number that 1 to 18 ASCII digits spell; null for any other text."""

    text: "Expression"


@dataclass(frozen=True, slots=True)
class ToText:
    """An integer in decimal digits, with `-` where it is negative."""

    number: "Expression"


@dataclass(frozen=True, slots=True)
class InCity:
    """A second with its zone, as the city's clock shows it: `2016-05-20T00:30:00Z` at `…T08:30:00+08:00`.

    The zone is `Z` or an offset of less than 15 hours. Null for any other text, and beyond the calendar.
    """

    text: "Expression"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two integers, one operation. A zero divisor and a result beyond 64 bits give null."""

    operation: Operation
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Compare:
    """Whether two values of one kind stand in a relation."""

    comparison: Comparison
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a value equals one of the values bound as a list under `bind`; false for an empty list."""

    value: "Expression"
    bind: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Paired:
    """The value that stands beside a text in the mapping bound under `bind`; null where none does."""

    text: "Expression"
    bind: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether a value is null; never null itself."""

    value: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """Negation in three-valued logic."""

    value: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction in three-valued logic; true where there are no parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction in three-valued logic; false where there are no parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The value of the first branch whose condition is true (null is not true), else `otherwise`."""

    branches: tuple[tuple["Expression", "Expression"], ...]
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Once:
    """The value itself; each of `shared`, which are terms of it, is to be computed once for a row.

    It means what `value` means. A source that would compute a term again wherever it stands is told
    not to: an address is searched for its street once, however often the mask speaks of its end.
    """

    value: "Expression"
    shared: tuple["Expression", ...]


Expression = (
    Column
    | Constant
    | Bind
    | Length
    | Slice
    | Concat
    | Repeat
    | Translate
    | Trim
    | Position
    | OnlyOf
    | ToInteger
    | ToText
    | InCity
    | Arithmetic
    | Compare
    | Among
    | Paired
    | IsNull
    | Not
    | And
    | Or
    | Case
    | Once
)
