"""What a source takes over, and what the platform does after the fetch in its place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key
from typing import Any

from connectors.model import Binds, Capability, Keys, Order, Output, Read, Row
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import Bind, Column, Constant, Expression
from govgraph.expressions.walk import columns_of

Compiled = Callable[[Sequence[Any], Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Finish:
    """Filters, orders, cuts and computes rows that came bare from their source."""

    predicate: Compiled | None
    order: tuple[tuple[Compiled, bool], ...]
    limit: Constant | Bind | None
    derived: tuple[Compiled, ...]
    outputs: tuple[Compiled, ...]

    def __call__(self, rows: Sequence[Row], binds: Binds) -> Sequence[Row]:
        """Return the rows that the read asked for, with its outputs."""
        kept = [row for row in rows if self.predicate is None or self.predicate(row, binds) is True]
        if self.order:
            kept.sort(key=cmp_to_key(lambda left, right: self.compared(left, right, binds)))
        if self.limit is not None:
            most: Any = binds[self.limit.name] if isinstance(self.limit, Bind) else self.limit.value
            kept = kept[: int(most)]
        whole = ([*row, *(one(row, binds) for one in self.derived)] for row in kept)
        return [tuple(one(row, binds) for one in self.outputs) for row in whole]

    def compared(self, left: Row, right: Row, binds: Binds) -> int:
        """Return the order of two rows; nulls last ascending, first descending."""
        for value, descending in self.order:
            one, other = value(left, binds), value(right, binds)
            if one == other:
                continue
            before = other is None or (one is not None and one < other)
            return -1 if before is not descending else 1
        return 0


def split(read: Read, capabilities: frozenset[Capability]) -> tuple[Read, Finish | None]:
    """Return what to ask of a source, and what is left to do with its rows.

    A source that cannot compute is asked for bare columns; one that cannot filter or order gives
    more than was asked, and the rest is done here. A look-up is always asked as one.
    """
    if wanted(read) <= capabilities:
        return without_per_key(read, capabilities), None
    columns = sorted(columns_read(read))
    keys = Keys(read.keys.columns, read.keys.bind) if read.keys else None
    pushed = Read(
        entity=read.entity, outputs=tuple(Output(name, Column(name)) for name in columns), keys=keys
    )
    return pushed, finish_of(read, columns)


def wanted(read: Read) -> frozenset[Capability]:
    """Return what a source must be able to do for the whole of a read to be left to it."""
    needed = {Capability.COMPUTE}
    needed |= {Capability.FILTER} if read.predicate is not None else set()
    needed |= {Capability.ORDER} if read.order else set()
    needed |= {Capability.LIMIT} if read.limit is not None else set()
    return frozenset(needed)


def without_per_key(read: Read, capabilities: frozenset[Capability]) -> Read:
    """Return the read without a limit per key where its source has none; the rows are cut after the fetch."""
    return read if Capability.PER_KEY_LIMIT in capabilities else replace(read, per_key=None)


def columns_read(read: Read) -> frozenset[str]:
    """Return the entity's columns that a read looks at."""
    derived = {output.name for output in read.derived}
    names: frozenset[str] = frozenset().union(
        *(columns_of(expression) for expression in expressions_of(read))
    )
    keyed = {column.name for column in read.keys.columns} if read.keys else set()
    return (names - derived) | keyed


def expressions_of(read: Read) -> list[Expression]:
    """Return every expression of a read."""
    expressions: list[Expression] = [output.expression for output in (*read.outputs, *read.derived)]
    expressions += [order.expression for order in read.order]
    return [*expressions, read.predicate] if read.predicate is not None else expressions


def finish_of(read: Read, columns: Sequence[str]) -> Finish:
    """Return the work that is left when a source gives bare columns."""
    whole = [*columns, *(output.name for output in read.derived)]
    return Finish(
        predicate=compile_python(read.predicate, columns) if read.predicate is not None else None,
        order=tuple((compile_python(order.expression, columns), order.descending) for order in read.order),
        limit=read.limit,
        derived=tuple(compile_python(output.expression, columns) for output in read.derived),
        outputs=tuple(compile_python(output.expression, whole) for output in read.outputs),
    )


def ascending(expressions: Sequence[Expression]) -> tuple[Order, ...]:
    """Return an ascending order by some expressions."""
    return tuple(Order(expression) for expression in expressions)


def reversed_order(order: Sequence[Order]) -> tuple[Order, ...]:
    """Return the order from the other end; nulls change sides with it."""
    return tuple(replace(step, descending=not step.descending) for step in order)
