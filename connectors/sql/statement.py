"""Compiles a read to one SQL statement: constant text, positional arguments, rows in canonical values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    FromClause,
    Label,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement

from connectors.errors import UnsupportedReadError
from connectors.evaluation import check_columns
from connectors.grouping import expressions_of, kinds_of
from connectors.model import Binds, Grouping, Order, Read
from connectors.sql import calendar, json_text
from connectors.sql.apart import apart, columns_beneath, in_place, parted, sorts_by_long
from connectors.sql.collation import by_code_point
from connectors.sql.dialects import dialect
from connectors.sql.expressions import render
from connectors.sql.indexes import finds_each
from connectors.sql.keys import Argument, key_clause
from connectors.sql.measures import measure
from connectors.sql.ordering import ordered
from connectors.sql.spellings import SQL_TYPES, bound
from connectors.sql.tables import Description, table
from connectors.values import checked, reader
from govgraph.expressions.terms import Bind, Constant, Expression, Kind
from govgraph.expressions.walk import columns_of, kind_of

Sql = ColumnElement[Any]
EXACT: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {"postgresql": frozenset({Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN})}
)
"""Kinds whose values come exactly as they should: types are strict there, and text has no U+0000."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text, what is sent with it (`fixed`, but for the places that `varied` fills for each request),
    and how cells are read, by place, that do not come as they should.
    """

    text: str
    fixed: tuple[Any, ...]
    varied: tuple[tuple[int, Argument], ...]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]

    def arguments(self, binds: Binds) -> list[Any]:
        """Return the positional arguments. Raises `ValueNotTextError` for text no source can store."""
        given = list(self.fixed)
        for place, argument in self.varied:
            given[place] = argument(binds)
        return given

    def read(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Return the rows with each cell of its output's kind."""
        if not self.readers:
            return rows
        made = [list(row) for row in rows]
        for place, read in self.readers:
            for row in made:
                row[place] = read(row[place])
        return made


def compile_read(
    read: Read, description: Description, dialect_name: str, *, alone: bool = False
) -> Statement:
    """Return the statement of a read; `alone` makes the one for a single key.

    Where values are derived, an inner select computes each once from bare columns, with the
    condition, order and limit; the outer one gives the outputs. `per_key` is a row number within
    each key of the batch. Of a grouping, an inner select gives keys and measured values. Long
    expressions of conditions and orders are written apart, beneath all that.
    """
    if read.nested:
        raise UnsupportedReadError("Nested reads are not taken over")
    check_columns(read, description.entity)
    writer = _Writer(read, description, dialect_name, alone=alone)
    compiled = writer.whole().compile(dialect=dialect(dialect_name))
    names = compiled.positiontup or ()
    fixed = tuple(compiled.binds[name].value for name in names)
    arguments = (writer.argument(name, value) for name, value in zip(names, fixed, strict=True))
    varied = tuple((place, one) for place, one in enumerate(arguments) if one is not None)
    exact = EXACT.get(dialect_name, frozenset()) if read.grouping is None else frozenset()
    readers = tuple(
        (place, reader(kind)) for place, kind in enumerate(kinds_of(read)) if (kind or Kind.TEXT) not in exact
    )
    return Statement(str(compiled), fixed, varied, readers)


class _Writer:
    """Writes the select of one read."""

    def __init__(self, read: Read, description: Description, dialect_name: str, *, alone: bool) -> None:
        source = table(description)

        columns = dict(source.c)
        read = in_place(read, columns) if dialect_name == "postgresql" else read
        written = apart(read, calendar.storing(columns, dialect_name))
        self._read = written.read
        self._table: FromClause = source
        self._dialect = dialect_name
        self._columns: Mapping[str, Sql] = {column.name: column for column in source.c}
        self._each = not written.held and finds_each(read, description, dialect_name)
        keys, each = read.keys, self._each
        self._keys = key_clause(keys, source, dialect_name, alone=alone, each=each) if keys else None
        if written.held:
            self._write_apart(written.held, columns_beneath(read))

    def _write_apart(self, held: Mapping[str, Expression], named: frozenset[str]) -> None:
        """Put an inner select between the table and what is written next: bare columns and long values."""
        self._write_texts(named)
        bare = {name: self._columns[name].label(f"b{index}") for index, name in enumerate(sorted(named))}
        made = {
            name: type_coerce(render(expression, self._columns, self._dialect), String()).label(f"a{index}")
            for index, (name, expression) in enumerate(held.items())
        }
        inner = self._with_keys(select(*bare.values(), *made.values()).select_from(self._table))
        if self._dialect == "sqlite" and sorts_by_long(self._read, held):
            short, self._read = parted(self._read, held)
            inner = inner.where(render(short, self._columns, "sqlite")).limit(literal_column("-1"))
        rows = inner.subquery("apart")
        self._table = rows
        self._columns = {name: rows.c[label.name] for name, label in {**bare, **made}.items()}

    def _write_texts(self, named: frozenset[str]) -> None:
        """Put the casts of SQLite beneath: in long expressions they are too deep for its parser."""
        dated = {name for name in named if isinstance(self._columns[name].type, Date | DateTime)}
        if self._dialect != "sqlite" or not dated:
            return
        texts = {
            name: (cast(column, String()) if name in dated else column).label(f"t{index}")
            for index, (name, column) in enumerate((name, self._columns[name]) for name in sorted(named))
        }
        rows = self._with_keys(select(*texts.values()).select_from(self._table)).subquery("texts")
        self._table = rows
        self._columns = {name: rows.c[label.name] for name, label in texts.items()}

    def whole(self) -> Select[Any]:
        """Return the select of the rows, or of the JSON that is written of them."""
        writing = self._read.writing
        if writing is None:
            return self.select()
        if self._dialect != json_text.DIALECT:
            raise UnsupportedReadError("The source does not write JSON")
        return json_text.written(self.select(), self._read, writing, self._count(writing.size))

    def select(self) -> Select[Any]:
        """Return the select, in one level or in two."""
        if self._read.grouping is not None:
            return self._grouped(self._read.grouping)
        if self._read.derived or self._read.per_key is not None:
            return self._two_levels()
        chosen = self._conditions(select(*self._outputs(self._columns)).select_from(self._table))
        chosen = chosen.order_by(*(self._step(order, self._rank(order)) for order in self._read.order))
        return self._limited(chosen)

    def _two_levels(self) -> Select[Any]:
        read = self._read
        ranks = [self._rank(order) for order in read.order]
        steps = [self._step(order, rank) for order, rank in zip(read.order, ranks, strict=True)]
        derived = self._derived()
        plain = self._plain(set(derived))
        places = [rank.label(f"r{index}") for index, rank in enumerate(ranks)]
        inner = self._conditions(select(*derived.values(), *plain.values(), *places, *self._number(steps)))
        inner = inner.select_from(self._table)
        if self._each and read.per_key is not None:
            inner = inner.order_by(*steps).limit(self._count(read.per_key))
        elif read.per_key is None and read.limit is not None:
            inner = self._limited(inner.order_by(*steps))
        elif derived and self._dialect == "postgresql":
            # Else its planner repeats each value wherever it is used.
            inner = inner.offset(literal_column("0"))
        rows, whole = self._rows_of(inner)
        columns = {name: rows.c[label.name] for name, label in {**plain, **derived}.items()}
        outer = select(*self._outputs(columns)).select_from(whole)
        if read.per_key is not None and not self._each:
            outer = outer.where(rows.c.number <= self._count(read.per_key))
        outer = outer.order_by(
            *(self._step(order, rows.c[f"r{index}"]) for index, order in enumerate(read.order))
        )
        return outer if read.per_key is None else self._limited(outer)

    def _rows_of(self, inner: Select[Any]) -> tuple[FromClause, FromClause]:
        """Return an inner select as a table, and what to select from: for each key asked, its own rows."""
        asked = self._keys.asked if self._keys else None
        if asked is None:
            rows = inner.subquery("rows_of")
            return rows, rows
        own = inner.lateral("rows_of")
        return own, asked.join(own, true())

    def _grouped(self, grouping: Grouping) -> Select[Any]:
        """Return one row for each group; a parameter that is sent twice would be no equal expression."""
        chosen = [
            self._collated(render(expression, self._columns, self._dialect), kind_of(expression)).label(
                f"g{place}"
            )
            for place, expression in enumerate(expressions_of(grouping))
        ]
        rows = self._conditions(select(*chosen)).select_from(self._table).subquery("rows_of")
        values = list(rows.c)
        keys = values[: len(grouping.keys)]
        measured = [
            measure(one.measure, value, self._dialect).label(f"m{place}")
            for place, (one, value) in enumerate(zip(grouping.measures, values[len(keys) :], strict=True))
        ]
        outer = select(*keys, *measured).select_from(rows)
        return self._limited(outer.group_by(*keys) if keys else outer)

    def _outputs(self, columns: Mapping[str, Sql]) -> list[Label[Any]]:
        return [
            render(output.expression, columns, self._dialect).label(f"o{index}")
            for index, output in enumerate(self._read.outputs)
        ]

    def _derived(self) -> dict[str, Label[Any]]:
        return {
            output.name: type_coerce(
                render(output.expression, self._columns, self._dialect),
                SQL_TYPES[kind_of(output.expression) or Kind.TEXT](),
            ).label(f"d{index}")
            for index, output in enumerate(self._read.derived)
        }

    def _plain(self, derived: set[str]) -> dict[str, Label[Any]]:
        """Return the bare columns that the outputs read."""
        named = set().union(*(columns_of(output.expression) for output in self._read.outputs)) - derived
        return {name: self._columns[name].label(f"c{index}") for index, name in enumerate(sorted(named))}

    def _number(self, steps: Sequence[Sql]) -> list[Label[Any]]:
        if self._read.per_key is None or self._each:
            return []
        if self._read.keys is None:
            raise UnsupportedReadError("A limit within each key needs keys")
        keys = [self._key(self._columns[column.name]) for column in self._read.keys.columns]
        window = func.row_number().over(partition_by=keys, order_by=list(steps) or None)
        return [window.label("number")]

    def _key(self, column: Sql) -> Sql:
        """Return a column that keys are told apart by; collations take different texts for one."""
        is_text = isinstance(column.type, String) and self._dialect != "postgresql"
        return by_code_point(column, self._dialect) if is_text else column

    def _conditions(self, chosen: Select[Any]) -> Select[Any]:
        chosen = self._with_keys(chosen)
        if self._read.predicate is not None:
            chosen = chosen.where(render(self._read.predicate, self._columns, self._dialect))
        return chosen

    def _with_keys(self, chosen: Select[Any]) -> Select[Any]:
        innermost = isinstance(self._table, Table)
        return chosen.where(self._keys.condition) if self._keys and innermost else chosen

    def _rank(self, order: Order) -> Sql:
        """Return what a step of the order sorts by: the table's own column, never an output's name."""
        stored = calendar.rank(order.expression, self._columns, self._dialect)
        if stored is not None:
            return stored
        written = render(order.expression, self._columns, self._dialect)
        return self._collated(written, kind_of(order.expression))

    def _collated(self, written: Sql, kind: Kind | None) -> Sql:
        """Return an expression that is compared by code point where it is text."""
        return by_code_point(written, self._dialect) if kind in (Kind.TEXT, None) else written

    def _step(self, order: Order, rank: Sql) -> Sql:
        return ordered(rank, self._dialect, descending=order.descending)

    def _limited(self, chosen: Select[Any]) -> Select[Any]:
        return chosen if self._read.limit is None else chosen.limit(self._count(self._read.limit))

    def _count(self, count: Constant | Bind) -> Any:
        if isinstance(count, Bind):
            return bindparam(count.name, type_=BigInteger(), required=True)
        return bindparam(f"count_{count.value}", count.value, type_=BigInteger())

    def argument(self, name: str, fixed: Any) -> Argument | None:
        """Return what gives a parameter's value, of the keys or of a bind; None where it is fixed."""
        if self._keys is not None and name in self._keys.arguments:
            return self._keys.arguments[name]
        return None if fixed is not None else lambda binds: bound(checked(binds[name]), self._dialect)
