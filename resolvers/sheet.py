"""A list answer as a table: its columns, and the lines that its data make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its names, the path to its value from the line or the row above, and the value's type."""

    names: Path
    titles: Path
    path: Path
    above: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be: `lines` leads from the root field to its lines.

    `facts` names what a connection tells of its page beside the rows, with the path to it.
    """

    root: str
    lines: Path
    columns: tuple[Column, ...]
    facts: tuple[tuple[str, Path], ...] = ()

    def rows(self, data: Mapping[str, Any]) -> Iterator[list[Any]]:
        """Yield the lines of an answer's data; none where there is no such row or list."""
        above = data[self.root]
        for line in found(above, self.lines) or ():
            yield [found(above if one.above else line, one.path) for one in self.columns]

    def told(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the connection tells of its page, by name."""
        return {name: found(data[self.root], path) for name, path in self.facts}


def found(value: Any, path: Path) -> Any:
    """Return what stands at a path; None where something on the way is null."""
    for name in path:
        if value is None:
            return None
        value = value[name]
    return value
