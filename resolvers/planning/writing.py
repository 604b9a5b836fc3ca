"""Which steps leave the JSON of their rows to the source, and what the source is told for it."""

from dataclasses import dataclass, field, replace

from auth.masking.rule import VALUE
from connectors.errors import UnsupportedReadError
from connectors.model import Capability, Member, Writing
from connectors.protocol import Connector, PreparedRead
from govgraph.expressions.terms import Bind, Case, Column, Constant, Expression, Kind
from govgraph.expressions.walk import kind_of, substitute
from resolvers.planning.drafting import Drafting
from resolvers.planning.forms import AS_IT_IS, Form
from resolvers.planning.plan import Cell, Step
from resolvers.planning.shape import FromCell, Shape, TypeName, compile_object
from resolvers.planning.splice import Splice
from resolvers.planning.steps import StepDraft

EXACT = frozenset({Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN})
"""Kinds of which JSON holds every value exactly."""
ONE_ROW = "a single row is no list"
BELOW = "its rows are handed to the rows above them"
PLACES = "its rows are shown in several places, or with a cursor each"
ONWARDS = "its rows lead on to others"
UNREADY = "the source was not there when the question was planned, or leaves work undone"
TOO_MANY = "the source takes no list with so many values in a row"


def finished_steps(rows: Drafting) -> tuple[Step, ...]:
    """Return the steps of all drafts, in order."""
    connectors = rows.snapshot.connectors
    return tuple(finished(draft, connectors[draft.resource.department]) for draft in rows.drafts)


def finished(draft: StepDraft, connector: Connector) -> Step:
    """Return the step of a draft; its source writes the rows where it is set to it, and they allow it."""
    step = draft.finished(connector)
    if Capability.JSON not in connector.capabilities or draft.measures or draft.most is not None:
        return step
    why = why_rows(draft, step)
    if why or draft.shown is None:
        return replace(step, why_rows=why)
    written = WritingDraft(draft, draft.shown)
    try:
        prepared = connector.prepare(replace(step.read, writing=written.writing()))
    except UnsupportedReadError:
        return replace(step, why_rows=TOO_MANY)
    return replace(step, splice=written.splice(prepared))


def why_rows(draft: StepDraft, step: Step) -> str:
    """Return why the rows of a step are read one by one; empty where their source can write them."""
    if draft.key_fields:
        return BELOW if any(feed.step is not None for feed in draft.feeds) else ONE_ROW
    if draft.shown is None or draft.cut is None:
        return PLACES
    if draft.keys or any(not isinstance(entry, FromCell | TypeName) for _, entry in draft.shown.entries):
        return ONWARDS
    if step.finish is not None or not step.prepared.statement:
        return UNREADY
    return why_cells(draft)


def why_cells(draft: StepDraft) -> str:
    """Return which value of the rows keeps their source from writing them; empty where none does."""
    outputs = [*draft.outputs]
    for number, cell in enumerate(draft.cells):
        form = form_at(draft, number)
        if form is None or (number in beside(draft) and not form.as_it_is):
            return f"{cell.coordinate} takes its form here"
        if (kind_of(outputs[cell.output]) or Kind.TEXT) not in EXACT:
            return f"{cell.coordinate} is not written exactly"
    return ""


def form_at(draft: StepDraft, number: int) -> Form | None:
    """Return the form of a cell; one that nothing is done to is shown as it comes."""
    return draft.forms.get(number, AS_IT_IS if draft.cells[number].complete is None else None)


def beside(draft: StepDraft) -> tuple[int, ...]:
    """Return the cells that are needed of every row whatever is shown: the person it is about, its place."""
    subject = () if draft.subject is None else (draft.subject,)
    return tuple(dict.fromkeys((*subject, *draft.placed)))


@dataclass(slots=True)
class WritingDraft:
    """Gathers what a source is told to write the rows of a step as objects of one shape."""

    draft: StepDraft
    shape: Shape
    patterns: dict[tuple[str, str], None] = field(default_factory=dict)
    clean: dict[Expression, None] = field(default_factory=dict)

    def writing(self) -> Writing:
        """Return what the source is told."""
        draft = self.draft
        for number, cell in enumerate(draft.cells):
            self.check(cell, form_at(draft, number) or AS_IT_IS)
        if draft.cut is None:
            raise AssertionError
        return Writing(
            members=tuple(self.member(name, entry) for name, entry in self.shape.entries),
            patterns=tuple(self.patterns),
            clean=tuple(self.clean),
            beside=tuple(f"c{draft.cells[number].output}" for number in beside(draft)),
            size=Bind(draft.cut.size, Kind.INTEGER),
            backward=draft.cut.backward,
        )

    def check(self, cell: Cell, form: Form) -> None:
        """Have a row looked at for one of its cells."""
        output = self.column(cell)
        if form.pattern is not None:
            self.patterns[(output.name, form.pattern)] = None
        if form.clean is not None:
            self.clean[substitute(form.clean, {VALUE: output})] = None
        if cell.flag is not None:
            dirty = Column(f"c{cell.flag}", Kind.BOOLEAN)
            self.clean[Case(((dirty, Constant(False)),), Constant(True))] = None

    def member(self, name: str, entry: object) -> Member:
        """Return one member of the object of a row."""
        if isinstance(entry, TypeName):
            return Member(name, Constant(entry.name), caller=name != "__typename")
        if not isinstance(entry, FromCell):
            raise AssertionError(entry)
        cell = self.draft.cells[entry.cell]
        form = form_at(self.draft, entry.cell) or AS_IT_IS
        shown = substitute(form.shown, {VALUE: self.column(cell)})
        return Member(name, shown, form.kind, caller=name != cell.coordinate.partition(".")[2])

    def column(self, cell: Cell) -> Column:
        """Return the output of a cell as a column."""
        return Column(f"c{cell.output}", kind_of([*self.draft.outputs][cell.output]) or Kind.TEXT)

    def splice(self, prepared: PreparedRead) -> Splice:
        """Return how what the source writes takes its place."""
        order = beside(self.draft)
        places = {number: place for place, number in enumerate(order)}
        return Splice(
            prepared,
            beside=tuple(places.get(number) for number in range(len(self.draft.cells))),
            shape=compile_object(self.shape),
        )
