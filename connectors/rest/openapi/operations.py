"""One GET of an OpenAPI document as an end point: what it needs to be asked, and what it answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.model import ColumnType
from connectors.rest.end_points import DETAIL_PATH, HEADER
from connectors.rest.openapi.examples import schema_of_example
from connectors.rest.openapi.references import Document, Reason, UnreadableError
from connectors.rest.openapi.shapes import Found, RowShape, row_shape
from connectors.rest.openapi.swagger import contents

ANSWERED = ("200", "2XX", "2xx", "203", "206", "201", "default")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
SENT_ANYWAY = frozenset({"accept", "authorization", "content-type", "user-agent", "host"})
WORD = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, where it stands (path, query, header), and the value it has by itself."""

    name: str
    place: str
    required: bool
    value: str | None
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """A GET that answers rows. `path` holds `{column}` for each column of `key`."""

    written: str
    path: str
    key: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    shape: RowShape
    parameters: Sequence[Parameter]
    links: bool
    title: str


def operation_of(document: Document, path: str, item: Mapping[str, Any]) -> Operation:
    """Return the GET of a path. Raises `UnreadableError` where it cannot be asked for rows."""
    get = document.member(item, "get")
    schema, links = _answer(document, get)
    segments = [part for part in path.split("/") if part and "{" not in part]
    shape = row_shape(document, schema, segments[-1] if segments else "")
    parameters = [*_parameters(document, item, get)]
    if any(one.place == "cookie" and one.required for one in parameters):
        raise UnreadableError(Reason.COOKIE)
    asked = _Asked(path, shape, parameters)
    if not re.fullmatch(DETAIL_PATH, asked.path) or "{" in PLACEHOLDER.sub("", asked.path):
        raise UnreadableError(Reason.PATH)
    if asked.key and any(one.at == () and one.type is not ColumnType.OTHER for one in shape.columns.values()):
        raise UnreadableError(Reason.NOT_ROWS)
    return Operation(
        path,
        asked.path,
        tuple(asked.key),
        asked.query,
        asked.headers,
        asked.shape,
        parameters,
        links,
        _title(get),
    )


class _Asked:
    """Works out what stands in an address: fixed values, and columns for what only a caller knows."""

    def __init__(self, path: str, shape: RowShape, parameters: Sequence[Parameter]) -> None:
        self.shape = shape
        self.key: list[str] = []
        self.query: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        known = {one.name: one for one in parameters if one.place == "path"}
        self.path = PLACEHOLDER.sub(lambda found: self._in_path(found[1], known), path)
        for one in parameters:
            if one.required and one.place in ("query", "header"):
                self._beside(one)

    def _in_path(self, name: str, known: Mapping[str, Parameter]) -> str:
        one = known.get(name)
        fixed = one is not None and one.value is not None and "enum" in one.schema
        return str(one.value) if one is not None and fixed else f"{{{self._column(name)}}}"

    def _beside(self, one: Parameter) -> None:
        target = self.query if one.place == "query" else self.headers
        if one.place == "header" and (one.name.lower() in SENT_ANYWAY or not re.fullmatch(HEADER, one.name)):
            return
        target[one.name] = one.value if one.value is not None else f"{{{self._column(one.name)}}}"

    def _column(self, name: str) -> str:
        """Return the column whose value a parameter takes: the row's own of that name, or one beside them.

        Rows of a list have members of the same names that mean something else, so there it is one beside.
        """
        plain = WORD.sub("_", name) or "key"
        same = [one for one in self.shape.columns if one.lower() == plain.lower() and not self.shape.many]
        column = same[0] if same and self.shape.columns[same[0]].at == (same[0],) else ""
        if not column or not re.fullmatch(r"[A-Za-z0-9_]+", column):
            column = plain
            while column in self.shape.columns and column not in self.key:
                column = f"asked_{column}"
            added = {column: Found(ColumnType.TEXT, (column,), required=False)}
            self.shape = RowShape(
                self.shape.items, self.shape.many, {**added, **self.shape.columns}, self.shape.beside
            )
        if column not in self.key:
            self.key.append(column)
        return column


def _answer(document: Document, get: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Return the schema of what a GET answers, and whether it names pages in a Link header.

    JSON of which no schema says what it holds has that of its example, or `{}`, which is anything.
    """
    stated = list(_stated(document, get))
    written = [one for one in stated if "json" in one.media.lower() or one.media == "*/*"]
    if not written:
        raise UnreadableError(Reason.NOT_JSON if stated else Reason.NO_SHAPE)
    for one in written:
        if schema := document.member(one.content, "schema"):
            return schema, one.links
    return schema_of_example(document, written[0].content), written[0].links


@dataclass(frozen=True, slots=True)
class _Stated:
    """An answer that is stated: its media type, what it holds, and whether a Link header comes with it."""

    media: str
    content: Mapping[str, Any]
    links: bool


def _stated(document: Document, get: Mapping[str, Any]) -> Iterator[_Stated]:
    """Yield what a GET answers where it can do what it was asked for, the usual status first."""
    responses = {str(status): one for status, one in document.member(get, "responses").items()}
    for status in ANSWERED:
        response = document.resolved(responses.get(status))
        links = "link" in {str(name).lower() for name in document.member(response, "headers")}
        stated = document.member(response, "content") or contents(document.root, get, response)
        for media, content in stated.items():
            yield _Stated(str(media), document.resolved(content), links)


def _parameters(document: Document, *levels: Mapping[str, Any]) -> Iterator[Parameter]:
    """Yield the parameters of a path and of its operation, which has the last word on each."""
    found: dict[tuple[str, str], Parameter] = {}
    for level in levels:
        given = level.get("parameters")
        for one in given if isinstance(given, list) else ():
            part = document.resolved(one)
            name, place = str(part.get("name", "")), str(part.get("in", ""))
            schema = document.member(part, "schema") or part  # Swagger 2.0 writes type and default beside
            required = part.get("required") is True or place == "path"
            found[name, place] = Parameter(name, place, required, _value(part, schema), schema)
    yield from found.values()


def _value(part: Mapping[str, Any], schema: Mapping[str, Any]) -> str | None:
    """Return the value that a parameter has by itself: its default, or the only one there is."""
    choices = schema.get("enum")
    only = choices if isinstance(choices, list) and len(choices) == 1 else [schema.get("default")]
    value = only[0]
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, str | int | float) else ""
    return text if text and text.isprintable() and not set(text) & set("{}/?#%") else None


def _title(get: Mapping[str, Any]) -> str:
    given = get.get("summary") or get.get("operationId") or ""
    return " ".join(str(given).split())[:200]
