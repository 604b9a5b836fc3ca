"""A reader of YAML in which every scalar is text and every node knows its line.

`no`, `on`, `01`, dates and identity numbers stay what the clerk wrote; the field they belong to
gives them a type. The subset that is read is the one a person can check by eye: no anchors, no
aliases (they also are the way to make a small file huge), no tags, one document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from schema.errors import Problem

MOST_CHARACTERS = 2_000_000
MOST_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, empty where nothing was written."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `lines` says where each key stands."""

    entries: Mapping[str, "Node"]
    lines: Mapping[str, int]
    line: int


Node = Scalar | Items | Table


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, as far as it could be, and everything that is wrong with it as YAML."""

    root: Node | None
    problems: tuple[Problem, ...]


def read_yaml(text: str, file: str) -> Reading:
    """Return the document's tree and its problems; an unreadable document has no root."""
    if len(text) > MOST_CHARACTERS:
        what = f"The file is longer than {MOST_CHARACTERS} characters"
        return Reading(None, (Problem(file, 1, "", what, "Split it: one file per department."),))
    builder = _Builder(file)
    # libyaml, where the platform has it, reads ten times faster; the events are the same.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        builder.refuse(
            line, "This is not YAML", "Check indentation, brackets and quotes here and just above."
        )
    except (yaml.YAMLError, UnicodeError):
        builder.refuse(1, "The file holds characters that YAML forbids", "Save it as plain UTF-8 text.")
    except _TooDeepError as error:
        builder.refuse(error.line, "The file is nested too deeply", f"At most {MOST_DEPTH} levels are read.")
    return Reading(builder.root, tuple(builder.problems))


def without_lines(node: Node) -> Any:
    """Return a node as mappings, lists and texts."""
    match node:
        case Scalar(text):
            return text
        case Items(items):
            return [without_lines(item) for item in items]
        case Table(entries):
            return {name: without_lines(entry) for name, entry in entries.items()}


class _TooDeepError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    is_table: bool
    line: int
    path: tuple[str, ...]
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    key_line: int = 0

    def close(self) -> Node:
        if self.is_table:
            return Table(self.entries, self.lines, self.line)
        return Items(tuple(self.items), self.line)


class _Builder:
    """Takes events in order; holds the open containers and what is wrong so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def refuse(self, line: int, what: str, remedy: str, path: tuple[str, ...] | None = None) -> None:
        where = join_path(self._path() if path is None else path)
        self.problems.append(Problem(self.file, line, where, what, remedy, "YAML"))

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents == 2:
                    self.refuse(line, "A second document begins", "Keep one document per file.")
            case yaml.AliasEvent():
                self.refuse(line, "An alias (`*name`) is not read", "Write the value out.")
                self._place(Scalar("", line))
            case yaml.NodeEvent():
                self._refuse_marks(event, line)
                self._begin(event, line)
            case yaml.CollectionEndEvent():
                self._place(self._open.pop().close())

    def _begin(self, event: yaml.NodeEvent, line: int) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._place(Scalar(event.value, line))
            return
        if len(self._open) >= MOST_DEPTH:
            raise _TooDeepError(line)
        self._open.append(_Open(isinstance(event, yaml.MappingStartEvent), line, self._path()))

    def _refuse_marks(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self.refuse(line, "An anchor (`&name`) is not read", "Remove it and write the value out.")
        if getattr(event, "tag", None) is not None:
            self.refuse(line, "A tag (`!name`) is not read", "Remove it; every value is text.")

    def _path(self) -> tuple[str, ...]:
        if not self._open:
            return ()
        top = self._open[-1]
        if top.is_table:
            return top.path if top.key is None else (*top.path, top.key)
        return (*top.path, f"[{len(top.items)}]")

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node if self._documents == 1 else self.root
            return
        top = self._open[-1]
        if not top.is_table:
            top.items.append(node)
        elif top.key is None:
            top.key, top.key_line = self._key(node), node.line
        else:
            self._enter(top, top.key, node)

    def _key(self, node: Node) -> str:
        if isinstance(node, Scalar):
            return node.text
        self.refuse(node.line, "A key is not a word", "Write one word before the colon.")
        return ""

    def _enter(self, top: _Open, key: str, node: Node) -> None:
        if key in top.entries:
            first = top.lines[key]
            self.refuse(
                top.key_line,
                f"This name is given twice; the first is in line {first}",
                "Rename or remove one of the two.",
                (*top.path, key),
            )
        else:
            top.entries[key], top.lines[key] = node, top.key_line
        top.key = None


def node_of(value: Any) -> Node:
    """Return the tree of a plain value of mappings, lists and texts; it has no lines."""
    if isinstance(value, Mapping):
        entries = {name: node_of(item) for name, item in value.items()}
        return Table(entries, dict.fromkeys(entries, 0), 0)
    if isinstance(value, list):
        return Items(tuple(node_of(item) for item in value), 0)
    return Scalar(str(value), 0)


def join_path(path: tuple[str, ...]) -> str:
    """Return `a.b[0].c` for a path of keys and indices."""
    text = ""
    for part in path:
        text += part if part.startswith("[") or not text else f".{part}"
    return text
