"""Swagger 2.0, which many departments still write, in the terms of OpenAPI 3."""

from collections.abc import Mapping
from typing import Any

VERSION = "2.0"


def is_swagger(given: Any) -> bool:
    """Return whether a parsed document is one of Swagger 2.0."""
    return isinstance(given, dict) and str(given.get("swagger", "")) == VERSION


def as_openapi(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its address and its credentials where version 3 has them.

    References keep their places; what an operation answers is read as either version writes it.
    """
    schemes = given.get("securityDefinitions")
    named = schemes.items() if isinstance(schemes, dict) else ()
    secured = {name: _scheme(one) for name, one in named if isinstance(one, dict)}
    return {**given, "servers": _servers(given), "components": {"securitySchemes": secured}}


def _servers(given: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the addresses, whole ones only where the document names its host; https first."""
    host, path = str(given.get("host") or ""), str(given.get("basePath") or "")
    offered = given.get("schemes")
    schemes = [str(one) for one in offered] if isinstance(offered, list) else ["https"]
    if not host:
        return [{"url": path}] if path else []
    return [{"url": f"{scheme}://{host}{path}"} for scheme in sorted(schemes, reverse=True)]


def _scheme(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if given.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if given.get("type") == "oauth2" and given.get("flow") == "application":
        return {"type": "oauth2", "flows": {"clientCredentials": given}}
    return given


def contents(
    root: Mapping[str, Any], get: Mapping[str, Any], response: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what an answer holds by media type, as version 3 writes it; `{}` where there is none."""
    if "schema" not in response:
        shown = response.get("examples")
        return {name: {"example": one} for name, one in shown.items()} if isinstance(shown, dict) else {}
    media = get.get("produces") or root.get("produces")
    names = [str(one) for one in media] if isinstance(media, list) else ["application/json"]
    return {name: {"schema": response["schema"]} for name in names}
