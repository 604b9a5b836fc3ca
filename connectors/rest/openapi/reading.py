"""Reads an OpenAPI document from its text, JSON or YAML, within a bound."""

from typing import Any

import orjson
import yaml

from connectors.errors import OpenapiRefusedError

LARGEST = 64_000_000  # bytes


def read_document(content: bytes) -> Any:
    """Return the document that JSON or YAML text holds. Raises `OpenapiRefusedError`, without any of it."""
    if len(content) > LARGEST:
        raise OpenapiRefusedError(f"The document is larger than {LARGEST // 1_000_000} MB")
    try:
        return orjson.loads(content)
    except ValueError:
        return _from_yaml(content)


def _from_yaml(content: bytes) -> Any:
    try:
        return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (yaml.YAMLError, ValueError, RecursionError):
        raise OpenapiRefusedError("The document is neither JSON nor YAML") from None
