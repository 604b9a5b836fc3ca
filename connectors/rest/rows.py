"""From the JSON of an answer to rows: where they stand in it, their values, and what they must be."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.errors import SourceAnswerError
from connectors.model import ColumnType, Row
from connectors.rest.settings import ColumnSettings, EntitySettings
from connectors.values import reader
from govgraph.expressions.terms import Column

Item = Any  # an object, or a single value where the settings say so
Path = tuple[str, ...]
logger = logging.getLogger("govgraph.connectors")

JSON_TYPES: Mapping[ColumnType, tuple[type, ...]] = {
    ColumnType.TEXT: (str,),
    ColumnType.INTEGER: (int,),
    ColumnType.DECIMAL: (int, Decimal),
    ColumnType.BOOLEAN: (bool,),
    ColumnType.DATE: (str,),
    ColumnType.DATETIME: (str,),
    ColumnType.BYTES: (str,),
    ColumnType.OTHER: (object,),
}
"""What a value of each type is written as in JSON, apart from null."""


def member(value: Any, path: Path) -> Any:
    """Return what stands in a value at a path; None where it leads nowhere."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads the rows of one entity out of answers, and holds each against what the settings declare."""

    source: str
    entity: str
    settings: EntitySettings

    def many(self, answer: Any, path: Path) -> Sequence[Item]:
        """Return the rows of a list. Raises `SourceAnswerError` where the answer is built differently."""
        found = member(answer, path)
        if not isinstance(found, list) or not (self._plain or all(isinstance(row, dict) for row in found)):
            raise self._wrong("rows are no list of objects")
        return self._checked(found)

    @property
    def _plain(self) -> bool:
        """Whether a row need not be an object: every column is the row itself."""
        return all(column.at == () for column in self.settings.columns.values())

    def some(self, answer: Any, path: Path) -> Sequence[Item]:
        """Return the rows of one key: those of a list, or the one object; none for null."""
        found = member(answer, path)
        if found is None and not path:
            return ()
        return self._checked([found]) if isinstance(found, dict) else self.many(answer, path)

    def raw(self, item: Item) -> Mapping[str, Any]:
        """Return a row by column, its values as the source writes them; lists and objects as JSON text."""
        return {name: _text_of(member(item, place(name, self.settings))) for name in self.settings.columns}

    def values(self, columns: Sequence[Column]) -> Callable[[Item], Row]:
        """Return what takes the values of some columns out of a row."""
        cells = [(place(column.name, self.settings), reader(column.kind), column.name) for column in columns]
        other = {name for name, one in self.settings.columns.items() if one.type is ColumnType.OTHER}

        def taken(item: Item) -> Row:
            return [
                read(_text_of(member(item, path)) if name in other else member(item, path))
                for path, read, name in cells
            ]

        return taken

    def _checked(self, rows: Sequence[Item]) -> Sequence[Item]:
        for name, column in self.settings.columns.items():
            if not column.required and not self.settings.strict:
                continue
            path = place(name, self.settings)
            for row in rows:
                self._check(name, column, member(row, path))
        return rows

    def _check(self, name: str, column: ColumnSettings, value: Any) -> None:
        if value is None:
            if column.required:
                raise self._wrong(f"a row is without `{name}`")
            return
        allowed = JSON_TYPES[column.type]
        truth = isinstance(value, bool) and bool not in allowed and object not in allowed
        if self.settings.strict and (truth or not isinstance(value, allowed)):
            raise self._wrong(f"a value of `{name}` is not {column.type}")

    def _wrong(self, what: str) -> SourceAnswerError:
        """Return the error, whose cause the log names; the caller may not know the column."""
        logger.warning("source %s, entity %s: %s", self.source, self.entity, what)
        return SourceAnswerError("The source's answer is built differently than its settings say")


def place(name: str, settings: EntitySettings) -> Path:
    """Return where in a row a column stands."""
    at = settings.columns[name].at
    return (name,) if at is None else at


def _text_of(value: Any) -> Any:
    """Return lists and objects as their JSON text; any other value as it is."""
    if not isinstance(value, list | dict):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
