"""Writes expressions of the algebra in a source's own SQL; the meaning of each term is in `terms`."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from connectors.sql import storage
from connectors.sql.arithmetic import arithmetic
from connectors.sql.atoms import Atoms
from connectors.sql.calendar import spelled
from connectors.sql.clock import in_city, read_at_sight
from connectors.sql.collation import MYSQL, converted, listed_like, members
from connectors.sql.fragment import Fragment
from connectors.sql.pairs import pairs_parameter, readings
from connectors.sql.spellings import SPELLINGS, SQL_TYPES
from connectors.sql.translation import translated
from govgraph.expressions.days import trimmed
from govgraph.expressions.reading import READ, decimal_text
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
from govgraph.expressions.walk import LONGEST, bounds, columns_of, kind_of

Sql = ColumnElement[Any]
FURTHEST = 2**31 - 2  # the furthest place in a text that 32 bits count from 1


def render(expression: Expression, columns: Mapping[str, Sql], dialect: str) -> Sql:
    """Return an expression as SQL of `sqlite`, `postgresql`, `duckdb`, `mariadb`, `mysql` or `trino`.

    `columns` stand for the row's columns; their types say how they are stored. Constants and binds
    become parameters; `spellings.bound` turns a bind's value into what the client takes. A text column
    read as text stays bare, so that its index serves. A select names its tables itself (`select_from`).
    """
    if isinstance(expression, Column) and expression.kind is Kind.TEXT:
        return storage.text_of(columns[expression.name], dialect)
    writer = _Writer(columns, dialect)
    text = writer.write(expression)
    return Fragment(text, writer.atoms.all, SQL_TYPES[kind_of(expression) or Kind.TEXT]())


class _Writer:
    """The text of one expression while it is written, and the columns and parameters in it."""

    def __init__(self, columns: Mapping[str, Sql], dialect: str) -> None:
        self.atoms = Atoms(columns, dialect)
        self._columns = columns
        self._dialect = dialect
        self._spelling = SPELLINGS[dialect]
        self._written: dict[tuple[int, Kind], str] = {}
        self._held: list[Expression] = []
        self._shared: dict[int, str] = {}
        self._numbers = count()

    def write(self, term: Expression, kind: Kind = Kind.TEXT) -> str:
        """Return the text of a term, safe as an operand; `kind` is what a bare null is taken for."""
        if id(term) in self._shared:
            return self._shared[id(term)]
        key = (id(term), kind)
        if key not in self._written:
            self._written[key] = self._term(term, kind)
        return self._written[key]

    def _term(self, term: Expression, kind: Kind) -> str:  # noqa: PLR0911 - one term, one branch
        match term:
            case Constant(None):
                return f"CAST(NULL AS {self._spelling.types[kind]})"
            case Constant(str() | int() as value):
                return self.atoms.constant(value)
            case Column() | Bind() | Among() | Paired():
                return self._given(term)
            case Case():
                return self._case(term, kind)
            case Once():
                return self._once(term, kind)
            case Compare() | IsNull() | Not() | And() | Or() | OnlyOf():
                return self._truth(term)
        return self._number(term) if kind_of(term) is Kind.INTEGER else self._text(term)

    def _given(self, term: Column | Bind | Among | Paired) -> str:
        spelling = self._spelling
        match term:
            case Column():
                return self._column(term)
            case Bind(name, kind):
                parameter = self.atoms.parameter(name, kind)
                return spelling.decimal.format(parameter) if kind is Kind.DECIMAL else parameter
            case Among(Column() as value, bind) if (held := self.atoms.stored(value)) is not None:
                values = self.atoms.parameter(bind, Kind.TEXT, listed=True)
                return held.among(self.write(value), values)
            case Among(value, bind, kind):
                pattern = spelling.among_decimals if kind is Kind.DECIMAL else spelling.among
                written = self._collated(value) if kind is Kind.TEXT else self.write(value, kind)
                values = self.atoms.parameter(bind, kind, listed=True)
                among, bare = pattern.format(written, values), self.atoms.bare(value)
                like = listed_like(self._columns[value.name]) if bare and isinstance(value, Column) else None
                return f"({bare} IN {members(like, values)} AND {among})" if like else among
            case Paired(text, bind, kind):
                pairs = self.atoms.mark((bind, "pairs"), lambda: pairs_parameter(bind, self._dialect))
                found = spelling.paired.format(self._collated(text), pairs)
                return readings(spelling.whole, spelling.decimal)[kind].format(found)

    def _column(self, term: Column) -> str:
        column = self._columns[term.name]
        if term.kind is Kind.TEXT:
            written = self.atoms.mark((term.name, term.kind), lambda: storage.text_of(column, self._dialect))
            return converted(written, self._dialect) if self._dialect in MYSQL else written
        native = spelled(term, column, self._dialect)
        native = storage.native(column, term.kind, self._dialect) if native is None else native
        if native is not None:
            return self.atoms.mark((term.name, term.kind), lambda: native)
        text = trimmed(Column(term.name))
        if term.kind is Kind.DECIMAL:
            return self._spelling.decimal.format(self._made(decimal_text(text)))
        made = self._made(READ[term.kind](text))
        at_sight = term.kind is Kind.INSTANT and self._dialect == "sqlite"
        return read_at_sight(self.write(Column(term.name)), made) if at_sight else made

    def _made(self, made: Expression) -> str:
        """Return the text of an expression made here, whose terms no one else holds on to."""
        self._held.append(made)
        return self.write(made)

    def _case(self, term: Case, kind: Kind) -> str:
        kind = kind_of(term) or kind
        otherwise = self.write(term.otherwise, kind)
        if not term.branches:
            return otherwise
        branches = (
            f"WHEN {self.write(condition, Kind.BOOLEAN)} THEN {self.write(value, kind)}"
            for condition, value in term.branches
        )
        return f"CASE {' '.join(branches)} ELSE {otherwise} END"

    def _once(self, term: Once, kind: Kind) -> str:
        """Return a value over terms computed beneath it; their names hold in it alone."""
        if not self._spelling.once:
            return self.write(term.value, kind)
        name, outside = f"once_{next(self._numbers)}", (self._written, self._shared)
        beneath = [f"{self.write(one)} AS v{place}" for place, one in enumerate(term.shared)]
        within = {id(one): f"{name}.v{place}" for place, one in enumerate(term.shared)}
        self._written, self._shared = {}, {**self._shared, **within}
        value = self.write(term.value, kind)
        self._written, self._shared = outside
        return self._spelling.once.format(value, ", ".join(beneath), name)

    def _truth(self, term: Expression) -> str:
        match term:
            case Compare():
                return self._compare(term)
            case IsNull(value):
                return self.atoms.absent(value) or f"({self.write(value)} IS NULL)"
            case Not(value):
                return f"(NOT {self.write(value, Kind.BOOLEAN)})"
            case And(parts) | Or(parts) if parts:
                word = " AND " if isinstance(term, And) else " OR "
                return f"({word.join(self.write(part, Kind.BOOLEAN) for part in parts)})"
            case OnlyOf(text, characters):
                return self._only_of(self.write(text), characters)
        return self.atoms.constant(isinstance(term, And))

    def _only_of(self, text: str, characters: str) -> str:
        if not characters:
            return f"({self._spelling.length.format(text)} = 0)"
        return self._spelling.only_of.format(text, self.atoms.constant(self._spelling.all_of(characters)))

    def _compare(self, term: Compare) -> str:
        """Return a comparison; that of texts goes by code point, whatever the columns' collation.

        PostgreSQL's equality does in (almost) any collation, and there a collation named in a query
        stands between a column and its index. In SQLite only a column can bring another one.
        """
        kind = kind_of(term.left) or kind_of(term.right) or Kind.TEXT
        if (held := self.atoms.stored(term.left)) is not None and isinstance(term.right, Bind):
            return held.compared(term.comparison, self.write(term.right))
        left, right = self._measured(term.left, kind), self._measured(term.right, kind)
        ordered = term.comparison not in {Comparison.EQUAL, Comparison.UNEQUAL}
        if kind is Kind.TEXT and self._dialect == "postgresql" and ordered:
            left = f'{left} COLLATE "C"'
        elif kind is Kind.TEXT and isinstance(term.right, Column):
            left = self._collated(term.left, column=True)
        elif kind is Kind.TEXT:
            left = self._collated(term.left)
        compared = f"({left} {term.comparison.value} {right})"
        equal = term.comparison is Comparison.EQUAL and not columns_of(term.right)
        bare = self.atoms.bare(term.left) if equal else None
        return f"({bare} = {right} AND {compared})" if bare else compared

    def _collated(self, term: Expression, *, column: bool = False) -> str:
        written = self.write(term)
        needed = self._dialect == "sqlite" and (column or isinstance(term, Column))
        return f"{written} COLLATE BINARY" if needed else written

    def _measured(self, term: Expression, kind: Kind = Kind.INTEGER) -> str:
        """Return a length or a position in as many bits as it comes, any other term as ever."""
        match term:
            case _ if id(term) in self._shared:
                return self._shared[id(term)]
            case Length(text):
                return self._spelling.length.format(self.write(text))
            case Position(text, needle):
                sought = self.write(needle) if isinstance(needle, Bind) else self.atoms.constant(needle)
                return self._spelling.position.format(self.write(text), sought)
        return self.write(term, kind)

    def _number(self, term: Expression) -> str:
        match term:
            case Length() | Position():
                return self._spelling.wide.format(self._measured(term))
            case ToInteger(text):
                return self.atoms.year(text) or self._spelling.integer.format(self.write(text))
            case Arithmetic(_, left, right):
                operands = self.write(left, Kind.INTEGER), self.write(right, Kind.INTEGER)
                return arithmetic(term, operands, self._spelling)
        raise AssertionError

    def _text(self, term: Expression) -> str:  # noqa: C901, PLR0911 - one term, one branch
        spelling = self._spelling
        match term:
            case Slice():
                return self._slice(term)
            case Concat(parts):
                return (
                    f"({' || '.join(self.write(part) for part in parts)})"
                    if parts
                    else self.atoms.constant("")
                )
            case Repeat(character, count):
                times = self._count(count, least=not spelling.lenient)
                return spelling.repeat.format(self.atoms.constant(character), times)
            case Translate():
                return self._translate(term)
            case Trim(text, characters) if not characters or self.atoms.untouched(text, characters):
                return self.write(text)
            case Trim(text, characters):
                kept = self.atoms.constant(spelling.set_of(characters))
                return spelling.trim.format(self.write(text), kept)
            case ToText(number):
                return spelling.text.format(self.write(number, Kind.INTEGER))
            case InCity(text):
                return in_city(self.write(text), self._dialect)
        raise AssertionError

    def _slice(self, term: Slice) -> str:
        text, spelling = self.write(term.text), self._spelling
        if term.length is None:
            return spelling.slice_from.format(text, self._first(term.start, least=not spelling.lenient))
        return spelling.slice.format(text, self._first(term.start), self._count(term.length, most=FURTHEST))

    def _first(self, start: Expression, *, least: bool = True) -> str:
        """Return where a slice begins, counted from 1."""
        if isinstance(start, Constant) and start.value is not None:
            return self.atoms.place(min(max(int(start.value), 0), LONGEST) + 1)
        return f"{self._count(start, least=least, most=FURTHEST)} + 1"

    def _translate(self, term: Translate) -> str:
        text, pattern = self.write(term.text), self._spelling.translate
        if pattern is None:
            return translated(text, (term.source, term.target), self.atoms.constant, self._dialect)
        return pattern.format(text, self.atoms.constant(term.source), self.atoms.constant(term.target))

    def _count(self, term: Expression, *, least: bool = True, most: int = LONGEST) -> str:
        """Return a number of characters, from none (where the `least` counts) to more than there are."""
        if isinstance(term, Constant) and term.value is not None:
            return self.atoms.place(min(max(int(term.value), 0), LONGEST))
        low, high = bounds(term)
        number = self._measured(term)
        below = f"WHEN {number} < 0 THEN 0 " if low < (0 if least else -FURTHEST) else ""
        above = f"WHEN {number} > {LONGEST} THEN {LONGEST} " if high > most else ""
        return f"CASE {below}{above}ELSE {number} END" if below or above else number
