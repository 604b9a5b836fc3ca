"""The shaper: Python generated per plan that walks the rows once and builds the answer.

Only response names and type names, which are GraphQL names, and positions enter the code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, assert_name

Groups = Sequence[Any]
Shaper = Callable[[Groups, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FromCell:
    """A value of the row."""

    cell: int


@dataclass(frozen=True, slots=True)
class TypeName:
    """The name of the row's type."""

    name: str


@dataclass(frozen=True, slots=True)
class Introspected:
    """A part of the caller's schema, answered beside the data."""

    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows of a link: an object or a list; `key` is the position of the key in the parent's row."""

    branch: int
    key: int
    one: bool
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class RootObject:
    """The row of a root field that finds one."""

    branch: int
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The rows of a page."""

    shape: "Shape"


@dataclass(frozen=True, slots=True)
class EdgesOf:
    """The edges of a page: by response name the shape of the row, a value of it, a type's name, or None
    for the cursor.
    """

    entries: "tuple[tuple[str, Shape | FromCell | TypeName | None], ...]"


@dataclass(frozen=True, slots=True)
class FactsOf:
    """The facts of a page: by response name the attribute of the page that tells it, or a type's name."""

    entries: tuple[tuple[str, str | TypeName], ...]


@dataclass(frozen=True, slots=True)
class TotalOf:
    """The number of rows of all pages, counted by a branch of its own."""

    branch: int


Member = RowsOf | EdgesOf | FactsOf | TotalOf | TypeName


@dataclass(frozen=True, slots=True)
class Paged:
    """A connection; `key` is the position of the key in the parent's row, None at the root."""

    branch: int
    key: int | None
    members: tuple[tuple[str, Member], ...]


@dataclass(frozen=True, slots=True)
class Inner:
    """An object made of the same row."""

    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Summed:
    """An aggregation: by response name the shape of its groups, a type's name, or None for `suppressed`.

    `key` is the position of the key in the parent's row, None at the root.
    """

    branch: int
    members: "tuple[tuple[str, Shape | TypeName | None], ...]"
    key: int | None = None


@dataclass(frozen=True, slots=True)
class RootMatch:
    """The verification of a root field: `match` by response name; None stands for `__typename`."""

    branch: int
    type_name: str
    cells: tuple[tuple[str, int | None], ...]


Entry = FromCell | TypeName | Introspected | Linked | RootObject | Paged | RootMatch | Inner | Summed


@dataclass(frozen=True, slots=True)
class Shape:
    """An object of the answer: its entries by response name, in order."""

    entries: tuple[tuple[str, Entry], ...]


class Writer:
    """Writes one function for all shapes of a plan.

    What a link leads to is made once for each key, before the rows above it, which then find it by their
    own: no function is called for a row, and a row that many lead to becomes one object.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def object(self, shape: Shape, row: str) -> str:
        """Return the code of an object; `row` is the name of the row it is made of."""
        members = (f"{quoted(name)}: {self.expression(entry, row)}" for name, entry in shape.entries)
        return f"{{{', '.join(members)}}}"

    def before(self, name: str, code: str) -> str:
        """Have the value of an expression made before the code that follows; return its name."""
        self.count += 1
        self.lines.append(f"    {name}_{self.count} = {code}")
        return f"{name}_{self.count}"

    def expression(self, entry: Entry, row: str) -> str:  # noqa: C901, PLR0911 - one match over the kinds
        """Return the code that gives the value of one entry."""
        match entry:
            case FromCell(cell):
                return f"{row}[{cell}]"
            case TypeName(name):
                return quoted(name)
            case Introspected(name):
                return f"introspected[{quoted(name)}]"
            case Linked():
                return self.linked(entry, row)
            case RootObject(branch, shape):
                found = self.before("row", f"groups[{branch}][0] if groups[{branch}] else None")
                return f"(None if {found} is None else {self.object(shape, found)})"
            case Paged():
                return self.paged(entry, row)
            case RootMatch():
                return self.root_match(entry)
            case Inner(shape):
                return self.object(shape, row)
            case Summed():
                return self.summed(entry, row)

    def linked(self, entry: Linked, row: str) -> str:
        """Return the code for the rows of a link; a failed branch is null, a row without a key has none."""
        shown, groups = self.object(entry.shape, "row"), f"groups[{entry.branch}]"
        if entry.one:  # each key has one row at most
            made = f"{{key: {shown} for key, rows in {groups}.items() for row in rows}}"
        else:
            made = f"{{key: [{shown} for row in rows] for key, rows in {groups}.items()}}"
        find = self.before("find", f"nothing if {groups} is None else {made}.get")
        return f"{find}({row}[{-1 - entry.key}]{'' if entry.one else ', ()'})"

    def paged(self, entry: Paged, row: str) -> str:
        """Return the code for a connection; below a row, every key has its page."""
        groups = f"groups[{entry.branch}]"
        if entry.key is None:
            page = self.before("page", groups)
            return f"(None if {page} is None else {self.members(entry, page, '')})"
        made = f"{{key: {self.members(entry, 'page', '.get(key)')} for key, page in {groups}.items()}}"
        find = self.before("find", f"nothing if {groups} is None else {made}.get")
        return f"{find}({row}[{-1 - entry.key}])"

    def members(self, entry: Paged, page: str, of_key: str) -> str:
        """Return the code of a connection's object; `page` is the name of its page."""
        shown = (f"{quoted(name)}: {self.member(one, page, of_key)}" for name, one in entry.members)
        return f"{{{', '.join(shown)}}}"

    def member(self, member: Member, page: str, of_key: str) -> str:
        """Return the code for one member of a connection; `of_key` leads to what belongs to its parent."""
        match member:
            case TypeName(name):
                return quoted(name)
            case RowsOf(shape):
                return f"({page}.written or [{self.object(shape, 'row')} for row in {page}.rows])"
            case EdgesOf(entries):
                parts = ", ".join(f"{quoted(name)}: {self.edge(one, page)}" for name, one in entries)
                return f"[{{{parts}}} for row in {page}.rows]"
            case FactsOf(entries):
                parts = ", ".join(f"{quoted(name)}: {fact(one, page)}" for name, one in entries)
                return f"{{{parts}}}"
            case TotalOf(branch):
                return f"(None if groups[{branch}] is None else groups[{branch}]{of_key})"

    def edge(self, entry: Shape | TypeName | FromCell | None, page: str) -> str:
        """Return the code for one entry of an edge."""
        if entry is None:
            return f"{page}.cursor(row)"
        if isinstance(entry, FromCell):
            return f"row[{entry.cell}]"
        if isinstance(entry, TypeName):
            return quoted(entry.name)
        return self.object(entry, "row")

    def summed(self, entry: Summed, row: str) -> str:
        """Return the code for an aggregation."""
        groups = f"groups[{entry.branch}]"
        if entry.key is None:
            return f"(None if {groups} is None else {self.sums(entry, groups)})"
        made = f"{{key: {self.sums(entry, 'found')} for key, found in {groups}.items()}}"
        find = self.before("find", f"nothing if {groups} is None else {made}.get")
        return f"{find}({row}[{-1 - entry.key}])"

    def sums(self, entry: Summed, found: str) -> str:
        """Return the code of an aggregation's object; `found` is the name of its groups."""
        members = []
        for name, shape in entry.members:
            if isinstance(shape, TypeName):
                value = quoted(shape.name)
            elif shape is None:
                value = f"{found}.suppressed"
            else:
                value = f"[{self.object(shape, 'row')} for row in {found}.rows]"
            members.append(f"{quoted(name)}: {value}")
        return f"{{{', '.join(members)}}}"

    def root_match(self, entry: RootMatch) -> str:
        """Return the code for a verification; without a row its match is null."""
        members = []
        for name, cell in entry.cells:
            found = f"(groups[{entry.branch}][0][{cell}] if groups[{entry.branch}] else None)"
            members.append(f"{quoted(name)}: {quoted(entry.type_name) if cell is None else found}")
        return f"(None if groups[{entry.branch}] is None else {{{', '.join(members)}}})"


def fact(entry: str | TypeName, page: str) -> str:
    """Return the code for one entry of `pageInfo`."""
    return quoted(entry.name) if isinstance(entry, TypeName) else f"{page}.{assert_name(entry)}"


def quoted(name: str) -> str:
    """Return a GraphQL name as a Python literal; anything else is a fault of the planner."""
    try:
        return repr(assert_name(name))
    except GraphQLError:
        raise AssertionError from None


def nothing(_key: object, _without: object = None) -> None:
    """Find nothing, as a branch that failed has it for every row."""


def compile_object(shape: Shape) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Return what makes the object of one row that leads on to no others."""
    scope: dict[str, Any] = {}
    code = f"def made(row):\n    return {Writer().object(shape, 'row')}"
    exec(compile(code, "<object>", "exec"), scope)  # noqa: S102 - names are GraphQL names
    made: Callable[[Sequence[Any]], dict[str, Any]] = scope["made"]
    return made


def compile_shape(root: Shape) -> Shaper:
    """Return the shaper of a plan. It takes the rows of each branch and the introspected parts.

    Rows of a branch are None where it failed, a list at the root, and by key of the parent below it;
    a connection has pages (`resolvers.planning.paging`) in the place of lists.
    """
    writer = Writer()
    shown = writer.object(root, "row")
    lines = ["def shape(groups, introspected):", *writer.lines, f"    return {shown}"]
    scope: dict[str, Any] = {"nothing": nothing}
    exec(compile("\n".join(lines), "<shape>", "exec"), scope)  # noqa: S102 - names are GraphQL names
    shaper: Shaper = scope["shape"]
    return shaper
