"""From the schema of an answer to rows: where they stand, and the columns they have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from connectors.model import ColumnType
from connectors.rest.openapi.references import Document, Reason, UnreadableError

Path = tuple[str, ...]
Schema = Mapping[str, Any]
DEEPEST = 3  # objects in objects that become columns
MOST_COLUMNS = 200
LONGEST_COMMENT = 100
MOST_MEMBERS = 500  # of one object
MOST_PARTS = 64  # schemas that one row is put together of
ROWS_NAMES = ("data", "items", "results", "result", "value", "values", "rows", "records", "list", "content")
TOTAL_NAMES = (
    "total",
    "totalcount",
    "total_count",
    "totalresults",
    "totalelements",
    "totalitems",
    "@odata.count",
)
TYPES: Mapping[str, ColumnType] = {
    "string": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.DECIMAL,
    "boolean": ColumnType.BOOLEAN,
}
FORMATS: Mapping[str, ColumnType] = {"date": ColumnType.DATE, "date-time": ColumnType.DATETIME}


@dataclass(frozen=True, slots=True)
class Found:
    """A column: its type, where it stands in a row, whether every row has it, and what it holds."""

    type: ColumnType
    at: Path
    required: bool
    comment: str = ""


@dataclass(frozen=True, slots=True)
class RowShape:
    """The rows of an answer: where they stand, whether there are many, their columns by name.

    `beside` are the scalar members of the objects around them, by path: totals, cursors, links.
    """

    items: Path
    many: bool
    columns: Mapping[str, Found]
    beside: Mapping[Path, ColumnType] = field(default_factory=dict)

    @property
    def total(self) -> Path:
        """Return where the number of all rows stands; empty where nothing is named so."""
        named = [
            path
            for path, kind in self.beside.items()
            if path[-1].lower() in TOTAL_NAMES and kind is ColumnType.INTEGER
        ]
        return named[0] if named else ()


def row_shape(document: Document, schema: Schema, hint: str) -> RowShape:
    """Return the rows that a schema describes; `hint` is the name in the path. Raises `UnreadableError`."""
    items, rows, beside = _rows(document, schema, hint)
    many = rows is not None
    row = rows if rows is not None else document.resolved(schema)
    columns = dict(islice(_columns(document, row, (), True), MOST_COLUMNS))
    return RowShape(items, many, _named(columns) or _whole(row, many), beside)


def _whole(row: Schema, many: bool) -> dict[str, Found]:
    """Return the one column of rows that are single values, or objects whose members nobody names."""
    kind, _ = type_of(row)
    if kind is not ColumnType.OTHER:
        if not many:
            raise UnreadableError(Reason.NOT_ROWS)
        return {"value": Found(kind, (), required=False)}
    return {"answer": Found(kind, (), required=False)}


def _rows(document: Document, schema: Any, hint: str) -> tuple[Path, Schema | None, dict[Path, ColumnType]]:
    """Return where a list of rows stands, what a row is (None: the answer is one), and what stands beside."""
    whole = document.resolved(schema)
    if _is_list(whole):
        return (), document.resolved(whole.get("items")), {}
    members = dict(_members(document, whole))
    if not members:
        return (), None, {}
    lists = _lists(document, members, ())
    for name in members if not lists else ():
        inner = dict(_members(document, document.resolved(members[name][0])))
        if name.lower() in ROWS_NAMES and inner:
            lists = _lists(document, inner, (name,))
            beside = _scalars(document, members, ()) | _scalars(document, inner, (name,))
            if lists:
                path, row = _best(lists, hint)
                return path, row, beside
    if not lists or (len(lists) > 1 and not _telling(lists, hint)) or _is_record(members, lists):
        return (), None, {}
    path, row = _best(lists, hint)
    return path, row, _nearby(document, members)


def _is_record(members: Mapping[str, Any], lists: Mapping[Path, Schema]) -> bool:
    """Return whether an object with a list in it is a row of its own, by the name of that list."""
    names = {name.lower() for name in members}
    return bool(names & {"id", "uuid"}) and not {path[-1].lower() for path in lists} & {*ROWS_NAMES}


def _nearby(document: Document, members: Mapping[str, tuple[Any, bool]]) -> dict[Path, ColumnType]:
    """Return the scalars of an object, and of the objects in it."""
    found = _scalars(document, members, ())
    for name, (schema, _) in members.items():
        found |= _scalars(document, dict(_members(document, document.resolved(schema))), (name,))
    return found


def _scalars(
    document: Document, members: Mapping[str, tuple[Any, bool]], above: Path
) -> dict[Path, ColumnType]:
    kinds = {(*above, name): type_of(document.resolved(schema))[0] for name, (schema, _) in members.items()}
    return {path: kind for path, kind in kinds.items() if kind is not ColumnType.OTHER}


def _lists(document: Document, members: Mapping[str, tuple[Any, bool]], above: Path) -> dict[Path, Schema]:
    """Return the members that are lists of objects, by path."""
    found: dict[Path, Schema] = {}
    for name, (schema, _) in members.items():
        inner = document.resolved(schema)
        row = document.resolved(inner.get("items")) if _is_list(inner) else {}
        if row and next(_members(document, row), None) is not None:
            found[*above, name] = row
    return found


def _telling(lists: Mapping[Path, Schema], hint: str) -> bool:
    return any(path[-1].lower() in (hint.lower(), *ROWS_NAMES) for path in lists)


def _best(lists: Mapping[Path, Schema], hint: str) -> tuple[Path, Schema]:
    """Return the list that is named like the path, else by a usual name, else the first."""
    order = (hint.lower(), *ROWS_NAMES)

    def rank(entry: tuple[Path, Schema]) -> int:
        name = entry[0][-1].lower()
        return order.index(name) if name in order else len(order)

    return min(lists.items(), key=rank)


def _is_list(schema: Schema) -> bool:
    return "array" in _type_names(schema) or ("items" in schema and "properties" not in schema)


def _members(document: Document, schema: Schema) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Yield each member of an object with its schema, and whether every object has it."""
    seen: dict[str, tuple[Any, bool]] = {}
    for part, certain in _parts(document, schema):
        required = part.get("required") if certain else ()
        properties = part.get("properties")
        given = properties.items() if isinstance(properties, dict) else ()
        for name, inner in islice(given, MOST_MEMBERS):
            always = isinstance(required, list) and name in required
            if str(name) not in seen:
                seen[str(name)] = (inner, always)
    yield from seen.items()


def _parts(document: Document, schema: Schema) -> Sequence[tuple[Schema, bool]]:
    """Return the schemas that an object is put together of; those of alternatives are not certain."""
    found: list[tuple[Schema, bool]] = []
    pending: list[tuple[Schema, bool]] = [(schema, True)]
    while pending and len(found) < MOST_PARTS:
        part, certain = pending.pop(0)
        if any(part is known for known, _ in found):
            continue
        found.append((part, certain))
        for word in ("allOf", "oneOf", "anyOf"):
            inner = part.get(word)
            alternatives = inner if isinstance(inner, list) else ()
            pending += [(document.resolved(one), certain and word == "allOf") for one in alternatives]
    return found


def _columns(document: Document, schema: Schema, above: Path, certain: bool) -> Iterator[tuple[Path, Found]]:
    """Yield the columns of a row by path: scalars and lists; objects in it as columns of their own."""
    for name, (inner, always) in _members(document, schema):
        member, path = document.resolved(inner), (*above, name)
        kind, nullable = type_of(member)
        within = [] if kind is not ColumnType.OTHER or _is_list(member) else _within(document, member, path)
        required = certain and always and not nullable
        yield from within or [(path, Found(kind, path, required, comment_of(member)))]


def comment_of(schema: Schema) -> str:
    """Return the first line of what a schema says of itself: its title, else its description."""
    said = str(schema.get("title") or schema.get("description") or "").strip()
    return " ".join(said.partition("\n")[0].split())[:LONGEST_COMMENT]


def _within(document: Document, schema: Schema, path: Path) -> list[tuple[Path, Found]]:
    if len(path) >= DEEPEST:
        return []
    return list(islice(_columns(document, schema, path, False), MOST_COLUMNS))


def type_of(schema: Schema) -> tuple[ColumnType, bool]:
    """Return the type of a value, and whether it may be null; objects, lists and the unknown are other."""
    names = _type_names(schema)
    nullable = "null" in names or schema.get("nullable") in (True, "true")
    kinds = {TYPES[name] for name in names if name in TYPES}
    if kinds == {ColumnType.INTEGER, ColumnType.DECIMAL}:
        kinds = {ColumnType.DECIMAL}
    if len(kinds) != 1 or len(names - {"null"}) > len(kinds):
        return ColumnType.OTHER, nullable
    (kind,) = kinds
    return (FORMATS.get(str(schema.get("format")), kind) if kind is ColumnType.TEXT else kind), nullable


def _type_names(schema: Schema) -> set[str]:
    given = schema.get("type")
    return (
        {str(name) for name in given}
        if isinstance(given, list)
        else {given}
        if isinstance(given, str)
        else set()
    )


def _named(columns: Mapping[Path, Found]) -> dict[str, Found]:
    """Return the columns by names that differ: the members of their paths, joined."""
    named: dict[str, Found] = {}
    for path, found in columns.items():
        name = "_".join(path)
        if name and name not in named and "\0" not in name:
            named[name] = found
    return named
