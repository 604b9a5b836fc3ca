"""Reading a document with a place in hand: values come out typed, problems gather in a report."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from schema.errors import Problem
from schema.marked_yaml import Items, Node, Scalar, Table, join_path

Chosen = TypeVar("Chosen", bound=StrEnum)

WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,60}")


@dataclass(slots=True)
class Report:
    """Everything wrong found so far in one file, and the lines of all paths that were read."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def ordered(self) -> tuple[Problem, ...]:
        """Return the problems in the order of the file."""
        return tuple(sorted(self.problems, key=lambda problem: (problem.line, problem.path)))


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the document, its path, and the report to which it adds."""

    node: Node
    path: tuple[str, ...]
    report: Report
    line: int

    def refuse(self, what: str, remedy: str, code: str = "INVALID") -> None:
        """Add a problem at this place."""
        where = join_path(self.path)
        self.report.problems.append(Problem(self.report.file, self.line, where, what, remedy, code))

    def table(self, known: Collection[str], required: Collection[str] = ()) -> Mapping[str, "Place"]:
        """Return the entries of a mapping with fixed keys; unknown and missing keys are problems."""
        entries = self.entries()
        for name, place in entries.items():
            if name not in known:
                place.refuse(
                    f"The key `{named(name)}` is not known here", f"Known keys: {', '.join(sorted(known))}."
                )
        for name in required:
            if name not in entries:
                self.refuse(f"The key `{name}` is missing", f"Add `{name}: …`.")
        return {name: place for name, place in entries.items() if name in known}

    def entries(self) -> Mapping[str, "Place"]:
        """Return the entries of a mapping with free keys, in the order written."""
        if not isinstance(self.node, Table):
            self.refuse("A mapping is expected here", "Write `key: value` lines below it.")
            return {}
        lines = self.node.lines
        return {name: self._at(name, node, lines[name]) for name, node in self.node.entries.items()}

    def items(self) -> tuple["Place", ...]:
        """Return the items of a list."""
        if not isinstance(self.node, Items):
            self.refuse("A list is expected here", "Write it as `[first, second]`.")
            return ()
        return tuple(self._at(f"[{n}]", item, item.line) for n, item in enumerate(self.node.items))

    def text(self) -> str:
        """Return the text written here; a missing or composed value is a problem and gives ''."""
        if isinstance(self.node, Scalar) and self.node.text:
            return self.node.text
        self.refuse("A text is expected here", "Write a value after the colon.")
        return ""

    def texts(self) -> tuple[str, ...]:
        """Return the texts of a list."""
        return tuple(place.text() for place in self.items())

    def choice(self, options: type[Chosen]) -> Chosen | None:
        """Return the option written here, or None with a problem that lists the options."""
        text = self.text()
        try:
            return options(text)
        except ValueError:
            if text:
                self.refuse_unknown(text, [option.value for option in options])
            return None

    def one_of(self, options: Iterable[str]) -> str:
        """Return the text written here if it is an option, else '' with a problem that lists them."""
        listed, text = list(options), self.text()
        if text in listed:
            return text
        if text:
            self.refuse_unknown(text, listed)
        return ""

    def refuse_unknown(self, text: str, options: Iterable[str]) -> None:
        """Add the problem that a text is none of the options."""
        listed = ", ".join(options)
        self.refuse(
            f"`{named(text)}` is not known here", f"Use one of: {listed}." if listed else "Remove it."
        )

    def matching(self, pattern: str, meaning: str) -> str:
        """Return the text if it matches the whole pattern, else '' with a problem saying `meaning`."""
        text = self.text()
        if not text or re.fullmatch(pattern, text):
            return text
        self.refuse(f"This is not {meaning}", f"Write {meaning}.")
        return ""

    def truth(self) -> bool:
        """Return whether `true` is written; only `true` and `false` are read."""
        return self.one_of(("true", "false")) == "true"

    def whole_number(self) -> int:
        """Return a number of 1 to 9 digits; anything else is a problem and gives 0."""
        return int(self.matching(r"[0-9]{1,9}", "a whole number") or 0)

    def _at(self, name: str, node: Node, line: int) -> "Place":
        path = (*self.path, name)
        self.report.lines[join_path(path)] = line
        return Place(node, path, self.report, line)


def named(text: str) -> str:
    """Return a text for a message: a short plain word as it is, anything else not at all."""
    return text if WORD.fullmatch(text) else "…"
