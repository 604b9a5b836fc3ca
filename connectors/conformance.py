"""Proves any connector: generated reads, answered by it and by the plain model, must be equal.

`await prove(connector, rows_of_entity)` is what a connector's own test calls. Only declared
capabilities are asked for; the rows handed in are the truth.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from connectors.errors import NotConformingError
from connectors.evaluation import evaluation
from connectors.grouping import kinds_of
from connectors.memory import needed
from connectors.model import (
    Binds,
    Capability,
    Entity,
    Grouping,
    Keys,
    Measure,
    Measured,
    Order,
    Output,
    Read,
    Row,
)
from connectors.protocol import Connector
from connectors.values import as_text, reader
from govgraph.expressions.terms import (
    Among,
    And,
    Bind,
    Case,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    IsNull,
    Kind,
    Length,
    Not,
    Or,
    Slice,
)
from govgraph.expressions.walk import kind_of

BATCH = 3  # rows: few, so that most reads take several
KINDS: Mapping[str, Kind] = {"integer": Kind.INTEGER, "decimal": Kind.DECIMAL, "boolean": Kind.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Truth:
    """An entity as it is known from elsewhere: its rows, their values in the order of its columns.

    The entity's key must be unique in the rows; with `listed` false it is only asked for by key.
    """

    entity: Entity
    rows: Sequence[Row]
    listed: bool = True
    keys: tuple[tuple[str, ...], ...] = ()


async def prove(connector: Connector, truth: Truth, count: int = 100, seed: int = 0) -> int:
    """Return how many generated reads agreed. Raises `NotConformingError` at the first that differs."""
    described = {entity.name: entity for entity in await connector.describe()}
    offered = described.get(truth.entity.name)
    if offered is None or {c.name for c in truth.entity.columns} - {c.name for c in offered.columns}:
        raise NotConformingError("`describe` does not list the entity with its columns")
    for number, (read, binds) in enumerate(_reads(truth, connector.capabilities, count, seed)):
        answers = await _answers(connector, read, binds)
        expected = evaluation(read, truth.entity).run(truth.rows, binds)
        if not all(equal(read, answer, expected) for answer in answers):
            raise NotConformingError(
                f"Read {number} of seed {seed} is answered differently than by the plain model",
                where=str(read),
            )
    return count


async def _answers(connector: Connector, read: Read, binds: Binds) -> list[Sequence[Row]]:
    """Return the rows as they come at once, and batch by batch where the source declares that."""
    prepared = connector.prepare(read)
    answers = [await prepared.rows(binds)]
    if Capability.STREAM in connector.capabilities:
        batches = [batch async for batch in prepared.stream(binds, BATCH)]
        if any(not 0 < len(batch) <= BATCH for batch in batches):
            raise NotConformingError("A batch is empty, or larger than was asked for", where=str(read))
        answers.append([row for batch in batches for row in batch])
    return answers


def equal(read: Read, answer: Sequence[Row], expected: Sequence[Row]) -> bool:
    """Return whether two answers are the same: in order where the read has one, else in any."""
    kinds = kinds_of(read)
    left, right = ([_cells(row, kinds) for row in rows] for rows in (answer, expected))
    return left == right if read.order else Counter(left) == Counter(right)


def _cells(row: Row, kinds: Sequence[Kind | None]) -> tuple[Any, ...]:
    values = [reader(kind)(cell) for cell, kind in zip(row, kinds, strict=True)]
    return tuple((type(value).__name__, value) for value in values)


def _reads(
    truth: Truth, capabilities: frozenset[Capability], count: int, seed: int
) -> Iterator[tuple[Read, Binds]]:
    generator = _Generator(truth, capabilities, Random(seed))  # noqa: S311 - reproducible, not secret
    made = 0
    while made < count:
        read, binds = generator.read()
        if needed(read) <= capabilities and (truth.listed or read.keys):
            made += 1
            yield read, binds


class _Generator:
    """Makes reads out of the entity's columns and the values that stand in them."""

    def __init__(self, truth: Truth, capabilities: frozenset[Capability], random: Random) -> None:
        self._truth = truth
        self._can = capabilities
        self._random = random
        self._columns = [
            Column(column.name, KINDS.get(column.type, Kind.TEXT)) for column in truth.entity.columns
        ]
        self._binds: dict[str, Any] = {}

    def read(self) -> tuple[Read, Binds]:
        self._binds = {}
        keys = self._keys()
        if self._may(Capability.AGGREGATE):
            return self._groups(keys), self._binds
        order = self._order()
        bounded = bool(order)  # without a total order, a limit has many right answers
        derived, outputs = self._outputs()
        made = Read(
            self._truth.entity.name,
            outputs=outputs,
            derived=derived,
            predicate=self._condition(2) if self._may(Capability.FILTER) else None,
            keys=keys,
            order=order,
            limit=self._limit("first") if bounded and self._may(Capability.LIMIT) else None,
            per_key=self._limit("each") if bounded and keys and self._may(Capability.PER_KEY_LIMIT) else None,
        )
        return made, self._binds

    def _groups(self, keys: Keys | None) -> Read:
        """Return groups of rows, told apart by columns or texts made of them, each with some measures."""
        computed = self._may(Capability.COMPUTE)
        values: list[Expression] = [*self._columns]
        values += [self._text(1), Length(self._text(0))] if computed else []
        chosen = self._random.sample(values, k=self._random.randint(0, 2))
        measures = [Measured(Measure.COUNT), *(self._measure(values) for _ in range(3))]
        return Read(
            self._truth.entity.name,
            outputs=(),
            predicate=self._condition(2) if self._may(Capability.FILTER) else None,
            keys=keys,
            grouping=Grouping(tuple(chosen), tuple(measures)),
        )

    def _measure(self, values: Sequence[Expression]) -> Measured:
        """Return a measure that means something on its value: a sum of numbers, an extreme of no truth."""
        value = self._random.choice(values)
        kind = kind_of(value)
        fitting = [Measure.COUNT, Measure.DISTINCT]
        fitting += [Measure.LEAST, Measure.GREATEST] if kind is not Kind.BOOLEAN else []
        fitting += [Measure.SUM] if kind in (Kind.INTEGER, Kind.DECIMAL) else []
        return Measured(self._random.choice(fitting), value)

    def _may(self, capability: Capability) -> bool:
        return capability in self._can and self._random.random() < 0.5

    def _limit(self, name: str) -> Constant | Bind:
        size = self._random.choice((0, 1, 2, 5, 100))
        if self._random.random() < 0.5:
            return Constant(size)
        self._binds[name] = size
        return Bind(name, Kind.INTEGER)

    def _keys(self) -> Keys | None:
        if Capability.LOOKUP not in self._can or (self._truth.listed and self._random.random() < 0.4):
            return None
        names = self._random.choice(self._truth.keys or (self._truth.entity.key,))
        places = [[column.name for column in self._columns].index(name) for name in names]
        present = [tuple(as_text(row[place]) for place in places) for row in self._truth.rows]
        whole = [key for key in present if None not in key]
        size = self._random.choice((0, 1, 3, len(whole)))
        absent = tuple("absent " * (index + 1) for index in range(len(names)))
        self._binds["keys"] = [*self._random.choices(whole, k=size), absent] if whole else [absent]
        return Keys(tuple(Column(name) for name in names), "keys")

    def _order(self) -> tuple[Order, ...]:
        if not self._may(Capability.ORDER):
            return ()
        first = Order(self._random.choice(self._columns), self._random.random() < 0.5)
        return (first, *(Order(Column(name)) for name in self._truth.entity.key))

    def _outputs(self) -> tuple[tuple[Output, ...], tuple[Output, ...]]:
        plain = self._random.choices(self._columns, k=self._random.randint(1, 4))
        outputs = [Output(f"out{index}", column) for index, column in enumerate(plain)]
        if not self._may(Capability.COMPUTE):
            return (), tuple(outputs)
        derived = Output("derived", self._text(2))
        outputs.append(Output("of derived", Concat((Column("derived"), Constant("…"), Column("derived")))))
        outputs.append(Output("length", Length(self._text(1))))
        outputs.append(Output("truth", self._condition(1)))
        return (derived,), tuple(outputs)

    def _text(self, depth: int) -> Expression:
        if depth == 0:
            return Column(self._random.choice(self._columns).name)
        return self._random.choice(
            (
                Slice(self._text(depth - 1), Constant(self._random.randint(0, 3)), Constant(2)),
                Concat((self._text(depth - 1), Constant("*"))),
                Case(((self._condition(1), Constant("yes")),), self._text(depth - 1)),
            )
        )

    def _condition(self, depth: int) -> Expression:
        if depth == 0 or self._random.random() < 0.5:
            return self._comparison()
        parts = (self._condition(depth - 1), self._condition(depth - 1))
        return self._random.choice((And(parts), Or(parts), Not(parts[0])))

    def _comparison(self) -> Expression:
        place = self._random.randrange(len(self._columns))
        column = self._columns[place]
        value = (
            reader(column.kind)(self._random.choice(self._truth.rows)[place]) if self._truth.rows else None
        )
        chosen = self._random.random()
        if value is None or chosen < 0.1:
            return IsNull(column)
        name = f"value{len(self._binds)}"
        if chosen < 0.3:
            self._binds[name] = [value]
            return Among(column, name, column.kind)
        self._binds[name] = value
        return Compare(self._random.choice(tuple(Comparison)), column, Bind(name, column.kind))
