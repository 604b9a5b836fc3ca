"""From what a document asks to a plan: one statement per source and depth for each set of rows."""

from dataclasses import dataclass, field, replace
from typing import Any

from auth.rights import Permissions
from govgraph.expressions.terms import And, Bind, Compare, Comparison, Constant, Expression, Kind
from resolvers.documents.arguments import identity
from resolvers.documents.selection import Asked
from resolvers.planning.aggregates import Aggregation
from resolvers.planning.connections import (
    count_draft,
    count_rows,
    every_shape,
    members,
    open_page,
    paging,
    row_selections,
    width,
)
from resolvers.planning.drafting import Drafting, Pseudonyms
from resolvers.planning.facts import FactsDraft
from resolvers.planning.fields import normaliser, truth
from resolvers.planning.increments import by_changes
from resolvers.planning.plan import Branch, Feed, Plan, Way
from resolvers.planning.shape import (
    Entry,
    FromCell,
    Introspected,
    Linked,
    Paged,
    RootMatch,
    RootObject,
    Shape,
    TypeName,
    compile_shape,
)
from resolvers.planning.steps import StepDraft
from resolvers.planning.writing import finished_steps
from resolvers.snapshot import Snapshot
from schema.catalog import Link, Resource
from schema.meaning import Along, AlongPages, AlongSummary, ByKey, Listing, Total, Value, Verify
from schema.meaning import Summary as SummaryField


@dataclass(slots=True)
class Planner:
    """Makes one plan: the places of the answer, and the steps that `rows` drafts for them."""

    rows: Drafting
    branches: list[Branch] = field(default_factory=list)

    def plan(self, roots: tuple[Asked, ...]) -> Plan:
        """Return the plan for the root fields asked."""
        root = Shape(tuple((asked.name, self.root(asked)) for asked in roots))
        steps = finished_steps(self.rows)
        return Plan(
            steps=steps,
            before=tuple(tuple(one.number for one in steps if step.number in one.after) for step in steps),
            branches=tuple(self.branches),
            places={
                step.number: tuple(one.number for one in self.branches if one.step == step.number)
                for step in steps
            },
            binds=self.rows.binds.values,
            charges=tuple(self.rows.charges),
            facts=self.rows.facts.finished(),
            shape=compile_shape(root),
            introspects=any(isinstance(entry, Introspected) for _, entry in root.entries),
        )

    def root(self, asked: Asked) -> Entry:
        """Return the entry of one root field."""
        match asked.meaning:
            case None:
                return TypeName(asked.type_name) if asked.field == "__typename" else self.introspected(asked)
            case ByKey(name):
                return self.by_key(asked, self.rows.resource(name))
            case Listing(name):
                return self.listing(asked, self.rows.resource(name))
            case SummaryField(name):
                return self.aggregation(asked, self.rows.resource(name))
            case Verify(name, key, compared):
                return self.verification(asked, self.rows.resource(name), key, compared)
        raise AssertionError(asked.meaning)

    def introspected(self, asked: Asked) -> Entry:
        """Return the entry of `__schema` or `__type`."""
        self.rows.facts.asked.add(asked.field)
        return Introspected(asked.name)

    def by_key(self, asked: Asked, resource: Resource) -> Entry:
        """Return the entry of a root field that finds one row by its key."""
        draft, branch = self.root_lookup(asked, resource, Way.BY_KEY, resource.key)
        return RootObject(branch, self.shape(asked.below, draft, branch, (asked.name,)))

    def root_lookup(
        self, asked: Asked, resource: Resource, way: Way, key: tuple[str, ...]
    ) -> tuple[StepDraft, int]:
        """Return the step and branch of a root field whose arguments are a key."""
        leaves = tuple(asked.arguments[name] for name in key)
        draft = self.rows.root_draft(resource, key)
        draft.feeds.append(Feed(arguments=leaves))
        own = draft.key(key)
        for name, leaf in zip(key, leaves, strict=True):
            self.rows.charge(resource, name, leaf)
        branch = self.branch(asked, draft, way, (asked.name,), key=own, arguments=leaves)
        return draft, branch

    def listing(self, asked: Asked, resource: Resource) -> Entry:
        """Return the entry of a root field that lists rows."""
        draft = self.rows.new_draft(resource, 0)
        self.rows.narrow(draft, asked.arguments)
        by_changes(self.rows, draft, asked)
        path = (asked.name,)
        draft.limit = open_page(self.rows, draft, asked, path)
        coordinate = f"{asked.type_name}.{asked.field}"
        branch = self.branch(asked, draft, Way.LIST, path, **self.page_of(asked, draft, coordinate))
        shapes = self.row_shapes(asked, draft, branch, path)
        return Paged(branch, None, members(asked, shapes, self.totals(asked, draft, path)))

    def page_of(self, asked: Asked, draft: StepDraft, coordinate: str) -> dict[str, Any]:
        """Return what a branch that is a connection says more than others."""
        size = draft.cut.size if draft.cut else None
        return {
            "limit": size,
            "paging": paging(self.rows, draft, asked, coordinate),
            "width": width(asked),
        }

    def row_shapes(
        self, asked: Asked, draft: StepDraft, branch: int, path: tuple[str, ...]
    ) -> dict[tuple[str, ...], Shape | FromCell]:
        """Return the shape of each place of a connection that shows its rows, and their marks."""
        shapes = {
            below: self.shape(one.below, draft, branch, (*path, *below))
            for one, below in row_selections(asked)
        }
        return every_shape(draft, asked, shapes)

    def totals(self, asked: Asked, draft: StepDraft, path: tuple[str, ...], **place: Any) -> dict[str, int]:
        """Return the branches that count all rows of a connection, one for each name of their number."""
        found: dict[str, int] = {}
        for below in asked.below:
            if isinstance(below.meaning, Total):
                counted = count_draft(self.rows, draft)
                more = {"totals": count_rows(self.rows, counted), **place}
                found[below.name] = self.branch(below, counted, Way.COUNT, (*path, below.name), **more)
        return found

    def aggregation(self, asked: Asked, resource: Resource) -> Entry:
        """Return the entry of a root field that counts and sums up rows."""
        return self.summed(asked, self.rows.new_draft(resource, 0), (asked.name,))

    def summed(self, asked: Asked, draft: StepDraft, path: tuple[str, ...], **place: Any) -> Entry:
        """Return the entry of an aggregation over the rows of a new step; `place` says below what."""
        made = Aggregation(self.rows, draft, asked)
        branch = self.branch(asked, draft, Way.AGGREGATE, path, **place)
        entry = made.entry(branch, place.get("key"))
        summary = made.summary()
        self.branches[branch] = replace(self.branches[branch], summary=summary, width=len(summary.amounts))
        for name in made.grouped:
            self.returned(branch, made.coordinate(name))
        return entry

    def verification(
        self, asked: Asked, resource: Resource, key: tuple[str, ...], compared: tuple[str, ...]
    ) -> Entry:
        """Return the entry of a root field that compares at the source and gives only the truth of it."""
        draft, branch = self.root_lookup(asked, resource, Way.VERIFY, key)
        parts: list[Expression] = []
        for name in compared:
            one = resource.fields[name]
            self.rows.charge(resource, name, asked.arguments[name])
            bind = self.rows.binds.add(asked.arguments[name], normaliser(one))
            parts.append(Compare(Comparison.EQUAL, draft.normal(one), Bind(bind)))
        cell = draft.cell(("match", branch), f"{resource.name}.{compared[0]}", And(tuple(parts)), truth)
        cells = tuple((b.name, None if b.field == "__typename" else cell) for b in asked.below)
        return RootMatch(branch, asked.value_type, cells)

    def shape(self, below: tuple[Asked, ...], draft: StepDraft, branch: int, path: tuple[str, ...]) -> Shape:
        """Return the shape of the rows of a branch."""
        return Shape(tuple((one.name, self.entry(one, draft, branch, (*path, one.name))) for one in below))

    def entry(self, asked: Asked, draft: StepDraft, branch: int, path: tuple[str, ...]) -> Entry:
        """Return the entry of one field of a row."""
        match asked.meaning:
            case None:
                return TypeName(asked.type_name)
            case Value(_, name):
                rights = self.rows.rights(draft.resource, name)
                self.rows.facts.read(draft.resource, name, rights, path)
                self.returned(branch, f"{draft.resource.name}.{name}")
                return FromCell(self.rows.value_cell(draft, draft.resource.fields[name], rights))
            case Along(_, link):
                return self.linked(asked, link, draft, branch, path)
            case AlongPages(_, link):
                return self.paged(asked, link, draft, branch, path)
            case AlongSummary(_, link):
                key, below, coordinate = self.along(asked, link, draft)
                return self.summed(asked, below, path, parent=branch, key=key, link=(coordinate,))
        raise AssertionError(asked.meaning)

    def linked(self, asked: Asked, link: Link, draft: StepDraft, branch: int, path: tuple[str, ...]) -> Entry:
        """Return the entry of a link: the rows of another resource that share a key with this row."""
        key, below, coordinate = self.along(asked, link, draft)
        way = Way.TO_ONE if link.one else Way.TO_MANY
        first = below.per_key.name if isinstance(below.per_key, Bind) else None
        number = self.branch(asked, below, way, path, parent=branch, key=key, limit=first, link=(coordinate,))
        self.returned(number, coordinate)
        return Linked(number, key, link.one, self.shape(asked.below, below, number, path))

    def paged(self, asked: Asked, link: Link, draft: StepDraft, branch: int, path: tuple[str, ...]) -> Entry:
        """Return the entry of the twin of a to-many link: a page of its rows for each row of this branch."""
        key, below, coordinate = self.along(asked, link, draft)
        place: dict[str, Any] = {"parent": branch, "key": key, "link": (coordinate,)}
        page = self.page_of(asked, below, coordinate)
        number = self.branch(asked, below, Way.TO_MANY, path, **place, **page)
        self.returned(number, coordinate)
        shapes = self.row_shapes(asked, below, number, path)
        return Paged(number, key, members(asked, shapes, self.totals(asked, below, path, **place)))

    def along(self, asked: Asked, link: Link, draft: StepDraft) -> tuple[int, StepDraft, str]:
        """Return the key that a link follows, the step of its rows, and the link's coordinate."""
        target = self.rows.resource(link.target)
        mine, theirs = tuple(pair[0] for pair in link.by), tuple(pair[1] for pair in link.by)
        self.rows.facts.joined(draft.resource, (*mine, *(name for name, _ in link.when)))
        self.rows.facts.joined(target, theirs)
        coordinate = f"{draft.resource.name}.{link.name}"
        self.rows.facts.asked.add(coordinate)
        key = draft.key(mine, link.when)
        below = self.link_draft(asked, link, target, theirs, draft.depth + 1)
        feed = Feed(step=draft.number, key=key)
        if feed not in below.feeds:
            below.feeds.append(feed)
        return key, below, coordinate

    def link_draft(
        self, asked: Asked, link: Link, target: Resource, theirs: tuple[str, ...], depth: int
    ) -> StepDraft:
        """Return the step of a link's rows, shared by places that ask for the same rows."""
        if isinstance(asked.meaning, AlongSummary):
            return self.rows.new_draft(target, depth, theirs, link.target_when)
        pages = isinstance(asked.meaning, AlongPages)
        name = (
            target.name,
            depth,
            theirs,
            link.target_when,
            link.one,
            pages,
            identity(dict(asked.arguments)),
        )
        draft = self.rows.shared.get(name)
        if draft is None:
            draft = self.rows.new_draft(target, depth, theirs, link.target_when)
            self.rows.shared[name] = draft
            self.rows.narrow(draft, asked.arguments)
            if pages:
                draft.per_key = open_page(self.rows, draft, asked, (asked.name,))
            elif not link.one:
                first = self.rows.first(asked)
                draft.per_key = Bind(first, Kind.INTEGER) if first else Constant(self.rows.page_limit)
        return draft

    def branch(self, asked: Asked, draft: StepDraft, way: Way, path: tuple[str, ...], **more: Any) -> int:
        """Return the number of a new branch."""
        number = len(self.branches)
        facts: dict[str, Any] = {"width": len(asked.below), "coverage": draft.resource.coverage, **more}
        self.branches.append(
            Branch(
                number=number,
                path=path,
                way=way,
                step=draft.number,
                resource=draft.resource.name,
                coordinates=(),
                location=asked.location,
                **facts,
            )
        )
        return number

    def returned(self, branch: int, coordinate: str) -> None:
        """Note a coordinate that a branch gives when it does not fail."""
        one = self.branches[branch]
        if coordinate not in one.coordinates:
            self.branches[branch] = replace(one, coordinates=(*one.coordinates, coordinate))


def make_plan(
    roots: tuple[Asked, ...],
    snapshot: Snapshot,
    permissions: Permissions,
    page_limit: int,
    pseudonyms: Pseudonyms,
) -> Plan:
    """Return the plan for the root fields that a caller asks, with what the caller may do."""
    rows = Drafting(snapshot, permissions, page_limit, pseudonyms, FactsDraft(permissions))
    return Planner(rows).plan(roots)
