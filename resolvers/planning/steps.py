"""Steps while a plan is made: what each must fetch, gathered from every place of the answer it serves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.model import Capability, Grouping, Keys, Measure, Measured, Order, Output, Read
from connectors.protocol import Connector
from govgraph.expressions.terms import And, Bind, Column, Constant, Expression, IsNull, Kind, Not
from resolvers.planning.completing import compile_completion
from resolvers.planning.fields import bare, key_completion, maskable, normal, normaliser, speller
from resolvers.planning.forms import Form, key_form
from resolvers.planning.grouping import divided
from resolvers.planning.plan import Cell, Cut, Feed, KeyOfRow, KeySet, Lookup, Mark, Step
from resolvers.planning.pushdown import ascending, reversed_order
from resolvers.planning.shape import Shape
from schema.catalog import CatalogField, Resource


@dataclass(slots=True)
class StepDraft:
    """Gathers the outputs of one step; equal outputs are fetched once.

    `chosen` is the number of predicates that choose rows whatever the page. Rows of an `unseen` step
    are not shown, nor the persons they are about. Rows of a list that one place alone shows are `shown`
    there; `placed` are the cells of its cursors, `forms` tell what the source can make of cells.
    """

    number: int
    resource: Resource
    depth: int
    key_fields: tuple[str, ...] = ()
    predicates: list[Expression] = field(default_factory=list)
    order: tuple[Order, ...] = ()
    limit: Constant | Bind | None = None
    per_key: Constant | Bind | None = None
    feeds: list[Feed] = field(default_factory=list)
    outputs: dict[Expression, int] = field(default_factory=dict)
    derived: dict[str, Expression] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    known: dict[Any, int] = field(default_factory=dict)
    keys: list[KeyOfRow] = field(default_factory=list)
    subject: int | None = None
    cut: Cut | None = None
    marks: tuple[Mark, ...] = ()
    chosen: int | None = None
    measures: list[Measured] = field(default_factory=list)
    key_sets: list[KeySet] = field(default_factory=list)
    most: int | None = None
    unseen: bool = False
    forms: dict[int, Form] = field(default_factory=dict)
    shown: Shape | None = None
    placed: tuple[int, ...] = ()

    def output(self, expression: Expression) -> int:
        """Return the position of an output, added where it is new. Measures come after every key."""
        if self.measures and expression not in self.outputs:
            raise AssertionError
        return self.outputs.setdefault(expression, len(self.outputs))

    def cell(
        self, name: Any, coordinate: str, expression: Expression, complete: Callable[[Any], Any] | None
    ) -> int:
        """Return the position of a cell; `name` tells equal cells apart from others."""
        if name not in self.known:
            self.known[name] = len(self.cells)
            self.cells.append(Cell(coordinate, self.output(expression), complete))
        return self.known[name]

    def measure(
        self, coordinate: str, measured: Measured, complete: Callable[[Any], Any] | None = None
    ) -> int:
        """Return the position of a cell with a measure of the group; every output is then a key of groups."""
        name = ("measure", measured)
        if name not in self.known:
            self.known[name] = len(self.cells)
            self.cells.append(Cell(coordinate, len(self.outputs) + len(self.measures), complete))
            self.measures.append(measured)
        return self.known[name]

    def group_by_key(self) -> None:
        """Have groups told apart by the key that leads to them, in normal form where it has spellings."""
        for name in self.key_fields:
            one = self.resource.fields[name]
            if one.variants:
                self.cell(("key", name), f"{self.resource.name}.{name}", normal(one), None)
        if self.key_fields:
            self.key(self.key_fields)

    def no_rows(self) -> tuple[Any, ...]:
        """Return the cells of a group without rows: counts are none, every other measure is null."""
        cells: list[Any] = [None] * len(self.cells)
        for one in self.measures:
            if one.measure in (Measure.COUNT, Measure.DISTINCT):
                cells[self.known[("measure", one)]] = 0
        return tuple(cells)

    def places(self) -> tuple[int, ...]:
        """Return the cells with the place of a row in the total order."""
        coordinate = self.resource.name
        return tuple(
            self.cell(("place", number), coordinate, step.expression, None)
            for number, step in enumerate(self.total_order())
        )

    def flagged(self, position: int, expression: Expression) -> None:
        """Have a cell counted as dirty where an expression is true."""
        cell = self.cells[position]
        self.cells[position] = Cell(cell.coordinate, cell.output, cell.complete, self.output(expression))

    def once(self, name: str, expression: Expression) -> Expression:
        """Return an expression over the entity's columns, computed once per row under a name."""
        if isinstance(expression, Column) and expression.kind is Kind.TEXT:
            return expression
        self.derived[name] = expression
        return Column(name)

    def normal(self, one: CatalogField) -> Expression:
        """Return the normal form of a field."""
        return self.once(f"normal {one.name}", normal(one))

    def masked(self, one: CatalogField) -> Expression:
        """Return what a mask of a field reads."""
        return self.once(f"read {one.name}", maskable(one))

    def key_cell(self, one: CatalogField) -> int:
        """Return the cell with a key's normal form, made here from the bare column."""
        coordinate = f"{self.resource.name}.{one.name}"
        position = self.cell(("key", one.name), coordinate, bare(one), key_completion(one))
        if (form := key_form(one)) is not None:
            self.forms[position] = form
        return position

    def stored_cell(self, one: CatalogField) -> int:
        """Return the cell with a field exactly as stored, for conditions of links."""
        return self.cell(("stored", one.name), f"{self.resource.name}.{one.name}", bare(one), None)

    def key(self, names: tuple[str, ...], when: tuple[tuple[str, str], ...] = ()) -> int:
        """Return the position of a key of the row among its keys."""
        fields = self.resource.fields
        conditions = tuple(
            (self.stored_cell(fields[name]), stored(fields[name], value)) for name, value in when
        )
        key = KeyOfRow(tuple(self.key_cell(fields[name]) for name in names), conditions)
        if key not in self.keys:
            self.keys.append(key)
        return self.keys.index(key)

    def keys_only(self, names: tuple[str, ...], most: int) -> None:
        """Have the step read the keys of its rows and nothing else; what has no normal form is no key."""
        fields = [self.resource.fields[name] for name in names]
        cells = (self.cell(("only", one.name), "", bare(one), normaliser(one)) for one in fields)
        self.keys.append(KeyOfRow(tuple(cells)))
        self.predicates += [Not(IsNull(bare(one))) for one in fields]
        self.most = most

    def finished(self, connector: Connector) -> Step:
        """Return the step, its read prepared at its source."""
        own_key = self.key(self.key_fields) if self.key_fields else 0
        if self.resource.subject and not self.measures and self.most is None and not self.unseen:
            self.subject = self.key_cell(self.resource.fields[self.resource.subject])
        if not self.outputs and not self.measures:  # rows that are only counted still have to be read
            self.key_cell(self.resource.fields[self.resource.key[0]])
        read = self.read()
        pushed, finish = divided(read, connector.capabilities)
        return Step(
            number=self.number,
            source=self.resource.department,
            resource=self.resource.name,
            depth=self.depth,
            read=read,
            prepared=connector.prepare(pushed),
            as_of=lambda: connector.as_of,
            finish=finish,
            cells=tuple(self.cells),
            keys=tuple(self.keys),
            complete=compile_completion(self.cells, self.keys),
            lookup=self.lookup(own_key) if self.key_fields else None,
            subject=self.subject,
            cut=self.cut,
            key_sets=tuple(self.key_sets),
            most=self.most,
            after=frozenset(feed.step for feed in self.feeds if feed.step is not None)
            | {keys.step for keys in self.key_sets},
            streams=finish is None and Capability.STREAM in connector.capabilities,
        )

    def total_order(self) -> tuple[Order, ...]:
        """Return the order of the rows; the key decides what the caller leaves open."""
        by_key = ascending([bare(self.resource.fields[name]) for name in self.resource.key])
        return (*self.order, *(step for step in by_key if step not in self.order))

    def read(self) -> Read:
        """Return everything the step asks for as one read, in a total order."""
        resource = self.resource
        columns = tuple(Column(resource.fields[name].column) for name in self.key_fields)
        keys = Keys(columns, f"keys{self.number}") if columns else None
        if self.most is not None:
            return self.read_of_keys(self.most, keys)
        order = self.total_order()
        predicate = And(tuple(self.predicates)) if self.predicates else None
        if self.measures:
            grouping = Grouping(tuple(self.outputs), tuple(self.measures))
            return Read(
                resource.entity, (), predicate=predicate, keys=keys, limit=self.limit, grouping=grouping
            )
        return Read(
            entity=resource.entity,
            outputs=tuple(
                Output(f"c{position}", expression) for expression, position in self.outputs.items()
            ),
            derived=tuple(Output(name, expression) for name, expression in self.derived.items()),
            predicate=predicate,
            keys=keys,
            order=reversed_order(order) if self.cut and self.cut.backward else order,
            limit=self.limit,
            per_key=self.per_key,
        )

    def read_of_keys(self, most: int, keys: Keys | None) -> Read:
        """Return the read of different keys, in any order: one more than may be, to tell that there are."""
        return Read(
            entity=self.resource.entity,
            outputs=(),
            predicate=And(tuple(self.predicates)),
            keys=keys,
            limit=Constant(most + 1),
            grouping=Grouping(tuple(self.outputs), ()),
        )

    def lookup(self, own_key: int) -> Lookup:
        """Return where the keys of the step come from."""
        fields = [self.resource.fields[name] for name in self.key_fields]
        return Lookup(
            bind=f"keys{self.number}",
            own_key=own_key,
            feeds=tuple(self.feeds),
            normal=tuple(normaliser(one) for one in fields),
            spell=tuple(speller(one) for one in fields),
            one_spelling=not any(one.variants for one in fields),
        )


def stored(one: CatalogField, value: str) -> frozenset[str]:
    """Return what a source stores for an enum's name, or the text itself."""
    return (
        frozenset(code.stored for code in one.codes if code.name == value)
        if one.codes
        else frozenset({value})
    )
