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
    """Writes one function for each shape of a plan."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def function(self, shape: Shape, arguments: str) -> str:
        """Write a function that builds a shape, and return its name."""
        members = ", ".join(f"{quoted(name)}: {self.expression(entry)}" for name, entry in shape.entries)
        name = f"shape_{self.count}"
        self.count += 1
        self.lines += [f"def {name}({arguments}):", f"    return {{{members}}}"]
        return name

    def expression(self, entry: Entry) -> str:  # noqa: C901, PLR0911 - one match over the kinds of entry
        """Return the code that gives the value of one entry."""
        match entry:
            case FromCell(cell):
                return f"row[{cell}]"
            case TypeName(name):
                return quoted(name)
            case Introspected(name):
                return f"introspected[{quoted(name)}]"
            case Linked():
                return self.linked(entry)
            case RootObject(branch, shape):
                function = self.function(shape, "row, groups")
                return f"({function}(groups[{branch}][0], groups) if groups[{branch}] else None)"
            case Paged():
                return self.paged(entry)
            case RootMatch():
                return self.root_match(entry)
            case Inner(shape):
                return f"{self.function(shape, 'row, groups')}(row, groups)"
            case Summed():
                return self.summed(entry)

    def linked(self, entry: Linked) -> str:
        """Return the code for the rows of a link; a failed branch is null, a row without a key has none."""
        function = self.function(entry.shape, "row, groups")
        rows = f"groups[{entry.branch}].get(row[{-1 - entry.key}], ())"
        if entry.one:
            found = f"({function}(found[0], groups) if (found := {rows}) else None)"
        else:
            found = f"[{function}(one, groups) for one in {rows}]"
        return f"(None if groups[{entry.branch}] is None else {found})"

    def paged(self, entry: Paged) -> str:
        """Return the code for a connection; below a row, every key has its page."""
        found = "" if entry.key is None else f".get(row[{-1 - entry.key}])"
        members = ", ".join(f"{quoted(name)}: {self.member(one, found)}" for name, one in entry.members)
        name = f"page_{self.count}"
        self.count += 1
        self.lines += [f"def {name}(page, row, groups):", f"    return {{{members}}}"]
        row = "()" if entry.key is None else "row"
        page = f"groups[{entry.branch}]"
        return f"(None if {page} is None else {name}({page}{found}, {row}, groups))"

    def member(self, member: Member, found: str) -> str:
        """Return the code for one member of a connection; `found` leads to what belongs to its parent."""
        match member:
            case TypeName(name):
                return quoted(name)
            case RowsOf(shape):
                rows = f"[{self.function(shape, 'row, groups')}(one, groups) for one in page.rows]"
                return f"(page.written or {rows})"
            case EdgesOf(entries):
                parts = ", ".join(f"{quoted(name)}: {self.edge(one)}" for name, one in entries)
                return f"[{{{parts}}} for one in page.rows]"
            case FactsOf(entries):
                parts = ", ".join(f"{quoted(name)}: {fact(one)}" for name, one in entries)
                return f"{{{parts}}}"
            case TotalOf(branch):
                return f"(None if groups[{branch}] is None else groups[{branch}]{found})"

    def edge(self, entry: Shape | TypeName | FromCell | None) -> str:
        """Return the code for one entry of an edge."""
        if entry is None:
            return "page.cursor(one)"
        if isinstance(entry, FromCell):
            return f"one[{entry.cell}]"
        if isinstance(entry, TypeName):
            return quoted(entry.name)
        return f"{self.function(entry, 'row, groups')}(one, groups)"

    def summed(self, entry: Summed) -> str:
        """Return the code for an aggregation."""
        every = f"groups[{entry.branch}]"
        found = every if entry.key is None else f"{every}[row[{-1 - entry.key}]]"
        members = []
        for name, shape in entry.members:
            if isinstance(shape, TypeName):
                value = quoted(shape.name)
            elif shape is None:
                value = f"{found}.suppressed"
            else:
                value = f"[{self.function(shape, 'row, groups')}(one, groups) for one in {found}.rows]"
            members.append(f"{quoted(name)}: {value}")
        return f"(None if {every} is None else {{{', '.join(members)}}})"

    def root_match(self, entry: RootMatch) -> str:
        """Return the code for a verification; without a row its match is null."""
        members = []
        for name, cell in entry.cells:
            found = f"(groups[{entry.branch}][0][{cell}] if groups[{entry.branch}] else None)"
            members.append(f"{quoted(name)}: {quoted(entry.type_name) if cell is None else found}")
        return f"(None if groups[{entry.branch}] is None else {{{', '.join(members)}}})"


def fact(entry: str | TypeName) -> str:
    """Return the code for one entry of `pageInfo`."""
    return quoted(entry.name) if isinstance(entry, TypeName) else f"page.{assert_name(entry)}"


def quoted(name: str) -> str:
    """Return a GraphQL name as a Python literal; anything else is a fault of the planner."""
    try:
        return repr(assert_name(name))
    except GraphQLError:
        raise AssertionError from None


def compile_object(shape: Shape) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Return what makes the object of one row that leads on to no others."""
    writer = Writer()
    name = writer.function(shape, "row")
    scope: dict[str, Any] = {}
    exec(compile("\n".join(writer.lines), "<object>", "exec"), scope)  # noqa: S102 - names are GraphQL names
    made: Callable[[Sequence[Any]], dict[str, Any]] = scope[name]
    return made


def compile_shape(root: Shape) -> Shaper:
    """Return the shaper of a plan. It takes the rows of each branch and the introspected parts.

    Rows of a branch are None where it failed, a list at the root, and by key of the parent below it;
    a connection has pages (`resolvers.paging`) in the place of lists.
    """
    writer = Writer()
    name = writer.function(root, "groups, introspected")
    scope: dict[str, Any] = {}
    exec(compile("\n".join(writer.lines), "<shape>", "exec"), scope)  # noqa: S102 - names are GraphQL names
    shaper: Shaper = scope[name]
    return shaper
