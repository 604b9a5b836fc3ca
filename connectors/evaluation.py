"""The plain meaning of a read: what any connector must answer, over rows in memory, in Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors.errors import EntityUnknownError, UnsupportedReadError
from connectors.grouping import grouped, outputs_of
from connectors.model import Binds, Entity, Grouping, Keys, Order, Output, Read, Row
from connectors.values import as_text, checked
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import Bind, Constant
from govgraph.expressions.walk import columns_of

Evaluate = Callable[[Sequence[Any], Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A read, made ready to run over rows whose values stand in the order of the entity's columns."""

    predicate: Evaluate | None
    derived: tuple[Evaluate, ...]
    outputs: tuple[Evaluate, ...]
    order: tuple[tuple[Evaluate, bool], ...]
    keys: tuple[str, tuple[int, ...]] | None
    limit: Constant | Bind | None
    per_key: Constant | Bind | None
    grouping: Grouping | None = None
    most_groups: Constant | Bind | None = None

    def run(self, rows: Sequence[Row], binds: Binds) -> list[Row]:
        """Return the rows of the answer."""
        keys = self.keys[0] if self.keys else None
        given = {name: checked(value) for name, value in binds.items() if name != keys}
        kept = [row for row in self._with_keys(rows, binds) if self._holds(row, given)]
        kept = self._ordered(kept, given)
        if self.per_key is not None:
            kept = self._first_of_each(kept, count(self.per_key, binds))
        if self.limit is not None:
            kept = kept[: count(self.limit, binds)]
        widened = [[*row, *(derive(row, given) for derive in self.derived)] for row in kept]
        shown: list[Row] = [[output(row, given) for output in self.outputs] for row in widened]
        return shown if self.grouping is None else grouped(self.grouping, shown)[: self._groups(binds)]

    def _groups(self, binds: Binds) -> int | None:
        return None if self.most_groups is None else count(self.most_groups, binds)

    def _with_keys(self, rows: Sequence[Row], binds: Binds) -> Sequence[Row]:
        if self.keys is None:
            return rows
        asked = {tuple(as_text(part) for part in key) for key in binds[self.keys[0]]}
        return [row for row in rows if self._key(row) in asked]

    def _key(self, row: Row) -> tuple[str | None, ...] | None:
        key = tuple(as_text(row[place]) for place in self.keys[1]) if self.keys else ()
        return None if None in key else key

    def _holds(self, row: Row, binds: Binds) -> bool:
        return self.predicate is None or self.predicate(row, binds) is True

    def _ordered(self, rows: Sequence[Row], binds: Binds) -> list[Row]:
        """Return the rows in order, by the last step first, since sorting is stable."""
        result = list(rows)
        for rank, descending in reversed(self.order):
            result.sort(key=partial(_placed, rank, binds), reverse=descending)
        return result

    def _first_of_each(self, rows: Sequence[Row], most: int) -> list[Row]:
        seen: dict[Any, int] = {}
        kept = []
        for row in rows:
            key = self._key(row)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= most:
                kept.append(row)
        return kept


def evaluation(read: Read, entity: Entity) -> Evaluation:
    """Return the read made ready. Raises `EntityUnknownError` for a column that is not there."""
    if read.nested:
        raise UnsupportedReadError("Nested reads are not taken over")
    if read.per_key is not None and read.keys is None:
        raise UnsupportedReadError("A limit within each key needs keys")
    check_columns(read, entity)
    names = [column.name for column in entity.columns]
    outputs = outputs_of(read.grouping) if read.grouping else read.outputs
    widened = [*names, *(output.name for output in read.derived)]  # the last of one name is the one meant
    return Evaluation(
        predicate=compile_python(read.predicate, names) if read.predicate else None,
        derived=tuple(compile_python(output.expression, names) for output in read.derived),
        outputs=tuple(compile_python(output.expression, widened) for output in outputs),
        order=tuple((compile_python(step.expression, names), step.descending) for step in read.order),
        keys=_places(read.keys, names),
        limit=None if read.grouping else read.limit,
        per_key=read.per_key,
        grouping=read.grouping,
        most_groups=read.limit if read.grouping else None,
    )


def check_columns(read: Read, entity: Entity) -> None:
    """Return where the entity has every column that the read speaks of; else raise `EntityUnknownError`."""
    derived = {output.name for output in read.derived}
    named = _named([*read.derived, *read.order]) | (_named(read.outputs) - derived)
    named |= _named(outputs_of(read.grouping)) if read.grouping else frozenset()
    named |= columns_of(read.predicate) if read.predicate else frozenset()
    named |= {column.name for column in read.keys.columns} if read.keys else frozenset()
    for name in sorted(named):
        if entity.column(name) is None:
            raise EntityUnknownError(f"The entity `{read.entity}` has no column `{name}`")


def _named(parts: Sequence[Output | Order]) -> frozenset[str]:
    return frozenset().union(*(columns_of(part.expression) for part in parts))


def _places(keys: Keys | None, names: Sequence[str]) -> tuple[str, tuple[int, ...]] | None:
    return (keys.bind, tuple(names.index(column.name) for column in keys.columns)) if keys else None


def count(number: Constant | Bind, binds: Binds) -> int:
    """Return a limit, fixed or bound."""
    return int(binds[number.name] if isinstance(number, Bind) else number.value or 0)


def _placed(rank: Evaluate, binds: Binds, row: Row) -> tuple[bool, Any]:
    """Return what a row sorts by: null after everything; text sorts by code point by itself."""
    value = rank(row, binds)
    return (value is None, 0 if value is None else value)
