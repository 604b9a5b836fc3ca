"""Connections while a plan is made: the page that is read, and the places of the answer it fills."""

from collections.abc import Mapping
from typing import Any

from connectors.model import Measure, Measured
from govgraph.expressions.terms import Bind, Kind
from govgraph.expressions.walk import kind_of
from resolvers.documents.arguments import Leaf
from resolvers.documents.selection import Asked
from resolvers.errors import ValueNotValidError
from resolvers.planning.deletions import marked
from resolvers.planning.drafting import Drafting
from resolvers.planning.fields import normal, truth
from resolvers.planning.paging import beyond
from resolvers.planning.plan import Cut, Mark, Paging, Totals
from resolvers.planning.pushdown import reversed_order
from resolvers.planning.shape import EdgesOf, FactsOf, FromCell, Member, RowsOf, Shape, TotalOf, TypeName
from resolvers.planning.steps import StepDraft
from schema.inputs import PAGE
from schema.meaning import EdgeCursor, EdgeDeleted, EdgeNode, Edges, Nodes, PageFact, PageFacts, Total

CURSORS = ("startCursor", "endCursor")
FACTS: Mapping[str, str] = {
    "hasNextPage": "next",
    "hasPreviousPage": "previous",
    "startCursor": "start",
    "endCursor": "end",
}
"""What tells each fact of a page."""


def open_page(rows: Drafting, draft: StepDraft, asked: Asked, path: tuple[str, ...]) -> Bind:
    """Have a step read one page and one row more; return the bind of that number.

    Raises `VALUE_NOT_VALID` where both ends are asked for at once.
    """
    first, last = asked.arguments.get("first"), asked.arguments.get("last")
    if first is not None and last is not None:
        raise ValueNotValidError(
            "`first` and `last` cannot be asked for together",
            path=path,
            locations=[asked.location] if asked.location else [],
        )
    size = last if last is not None else first if first is not None else Leaf(literal=PAGE)
    draft.cut = Cut(rows.binds.add(size, int), backward=last is not None)
    draft.chosen = len(draft.predicates)
    order = draft.total_order()
    for name in ("after", "before"):
        leaf = asked.arguments.get(name)
        if leaf is not None:
            after = name == "after"
            mark = Mark(leaf, after, tuple(f"{name}{draft.number}_{n}" for n in range(len(order))))
            draft.predicates.append(beyond(order if after else reversed_order(order), mark.binds))
            draft.marks = (*draft.marks, mark)
    return Bind(rows.binds.add(size, lambda value: int(value) + 1), Kind.INTEGER)


def paging(rows: Drafting, draft: StepDraft, asked: Asked, coordinate: str) -> Paging:
    """Return how a connection pages; its cursors are read only where one is asked for."""
    order = draft.total_order()
    resource = draft.resource
    cells: tuple[int, ...] = ()
    if asks_cursor(asked):
        draft.placed = cells = draft.places()
        rows.facts.joined(resource, resource.key)
    return Paging(
        backward=draft.cut is not None and draft.cut.backward,
        marks=draft.marks,
        cells=cells,
        kinds=tuple(kind_of(step.expression) or Kind.TEXT for step in order),
        belongs=(coordinate, resource.department, resource.entity, [repr(step) for step in order]),
        where=asked.arguments.get("where") or None,
        order=asked.arguments.get("orderBy") or None,
    )


def asks_cursor(asked: Asked) -> bool:
    """Return whether a connection is asked for any cursor."""
    inner = [one.meaning for below in asked.below for one in below.below]
    return any(
        isinstance(one, EdgeCursor) or (isinstance(one, PageFact) and one.name in CURSORS) for one in inner
    )


def row_selections(asked: Asked) -> list[tuple[Asked, tuple[str, ...]]]:
    """Return each place of a connection that shows its rows, with its path below the connection."""
    found: list[tuple[Asked, tuple[str, ...]]] = []
    for below in asked.below:
        if isinstance(below.meaning, Nodes):
            found.append((below, (below.name,)))
        elif isinstance(below.meaning, Edges):
            nodes = (one for one in below.below if isinstance(one.meaning, EdgeNode))
            found += [(one, (below.name, one.name)) for one in nodes]
    return found


def marks_of_deletion(draft: StepDraft, asked: Asked) -> dict[tuple[str, ...], FromCell]:
    """Return the value of each place of a connection that tells whether a row is deleted."""
    places = [
        (below.name, one.name)
        for below in asked.below
        for one in below.below
        if isinstance(one.meaning, EdgeDeleted)
    ]
    name = draft.resource.name
    return {place: FromCell(draft.cell("deleted", name, marked(draft.resource), truth)) for place in places}


def every_shape(
    draft: StepDraft, asked: Asked, shapes: Mapping[tuple[str, ...], Shape]
) -> dict[tuple[str, ...], Shape | FromCell]:
    """Return what each place of a connection shows of a row, and note where one place alone shows it."""
    marks = marks_of_deletion(draft, asked)
    if not marks and len(shapes) == 1:
        [(path, shape)] = shapes.items()
        draft.shown = shape if len(path) == 1 else None
    return {**shapes, **marks}


def width(asked: Asked) -> int:
    """Return how many values of the answer one row of a connection makes."""
    return sum(len(one.below) for one, _ in row_selections(asked)) + int(asks_cursor(asked))


def count_draft(rows: Drafting, draft: StepDraft) -> StepDraft:
    """Return the step that counts the rows of a connection, one for all places that ask the same."""
    name = ("count", draft.number)
    if name not in rows.shared:
        counted = StepDraft(len(rows.drafts), draft.resource, draft.depth, draft.key_fields)
        counted.predicates = draft.predicates[: draft.chosen]
        counted.key_sets = draft.key_sets
        counted.feeds = draft.feeds
        rows.drafts.append(counted)
        rows.shared[name] = counted
    return rows.shared[name]


def count_rows(rows: Drafting, counted: StepDraft) -> Totals:
    """Have a step count rows and the persons they are about."""
    resource = counted.resource
    if counted.key_fields:
        counted.key(counted.key_fields)
    rows.facts.summed(resource, resource.key)
    total = counted.measure(f"{resource.name}.{resource.key[0]}", Measured(Measure.COUNT))
    return Totals(total, person_cell(counted))


def person_cell(counted: StepDraft) -> int | None:
    """Return the cell with the number of persons a group is about; None where there are no persons."""
    resource = counted.resource
    if resource.subject is None:
        return None
    person = Measured(Measure.DISTINCT, normal(resource.fields[resource.subject]))
    return counted.measure(f"{resource.name}.{resource.subject}", person)


def members(
    asked: Asked, shapes: dict[tuple[str, ...], Any], totals: Mapping[str, int]
) -> tuple[tuple[str, Member], ...]:
    """Return what a connection shows, by response name; `shapes` holds the shape of each place with rows."""
    return tuple((below.name, member(below, shapes, totals)) for below in asked.below)


def member(below: Asked, shapes: dict[tuple[str, ...], Any], totals: Mapping[str, int]) -> Member:
    """Return one member of a connection."""
    match below.meaning:
        case None:
            return TypeName(below.type_name)
        case Nodes():
            return RowsOf(shapes[(below.name,)])
        case Edges():
            return EdgesOf(tuple(edge(one, below.name, shapes) for one in below.below))
        case PageFacts():
            return FactsOf(tuple(fact(one) for one in below.below))
        case Total():
            return TotalOf(totals[below.name])
    raise AssertionError(below.meaning)


def edge(one: Asked, name: str, shapes: dict[tuple[str, ...], Any]) -> tuple[str, Any]:
    """Return one entry of an edge: its row or a mark of it, its cursor, or the name of its type."""
    if isinstance(one.meaning, EdgeNode | EdgeDeleted):
        return one.name, shapes[(name, one.name)]
    return one.name, None if isinstance(one.meaning, EdgeCursor) else TypeName(one.type_name)


def fact(one: Asked) -> tuple[str, Any]:
    """Return one entry of `pageInfo`: the attribute of the page, or the name of its type."""
    return one.name, FACTS[one.meaning.name] if isinstance(one.meaning, PageFact) else TypeName(one.type_name)
