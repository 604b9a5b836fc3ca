"""How an OpenAPI document says that callers prove who they are."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.rest.end_points import HEADER
from connectors.rest.openapi.references import Document
from connectors.rest.settings import plain_address

CLIENT = "client-id"
USER = "user"
"""What the department replaces by its own; the document cannot know it."""


def credentials_of(document: Document) -> Mapping[str, object] | None:
    """Return the `credentials` settings by the first way of the document that the platform knows."""
    schemes = document.member(document.member(document.root, "components"), "securitySchemes")
    asked = document.root.get("security")
    first = (
        [str(name) for one in asked if isinstance(one, dict) for name in one]
        if isinstance(asked, list)
        else []
    )
    for name in dict.fromkeys([*first, *map(str, schemes)]):
        for found in _known(document, document.member(schemes, name)):
            return found
    return None


def _known(document: Document, scheme: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    name, place = str(scheme.get("name", "")), scheme.get("in")
    match str(scheme.get("type")).lower(), str(scheme.get("scheme", "")).lower():
        case "apikey", _ if place == "header" and re.fullmatch(HEADER, name):
            yield {"style": "apiKey", "header": name}
        case "apikey", _ if place == "query" and name:
            yield {"style": "apiKey", "query": name}
        case "http", "basic":
            yield {"style": "basic", "user": USER}
        case "http", "bearer":
            yield {"style": "bearer"}
        case "oauth2", _:
            flow = document.member(document.member(scheme, "flows"), "clientCredentials")
            address = str(flow.get("tokenUrl", ""))
            if plain_address(address):
                yield {"style": "oauth", "tokenUrl": address, "clientId": CLIENT}
