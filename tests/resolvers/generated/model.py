"""The answer to a question, plainly: rows in memory, one field after the other. No SQL, no plan, no step."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from auth.masking.rule import MaskRule
from auth.rights import Rights
from schema.catalog import CatalogField, Link, Resource
from schema.meaning import (
    Along,
    AlongPages,
    ByKey,
    EdgeCursor,
    EdgeNode,
    Edges,
    Listing,
    Nodes,
    PageFact,
    PageFacts,
    Summary,
    Total,
    Value,
    Verify,
)
from tests.resolvers.generated.asking import Asked, Bookmark
from tests.resolvers.generated.choosing import Choice, Mark, Step, compared_places
from tests.resolvers.generated.cities import City, Row
from tests.resolvers.generated.sums import Sums
from tests.resolvers.generated.values import fits, masked, normal, shown
from tests.resolvers.where_model import both

PAGE = 50
Path = tuple[str, ...]


@dataclass(slots=True)
class Told:
    """What an answer tells beside its data, by the path of response names.

    `absent` are places without a row, `twice` places where one row is expected and more are found,
    `suppressed` numbers of too few persons; `rows` are those that a place shows, by their identity.
    """

    absent: set[Path] = field(default_factory=set)
    twice: set[Path] = field(default_factory=set)
    suppressed: set[Path] = field(default_factory=set)
    grouped: set[Path] = field(default_factory=set)
    rows: dict[Path, dict[int, Row]] = field(default_factory=lambda: defaultdict(dict))
    resources: dict[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, in their order."""

    rows: Sequence[Row]
    next: bool
    previous: bool
    steps: Sequence[Step]


class Model:
    """Answers questions of a city's caller. `bookmarks` are the places that cursors hold."""

    def __init__(self, city: City, bookmarks: Mapping[int, Mark | None]) -> None:
        self.city = city
        self.choice = Choice(city)
        self.rights = city.permissions.rights
        self.bookmarks = bookmarks
        self.told = Told()

    def answer(self, roots: Sequence[Asked]) -> dict[str, Any]:
        """Return the data; a cursor is the `Mark` that it holds."""
        return {one.name: self.root(one) for one in roots}

    def resource(self, name: str) -> Resource:
        """Return a resource."""
        return self.city.catalog.resources[name]

    def root(self, asked: Asked) -> Any:
        """Return the value of a root field."""
        path = (asked.name,)
        match asked.meaning:
            case ByKey(name):
                rows = self.by_key(asked, self.resource(name), path)
                return self.row(asked.below, self.resource(name), rows[0], path) if rows else None
            case Listing(name):
                rows = self.choice.chosen(name, self.choice.opened(name), asked.given("where"))
                return self.connection(asked, self.resource(name), rows, path)
            case Verify(name, _, others):
                rows = self.by_key(asked, self.resource(name), path)
                match_ = self.agrees(asked, self.resource(name), rows[0], others) if rows else None
                return {one.name: match_ if one.meaning else one.type_name for one in asked.below}
            case Summary(name):
                rows = self.choice.chosen(name, self.choice.opened(name), asked.given("where"))
                summed = Sums(self.resource(name), self.city.smallest).answer(asked, rows)
                self.told.suppressed |= {path} if summed.suppressed else set()
                self.told.grouped |= {path} if summed.any_group else set()
                return summed.data
        return asked.type_name

    def by_key(self, asked: Asked, resource: Resource, path: Path) -> list[Row]:
        """Return the row with a key, the first where there are several."""
        keys = [normal(resource.fields[name], str(asked.given(name))) for name in resource.key]
        rows = self.choice.found(resource.name, self.choice.opened(resource.name), resource.key, keys)
        return self.noted(resource, self.choice.ordered(resource.name, rows, ()), path, one=True)

    def agrees(self, asked: Asked, resource: Resource, row: Row, others: Sequence[str]) -> bool | None:
        """Return whether a row holds what is stated of it; unknown where it has nothing to compare."""
        truths = []
        for name in others:
            one = resource.fields[name]
            given = normal(one, str(asked.given(name)))
            here = normal(one, row[name])
            truths.append(None if None in (given, here) else given == here)
        return both(truths)

    def noted(self, resource: Resource, rows: Sequence[Row], path: Path, *, one: bool = False) -> list[Row]:
        """Return the rows that a place shows, and note how many there are."""
        if not rows:
            self.told.absent.add(path)
        if one and len(rows) > 1:
            self.told.twice.add(path)
        return self.showing(resource, rows[:1] if one else rows, path)

    def showing(self, resource: Resource, rows: Sequence[Row], path: Path) -> list[Row]:
        """Return the rows, noted as shown."""
        self.told.resources[path] = resource.name
        self.told.rows[path].update((id(row), row) for row in rows)
        return list(rows)

    def row(self, below: Sequence[Asked], resource: Resource, row: Row, path: Path) -> dict[str, Any]:
        """Return what is asked of a row."""
        return {one.name: self.entry(one, resource, row, (*path, one.name)) for one in below}

    def entry(self, asked: Asked, resource: Resource, row: Row, path: Path) -> Any:
        """Return one field of a row."""
        match asked.meaning:
            case Value(_, name):
                rights = self.rights[f"{resource.name}.{name}"]
                return self.seen(resource, resource.fields[name], row, rights)
            case Along(_, link):
                return self.along(asked, resource, row, link, path)
            case AlongPages(_, link):
                rows = self.choice.linked(resource, row, link)
                if rows is not None:
                    rows = self.choice.chosen(link.target, rows, asked.given("where"))
                return self.connection(asked, self.resource(link.target), rows, path)
        return asked.type_name

    def seen(self, resource: Resource, one: CatalogField, row: Row, rights: Rights) -> Any:
        """Return a field as the caller sees it: whole, or through its mask."""
        if rights.mask is None:
            return shown(one, row[one.name])
        code = self.mask(resource, row, rights.mask)
        return None if code is None else masked(code, one, row[one.name], rights)

    def mask(self, resource: Resource, row: Row, rule: MaskRule) -> str | None:
        """Return the mask of a row: a stricter one where its condition is not surely false."""
        for exception in rule.exceptions:
            if self.choice.granted(resource, row, exception.condition) is not False:
                return exception.mask if fits(exception.mask, rule.mask) else None
        return rule.mask

    def along(self, asked: Asked, resource: Resource, row: Row, link: Link, path: Path) -> Any:
        """Return the row or rows that a link leads to."""
        target = self.resource(link.target)
        rows = self.choice.linked(resource, row, link)
        self.told.resources[path] = target.name
        if rows is None:
            return None if link.one else []
        rows = self.choice.chosen(target.name, rows, asked.given("where"))
        rows = self.choice.ordered(target.name, rows, self.choice.steps(target.name, asked.given("orderBy")))
        first = asked.arguments.get("first", PAGE)
        note = self.showing if first == 0 and not link.one else partial(self.noted, one=link.one)
        rows = note(target, rows if link.one else rows[:first], path)
        found = [self.row(asked.below, target, one, path) for one in rows]
        return (found[0] if found else None) if link.one else found

    def connection(self, asked: Asked, resource: Resource, rows: Sequence[Row] | None, path: Path) -> Any:
        """Return a page of rows, at the root or below a row; `rows` is None where no key leads to any."""
        self.told.resources[path] = resource.name
        page = Page((), False, False, ()) if rows is None else self.page(asked, resource.name, rows)
        if rows is not None:
            # A page that is empty of itself, or past the end, tells nothing of the source.
            partly = 0 in (asked.given("first"), asked.given("last"))
            partly |= any(self.place(asked.given(end)) is not None for end in ("after", "before"))
            whole = isinstance(asked.meaning, AlongPages) and not partly
            (self.noted if whole else self.showing)(resource, page.rows, path)
        return {one.name: self.member(one, resource, page, rows or (), path) for one in asked.below}

    def member(self, asked: Asked, resource: Resource, page: Page, rows: Sequence[Row], path: Path) -> Any:
        """Return one member of a connection."""
        below = (*path, asked.name)
        match asked.meaning:
            case Nodes():
                return [self.row(asked.below, resource, row, below) for row in page.rows]
            case Edges():
                return [self.edge(asked, resource, page, row, below) for row in page.rows]
            case PageFacts():
                return {one.name: self.fact(one, resource, page) for one in asked.below}
            case Total():
                return self.total(resource, rows, below)
        return asked.type_name

    def edge(self, asked: Asked, resource: Resource, page: Page, row: Row, path: Path) -> dict[str, Any]:
        """Return a row with its cursor."""
        shown_: dict[str, Any] = {}
        for one in asked.below:
            match one.meaning:
                case EdgeNode():
                    shown_[one.name] = self.row(one.below, resource, row, (*path, one.name))
                case EdgeCursor():
                    shown_[one.name] = self.choice.mark(resource.name, page.steps, row)
                case _:
                    shown_[one.name] = one.type_name
        return shown_

    def fact(self, asked: Asked, resource: Resource, page: Page) -> Any:
        """Return a fact of a page."""
        if not isinstance(asked.meaning, PageFact):
            return asked.type_name
        ends: list[Mark | None] = [self.choice.mark(resource.name, page.steps, row) for row in page.rows] or [
            None
        ]
        facts = {"hasNextPage": page.next, "hasPreviousPage": page.previous}
        return {**facts, "startCursor": ends[0], "endCursor": ends[-1]}[asked.meaning.name]

    def page(self, asked: Asked, name: str, rows: Sequence[Row]) -> Page:
        """Return the rows between two places, from the start or from the end."""
        steps = self.choice.steps(name, asked.given("orderBy"))
        after, before = (self.place(asked.given(end)) for end in ("after", "before"))
        rows = self.choice.ordered(name, rows, steps)
        if after is not None:
            rows = [row for row in rows if self.side(name, steps, row, after) > 0]
        if before is not None:
            rows = [row for row in rows if self.side(name, steps, row, before) < 0]
        if (last := asked.given("last")) is not None:
            return Page(rows[max(0, len(rows) - last) :], before is not None, len(rows) > last, steps)
        first = PAGE if asked.given("first") is None else asked.given("first")
        return Page(rows[:first], len(rows) > first, after is not None, steps)

    def place(self, bookmark: Bookmark | None) -> Mark | None:
        """Return the place that a cursor holds."""
        return None if bookmark is None else self.bookmarks.get(bookmark.number)

    def side(self, name: str, steps: Sequence[Step], row: Row, mark: Mark) -> int:
        """Return on which side of a place a row stands: below zero before it, above zero after it."""
        return compared_places(steps, self.choice.mark(name, steps, row), mark)

    def total(self, resource: Resource, rows: Sequence[Row], path: Path) -> int | None:
        """Return the number of rows of all pages; null where they are about too few persons."""
        if resource.subject is not None:
            subject = resource.fields[resource.subject]
            persons = {normal(subject, row[subject.name]) for row in rows} - {None}
            if len(persons) < self.city.smallest:
                self.told.suppressed.add(path)
                return None
        return len(rows)
