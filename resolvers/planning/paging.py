"""Pages: which rows follow a place in a total order, and what is said of a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

import orjson

from auth.rights import Permissions
from connectors.model import Order
from govgraph.errors import Location
from govgraph.expressions.terms import And, Bind, Compare, Comparison, Expression, IsNull, Kind, Not, Or
from govgraph.expressions.walk import kind_of
from resolvers.documents.arguments import Leaf, Tree
from resolvers.errors import PageTooLargeError, ValueNotValidError
from resolvers.planning.binds import Moment
from resolvers.planning.cursor import Cursors
from resolvers.planning.plan import Branch, Mark, Paging, Plan

NONE_LONGER: Final[Mapping[int, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, whether rows stand after and before it, and what makes their cursors.

    `written` is their JSON where their source wrote it.
    """

    rows: Sequence[Any] = ()
    next: bool = False
    previous: bool = False
    cursor: Callable[[Any], str | None] = lambda _row: None
    written: Any = field(default=None, kw_only=True)

    def __iter__(self) -> Iterator[Any]:
        """Return the rows one by one."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def start(self) -> str | None:
        """Return the cursor of the first row."""
        return self.cursor(self.rows[0]) if self.rows else None

    @property
    def end(self) -> str | None:
        """Return the cursor of the last row."""
        return self.cursor(self.rows[-1]) if self.rows else None


@dataclass(frozen=True, slots=True)
class Ends(Page):
    """What is told of a page whose rows have left already, all but the first and the last of them."""

    first: Any = None
    last: Any = None

    @property
    def start(self) -> str | None:
        """Return the cursor of the first row."""
        return None if self.first is None else self.cursor(self.first)

    @property
    def end(self) -> str | None:
        """Return the cursor of the last row."""
        return None if self.last is None else self.cursor(self.last)


def beyond(order: Sequence[Order], names: Sequence[str]) -> Expression:
    """Return whether a row comes after the place bound under `names`, one for each step of the order.

    Null comes after every value where a step ascends, and before where it descends.
    """
    step, name = order[0], names[0]
    value = step.expression
    place = Bind(name, kind_of(value) or Kind.TEXT)
    here, there = IsNull(value), IsNull(place)
    if step.descending:
        after: Expression = Or((Compare(Comparison.LESS, value, place), And((Not(here), there))))
    else:
        after = Or((Compare(Comparison.GREATER, value, place), And((here, Not(there)))))
    if len(order) == 1:
        return after
    same = Or((Compare(Comparison.EQUAL, value, place), And((there, here))))
    return Or((after, And((same, beyond(order[1:], names[1:])))))


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """The cursors of one request: they open and are made for one caller, its rights, and one question."""

    cursors: Cursors
    moment: Moment
    permissions: Permissions
    smallest_group: int
    page_limit: int

    def places(self, plan: Plan) -> dict[str, Any]:
        """Return the binds of the places that the request's own cursors name; `CURSOR_NOT_VALID`."""
        found: dict[str, Any] = {}
        for branch in plan.branches:
            for mark in branch.paging.marks if branch.paging else ():
                found |= self.place(branch, mark)
        return found

    def place(self, branch: Branch, mark: Mark) -> Mapping[str, Any]:
        """Return the binds of one place."""
        paging = paging_of(branch)
        text = mark.leaf.value(self.moment.variables)
        values = self.cursors.open(text, self.context(paging), paging.kinds)
        return dict(zip(mark.binds, values, strict=True))

    def context(self, paging: Paging) -> str:
        """Return what a cursor belongs to: a caller with its rights, chosen rows and their order."""
        principal = self.moment.principal
        where, order = (resolved(tree, self.moment.variables) for tree in (paging.where, paging.order))
        parts = [
            principal.client,
            principal.subject,
            principal.department,
            self.permissions.fingerprint,
            paging.belongs,
            where,
            order,
        ]
        return sha256(orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def pages(self, branch: Branch) -> Callable[[Sequence[Any], bool], Page]:
        """Return what makes the pages of a branch from their rows and whether there are more."""
        paging = paging_of(branch)
        sides = {mark.after for mark in paging.marks}
        cells, context = paging.cells, self.context(paging) if paging.cells else ""

        def cursor(row: Any) -> str:
            return self.cursors.seal([row[cell] for cell in cells], context)

        def page(rows: Sequence[Any], more: bool) -> Page:
            if paging.backward:
                return Page(rows, False in sides, more, cursor)
            return Page(rows, more, True in sides, cursor)

        return page


def paging_of(branch: Branch) -> Paging:
    """Return the paging of a branch that is a connection."""
    if branch.paging is None:
        raise AssertionError
    return branch.paging


def resolved(tree: Tree, variables: Mapping[str, Any]) -> Any:
    """Return a tree of arguments with the values of one request in the places of its leaves."""
    if isinstance(tree, dict):
        return {name: resolved(item, variables) for name, item in tree.items()}
    if isinstance(tree, list):
        return [resolved(item, variables) for item in tree]
    return tree.value(variables) if isinstance(tree, Leaf) else tree


def check_pages(
    plan: Plan, binds: Mapping[str, Any], page_limit: int, longer: Mapping[int, int] = NONE_LONGER
) -> None:
    """Refuse a `first` or `last` that is negative or above the page limit; `longer` has that of branches
    whose own is higher.
    """
    for branch in plan.branches:
        count = binds[branch.limit] if branch.limit else 0
        most = longer.get(branch.number, page_limit)
        places: list[Location] = [branch.location] if branch.location else []
        name = "last" if branch.paging and branch.paging.backward else "first"
        if count < 0:
            raise ValueNotValidError(f"`{name}` is not a number of rows", path=branch.path, locations=places)
        if count > most:
            what = f"`{name}` asks for more than {most} rows"
            raise PageTooLargeError(what, path=branch.path, locations=places)
