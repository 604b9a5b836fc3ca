"""From a document to the columns of a table, or why it makes none.

One list makes the lines: the rows of a connection at the root, or those of one to-many link below a row
found by its key. A column is named after the response names that lead to it below the root field,
`nodes`, `edges` and `node` left out. The values of the row found by its key stand in every line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from resolvers.documents.selection import Asked
from resolvers.errors import TableNotPossibleError
from resolvers.reading import Asking, collector, query_type, selections
from resolvers.sheet import Column, Path, Sheet
from schema.catalog import Catalog, Link
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
    Total,
    Value,
)


def sheet_of(asking: Asking, catalog: Catalog) -> Sheet:
    """Return the table that a question makes. Raises `TABLE_NOT_POSSIBLE` where it makes none."""
    roots = collector(asking).asked(query_type(asking.schema), selections(asking))
    if len(roots) != 1 or not isinstance(roots[0].meaning, Listing | ByKey):
        raise TableNotPossibleError("The document does not ask for one list alone")
    layout = Layout(roots[0].name, catalog)
    if isinstance(roots[0].meaning, Listing):
        layout.pages(roots[0], Walk())
    else:
        layout.row(roots[0].below, Walk(above=True))
    return layout.sheet()


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the walk through a document stands: its path from the line or the row above, and the names."""

    path: Path = ()
    names: Path = ()
    titles: Path = ()
    above: bool = False

    def into(self, asked: Asked, title: str) -> "Walk":
        """Return the walk one field further."""
        return replace(
            self,
            path=(*self.path, asked.name),
            names=(*self.names, asked.name),
            titles=(*self.titles, title or asked.name),
        )

    def of_line(self) -> "Walk":
        """Return the walk at the beginning of a line."""
        return replace(self, path=(), above=False)


@dataclass(slots=True)
class Layout:
    """Gathers columns on a walk through what is asked; the first list on the way makes the lines."""

    root: str
    catalog: Catalog
    columns: list[Column] = field(default_factory=list)
    facts: list[tuple[str, Path]] = field(default_factory=list)
    lines: Path | None = None

    def sheet(self) -> Sheet:
        """Return the table. Raises where there is no list, no column, or two of one name."""
        if self.lines is None or not self.columns:
            raise TableNotPossibleError("The document does not ask for the rows of a list", path=(self.root,))
        names = [column.names for column in self.columns]
        if len(set(names)) < len(names):
            remedy = "Give one of the two an alias."
            raise TableNotPossibleError("Two columns would have one name", path=(self.root,), remedy=remedy)
        return Sheet(self.root, self.lines, tuple(self.columns), tuple(self.facts))

    def row(self, below: Sequence[Asked], walk: Walk) -> None:
        """Add the columns of one row."""
        for one in below:
            match one.meaning:
                case Along(_, link) if link.one:
                    self.row(one.below, walk.into(one, self.title(link)))
                case Along(_, link):
                    further = walk.into(one, self.title(link))
                    self.begin(one, further.path)
                    self.row(one.below, further.of_line())
                case AlongPages(_, link):
                    self.pages(one, walk.into(one, self.title(link)))
                case _ if one.below:
                    raise refusal("This part of the rows has no place in a table", one)
                case _:
                    self.value(one, walk)

    def title(self, link: Link) -> str:
        """Return the title of a link."""
        return link.title or self.catalog.resources[link.target].title

    def value(self, one: Asked, walk: Walk) -> None:
        """Add the column of a value, or of the name of a type."""
        title = ""
        if isinstance(one.meaning, Value):
            title = self.catalog.resources[one.meaning.resource].fields[one.meaning.field].title
        here = walk.into(one, title)
        self.columns.append(Column(here.names, here.titles, here.path, here.above, one.value_type))

    def pages(self, asked: Asked, walk: Walk) -> None:
        """Add what a connection shows. Raises where it shows no rows, or another list makes the lines."""
        before = self.lines
        for one in asked.below:
            here = (*walk.path, one.name)
            match one.meaning:
                case Nodes():
                    self.begin(one, here)
                    self.row(one.below, walk.of_line())
                case Edges():
                    self.begin(one, here)
                    self.edge(one.below, walk.of_line())
                case PageFacts():
                    facts = [below for below in one.below if isinstance(below.meaning, PageFact)]
                    self.facts += [(fact.field, (*here, fact.name)) for fact in facts]
                case Total():
                    self.facts.append((one.field, here))
        if self.lines is before:
            raise refusal("A connection without its rows has no place in a table", asked)

    def edge(self, below: Sequence[Asked], walk: Walk) -> None:
        """Add the columns of one edge: its cursor, and its row."""
        for one in below:
            if isinstance(one.meaning, EdgeNode):
                self.row(one.below, replace(walk, path=(one.name,)))
            elif isinstance(one.meaning, EdgeCursor):
                self.value(one, walk)

    def begin(self, one: Asked, lines: Path) -> None:
        """Begin the lines of the table with a list. Raises where another list makes them already."""
        if self.lines is not None:
            raise refusal("A second list has no place in a table", one)
        self.lines = lines


def refusal(what: str, one: Asked) -> TableNotPossibleError:
    """Return the refusal of a part of a document."""
    return TableNotPossibleError(what, locations=[one.location] if one.location else [])
