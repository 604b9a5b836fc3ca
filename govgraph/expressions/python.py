"""Runs expressions in Python: each becomes generated code, compiled once.

Every distinct term is one assignment, computed at most once for a row; the values of a `Case` are
computed only where they are needed. No text from outside is ever part of the code: constants and
names are looked up by number.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import count, zip_longest
from types import MappingProxyType
from typing import Any

from govgraph.expressions import cells
from govgraph.expressions.days import trimmed
from govgraph.expressions.reading import CALENDAR, READ
from govgraph.expressions.terms import (
    Among,
    And,
    Arithmetic,
    Bind,
    Case,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    InCity,
    IsNull,
    Kind,
    Length,
    Not,
    Once,
    OnlyOf,
    Or,
    Paired,
    Position,
    Repeat,
    Slice,
    ToInteger,
    ToText,
    Translate,
    Trim,
)
from govgraph.expressions.walk import LARGEST, SMALLEST, bounds, unclipped

Evaluate = Callable[[Sequence[Any], Mapping[str, Any]], Any]

DEEPEST = 80
"""Python refuses 100 levels of indentation; beyond this one, all values of a `Case` are computed."""

PYTHON_COMPARISON: Mapping[Comparison, str] = MappingProxyType(
    {Comparison.EQUAL: "==", Comparison.UNEQUAL: "!="}
)


def compile_python(expression: Expression, columns: Sequence[str]) -> Evaluate:
    """Return a function of a row, its values in the order of `columns`, and of the binds.

    It never raises for a value that a connector may deliver. Raises `KeyError` here for a column
    that the row does not have, and when run for a bind that is not given.
    """
    program = _Program({name: place for place, name in enumerate(columns)})
    result = program.write(expression)
    source = "\n".join(["def evaluate(row, binds):", *program.lines, f" return {result}"])
    exec(compile(source, "<expression>", "exec"), program.names)  # noqa: S102 - made of terms only
    evaluate: Evaluate = program.names["evaluate"]
    return evaluate


class _Program:
    """The code as it is written, and the values it speaks of."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "slice_of": _slice,
            "within": _within,
            "among": _among,
            "in_city": cells.in_city,
        }
        self._places = places
        self._numbers = count()
        self._written: dict[int, str] = {}
        self._held: list[Expression] = []
        self._depth = 1

    def write(self, term: Expression) -> str:
        """Write the code of a term where it is not written yet, and return the name of its value."""
        if id(term) not in self._written:
            self._written[id(term)] = self._assign(term)
        return self._written[id(term)]

    def _assign(self, term: Expression) -> str:  # noqa: C901, PLR0911 - one term, one branch
        match term:
            case Constant(value):
                return self._kept(value)
            case Column(name, kind) if kind in CALENDAR:
                self._held.append(READ[kind](trimmed(Column(name))))
                return self.write(self._held[-1])
            case Column(name, kind):
                return self._read(f"row[{self._places[name]}]", kind)
            case Bind(name, kind):
                return self._read(f"binds[{self._kept(name)}]", kind)
            case Case():
                return self._case(term)
            case Once(value):
                return self.write(value)
            case And(parts):
                return self._joined(parts, "False", "True")
            case Or(parts):
                return self._joined(parts, "True", "False")
        return self._operation(term)

    def _operation(self, term: Expression) -> str:  # noqa: PLR0911 - one term, one branch
        match term:
            case IsNull(value):
                return self._let(f"{self.write(value)} is None")
            case Not(value):
                return self._guarded(lambda of: f"not {of}", value)
            case Compare(comparison, left, right):
                sign = PYTHON_COMPARISON.get(comparison, comparison.value)
                return self._guarded(lambda a, b: f"{a} {sign} {b}", left, right)
            case Among(value, bind, kind):
                listed, read = f"binds[{self._kept(bind)}]", self._kept(reader(kind))
                return self._let(f"among({self.write(value)}, {listed}, {read})")
            case Paired(text, bind, kind):
                pairs = f"binds[{self._kept(bind)}]"
                return self._read(f"{pairs}.get({self.write(text)})", kind)
            case Arithmetic():
                return self._arithmetic(term)
            case Length() | Position() | ToInteger() | OnlyOf() | ToText() | InCity():
                return self._measure(term)
        return self._text(term)

    def _measure(self, term: Expression) -> str:  # noqa: PLR0911 - one term, one branch
        match term:
            case Length(text):
                return self._guarded(lambda of: f"len({of})", text)
            case Position(text, Bind() as needle):
                return self._guarded(lambda of, sought: f"{of}.find({sought})", text, needle)
            case Position(text, needle):
                return self._guarded(lambda of: f"{of}.find({self._kept(needle)})", text)
            case ToInteger(text):
                return self._guarded(
                    lambda of: f"int({of}) if {of}.isascii() and {of}.isdigit() and len({of}) < 19 else None",
                    text,
                )
            case OnlyOf(text, characters):
                return self._guarded(lambda of: f"not {of}.strip({self._kept(characters)})", text)
            case ToText(number):
                return self._guarded(lambda of: f"str({of})", number)
            case InCity(text):
                return self._guarded(lambda of: f"in_city({of})", text)
        raise AssertionError

    def _text(self, term: Expression) -> str:
        match term:
            case Slice(text, start, None):
                return self._guarded(lambda of, first: f"slice_of({of}, {first})", text, start)
            case Slice(text, start, length) if length is not None:
                return self._guarded(
                    lambda of, first, n: f"slice_of({of}, {first}, {n})", text, start, length
                )
            case Concat(parts):
                return self._guarded(lambda *of: " + ".join(of) or "''", *parts)
            case Repeat(character, number):
                return self._guarded(lambda of: f"{self._kept(character)} * {of}", number)
            case Translate(text, source, target):
                table = dict(zip_longest(map(ord, source), target))
                return self._guarded(lambda of: f"{of}.translate({self._kept(table)})", text)
            case Trim(text, characters):
                return self._guarded(lambda of: f"{of}.strip({self._kept(characters)})", text)
        raise AssertionError

    def _arithmetic(self, term: Arithmetic) -> str:
        operator, (least, greatest) = term.operation.value, bounds(term.right)
        low, high = unclipped(term)

        def written(left: str, right: str) -> str:
            value = f"{left} {operator} {right}"
            if low < SMALLEST or high > LARGEST:
                value = f"within({value})"
            by_zero = operator in {"//", "%"} and least <= 0 <= greatest
            return f"{value} if {right} else None" if by_zero else value

        return self._guarded(written, term.left, term.right)

    def _joined(self, parts: Sequence[Expression], decides: str, otherwise: str) -> str:
        names = [self.write(part) for part in parts]
        if not names:
            return self._let(otherwise)
        decided, unknown = (" or ".join(f"{name} is {word}" for name in names) for word in (decides, "None"))
        return self._let(f"{decides} if {decided} else None if {unknown} else {otherwise}")

    def _case(self, term: Case) -> str:
        conditions = [self.write(condition) for condition, _ in term.branches]
        if self._depth > DEEPEST:
            chosen = [
                f"{self.write(value)} if {name} else "
                for name, (_, value) in zip(conditions, term.branches, strict=True)
            ]
            return self._let("".join(chosen) + self.write(term.otherwise))
        name = f"v{next(self._numbers)}"
        for place, condition in enumerate(conditions):
            self._line(f"{'elif' if place else 'if'} {condition}:")
            self._block(name, term.branches[place][1])
        self._line("else:" if conditions else "if True:")
        self._block(name, term.otherwise)
        return name

    def _block(self, name: str, value: Expression) -> None:
        before, self._written = self._written, dict(self._written)
        self._depth += 1
        self._line(f"{name} = {self.write(value)}")
        self._depth -= 1
        self._written = before

    def _read(self, cell: str, kind: Kind) -> str:
        name = self._let(cell)
        known = {Kind.INTEGER: "int", Kind.BOOLEAN: "bool", Kind.DECIMAL: "bool"}.get(kind, "str")
        self._line(f"if {name}.__class__ is not {known}: {name} = {self._kept(reader(kind))}({name})")
        return name

    def _guarded(self, written: Callable[..., str], *operands: Expression) -> str:
        names = [self.write(operand) for operand in operands]
        absent = " or ".join(
            f"{name} is None" for name, of in zip(names, operands, strict=True) if not _given(of)
        )
        value = written(*names)
        return self._let(f"None if {absent} else {value}" if absent else value)

    def _let(self, value: str) -> str:
        name = f"v{next(self._numbers)}"
        self._line(f"{name} = {value}")
        return name

    def _kept(self, value: Any) -> str:
        name = f"k{next(self._numbers)}"
        self.names[name] = value
        return name

    def _line(self, line: str) -> None:
        self.lines.append(" " * self._depth + line)


def reader(kind: Kind) -> Callable[[Any], Any]:
    """Return what reads a value as a kind; a day and an instant are bound as their texts."""
    read: Callable[[Any], Any] = getattr(cells, "text" if kind in CALENDAR else kind.value)
    return read


def _given(term: Expression) -> bool:
    return isinstance(term, Constant) and term.value is not None


def _slice(text: str, start: int, length: int | None = None) -> str:
    first = max(start, 0)
    return text[first:] if length is None else text[first : first + max(length, 0)]


def _within(number: int) -> int | None:
    return number if SMALLEST <= number <= LARGEST else None


def _among(value: Any, listed: Sequence[Any], read: Callable[[Any], Any]) -> bool | None:
    if value is None:
        return None if any(item is not None for item in listed) else False
    return value in listed or any(read(item) == value for item in listed)
