"""An OpenAPI 3 document, or Swagger 2.0, as the settings of a REST source, and what of it cannot be asked."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from connectors.errors import OpenapiRefusedError
from connectors.rest.openapi.operations import Operation, operation_of
from connectors.rest.openapi.pages import page_of, written
from connectors.rest.openapi.references import Document, Reason, Skipped, UnreadableError, pointer
from connectors.rest.openapi.security import credentials_of
from connectors.rest.openapi.shapes import Found
from connectors.rest.openapi.swagger import as_openapi, is_swagger
from connectors.rest.settings import plain_address

UNKNOWN_HOST = "https://source.invalid"
VERSION = re.compile(r"v\d+(\.\d+)*|api|rest", re.IGNORECASE)
WORD = re.compile(r"[^A-Za-z0-9]+")
Setting = dict[str, object]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a document says: the settings of a source of the kind `rest`, and what was left out, and why.

    `settings` has no entities where nothing can be asked; `reason` then says why.
    """

    settings: Mapping[str, object]
    skipped: tuple[Skipped, ...]

    @property
    def entities(self) -> Mapping[str, object]:
        """The entities on offer, by name."""
        found = self.settings["entities"]
        return found if isinstance(found, dict) else {}

    @property
    def reason(self) -> Reason | None:
        """Why nothing can be asked: what stands against most of the operations; None where something can."""
        if self.entities:
            return None
        counted = Counter(one.reason for one in self.skipped)
        return counted.most_common(1)[0][0] if counted else Reason.NO_READ


def imported(given: Any, department: str, url: str = "") -> Imported:
    """Return what a parsed document says. Raises `OpenapiRefusedError` for any other.

    `url` is where the document was found, or where the source stands; it leads where the document names
    no whole address of its own.
    """
    document = _document(given)
    operations: list[Operation] = []
    skipped: list[Skipped] = []
    for path, item in _paths(document):
        place = pointer("paths", path, "get")
        try:
            resolved = document.resolved(item)
            if resolved.get("get"):
                operations.append(operation_of(document, path, resolved))
        except UnreadableError as error:
            skipped.append(Skipped(place, error.reason))
    settings: Setting = {"kind": "rest", "url": _address(document, url)}
    credentials = _credentials(document)
    if credentials is not None:
        settings |= {"secret": f"{department}/main", "credentials": credentials}
    return Imported({**settings, "entities": _entities(operations)}, tuple(skipped))


def _document(given: Any) -> Document:
    version = str(given.get("openapi", "")) if isinstance(given, dict) else ""
    known = is_swagger(given) or re.fullmatch(r"3\.[01](\..*)?", version)
    if not known or not isinstance(given.get("paths", {}), dict):
        raise OpenapiRefusedError("This is no OpenAPI document of version 3.0 or 3.1, nor Swagger 2.0")
    return Document(as_openapi(given) if is_swagger(given) else given)


def _paths(document: Document) -> Iterator[tuple[str, Any]]:
    for path, item in (document.root.get("paths") or {}).items():
        if str(path).startswith("/"):
            yield str(path), item


def _address(document: Document, url: str) -> str:
    """Return the first whole address that the document names, its variables filled with their defaults."""
    servers = document.root.get("servers")
    for server in servers if isinstance(servers, list) else ():
        if not isinstance(server, dict):
            continue
        address = str(server.get("url", ""))
        variables = server.get("variables")
        for name, variable in variables.items() if isinstance(variables, dict) else ():
            default = variable.get("default", "") if isinstance(variable, dict) else ""
            address = address.replace(f"{{{name}}}", str(default))
        whole = urljoin(url, address) if url else address
        if _plain(whole):
            return whole
    return url if url and _plain(url) else UNKNOWN_HOST


def _plain(address: str) -> bool:
    try:
        return plain_address(address) and "{" not in address
    except ValueError:
        return False


def _credentials(document: Document) -> Mapping[str, object] | None:
    try:
        return credentials_of(document)
    except UnreadableError:
        return None


def _entities(operations: list[Operation]) -> Setting:
    """Return the entities by name; a detail of the rows of a list is the same entity."""
    found: dict[str, Setting] = {}
    listed: dict[str, tuple[str, Mapping[str, Found]]] = {}
    for operation in sorted(operations, key=lambda one: (len(one.key), len(one.written))):
        beneath = re.sub(r"/\{[^{}]*\}/?$", "", operation.written)
        name, columns = listed.get(beneath, ("", {}))
        if name and operation.key and not operation.shape.many and operation.shape.columns == columns:
            found[name]["detail"] = _end_point(operation)
            found[name]["key"] = list(operation.key)
            continue
        name = _unused(_name(operation.written), found)
        found[name] = _entity(operation)
        if not operation.key:
            listed[operation.written.rstrip("/")] = (name, operation.shape.columns)
    return dict(found)


def _entity(operation: Operation) -> Setting:
    kind = "detail" if operation.key else "list"
    entity: Setting = {"comment": operation.title} if operation.title else {}
    entity |= {"strict": "true", "columns": _columns(operation.shape.columns)}
    key = list(operation.key) if not operation.shape.many else []
    entity |= {"key": key or (["id"] if "id" in operation.shape.columns and not operation.key else [])}
    return {name: part for name, part in {**entity, kind: _end_point(operation)}.items() if part}


def _columns(columns: Mapping[str, Found]) -> Setting:
    shown: Setting = {}
    for name, found in columns.items():
        more: Setting = {"at": written(found.at)} if found.at != (name,) else {}
        more |= {"required": "true"} if found.required else {}
        more |= {"comment": found.comment} if found.comment else {}
        shown[name] = {"type": found.type.value, **more} if more else found.type.value
    return shown


def _end_point(operation: Operation) -> Setting:
    page = page_of(operation) if operation.shape.many and not operation.key else None
    parts: Setting = {
        "path": operation.path,
        "key": list(operation.key),
        "items": written(operation.shape.items) if operation.shape.items else "",
        "query": dict(operation.query),
        "headers": dict(operation.headers),
        "page": page,
        "one": "" if operation.shape.many or operation.key else "true",
    }
    return {name: part for name, part in parts.items() if part}


def _name(path: str) -> str:
    """Return a name made of a path: `/v1/orgs/{org}/members` is `orgs-members`."""
    parts = [part for part in path.split("/") if part and "{" not in part and not VERSION.fullmatch(part)]
    return "-".join(WORD.sub("-", part).strip("-").lower() for part in parts).strip("-") or "root"


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
