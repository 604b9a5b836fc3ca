"""How an OpenAPI document says that a list is paged; nothing is proposed that could lose rows."""

from collections.abc import Collection, Mapping, Sequence

from connectors.model import ColumnType
from connectors.rest.openapi.operations import Operation, Parameter
from connectors.rest.openapi.shapes import Path

PAGES = ("page", "pagenumber", "page_number", "pageno", "page_no", "currentpage")
OFFSETS = ("offset", "skip", "startindex", "start_index", "$skip")
SIZES = (
    "size",
    "limit",
    "pagesize",
    "page_size",
    "per_page",
    "perpage",
    "take",
    "maxresults",
    "$top",
    "top",
    "count",
)
CURSORS = ("cursor", "after", "pagetoken", "page_token", "nexttoken", "next_token", "marker", "continuation")
NEXT_CURSORS = (
    "nextcursor",
    "next_cursor",
    "nextpagetoken",
    "next_page_token",
    "nexttoken",
    "next_token",
    "after",
    "nextmarker",
)
NEXT_LINKS = ("next", "nextlink", "next_link", "@odata.nextlink", "next_page_url", "nexturl", "next_url")
LARGEST = 200
Page = Mapping[str, object]


def page_of(operation: Operation) -> Page | None:
    """Return the `page` settings of a list; None where it has none, or does not say enough of them."""
    named = {one.name.lower(): one for one in operation.parameters if one.place == "query"}
    cursor = _first(named, CURSORS)
    beside = operation.shape.beside
    following = _path(beside, NEXT_CURSORS)
    if cursor is not None and following:
        size = _sized(_first(named, SIZES), ())
        return {"style": "cursor", "parameter": cursor.name, "next": written(following), **size}
    link = _path(beside, NEXT_LINKS)
    if link or operation.links:
        return {"style": "link", **({"next": written(link)} if link else {})}
    return _counted(operation, named)


def _counted(operation: Operation, named: Mapping[str, Parameter]) -> Page | None:
    """Return pages by number or offset, where the size of a page or the number of rows is known."""
    for style, names in (("page", PAGES), ("offset", OFFSETS)):
        parameter = _first(named, names)
        total = operation.shape.total
        size = _sized(_first(named, SIZES), total)
        if parameter is not None and ("size" in size or total):
            first = {"first": "0"} if style == "page" and parameter.value == "0" else {}
            held = {"total": written(total)} if total else {}
            return {"style": style, "parameter": parameter.name, **first, **size, **held}
    return None


def _sized(parameter: Parameter | None, total: Path) -> dict[str, str]:
    """Return how a page's size is asked for: as large as the source allows, if that is known."""
    if parameter is None:
        return {}
    most = _number(parameter.schema.get("maximum"))
    usual = _number(parameter.value)
    size = min(most, LARGEST) if most else usual if usual and usual <= LARGEST else 0
    if not size:
        return {}
    return {"sizeParameter": parameter.name, "size": str(size)}


def _number(value: object) -> int:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _first(named: Mapping[str, Parameter], names: Collection[str]) -> Parameter | None:
    return next((named[name] for name in names if name in named), None)


def _path(beside: Mapping[Path, ColumnType], names: Collection[str]) -> Path:
    """Return where a text of such a name stands beside the rows; empty for nowhere."""
    texts = [path for path, kind in beside.items() if kind is ColumnType.TEXT]
    return next((path for path in texts if path[-1].lower() in names), ())


def written(path: Sequence[str]) -> object:
    """Return a path as settings write it: its names with dots between, or a list of them."""
    if not path:
        return "."
    return list(path) if any("." in name or not name for name in path) else ".".join(path)
