"""Responses: the error envelope, JSON bytes and the media type a client prefers."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson
from starlette.responses import Response

from govgraph.errors import GovGraphError
from resolvers.envelope import entry
from resolvers.question import Answer
from schema.errors import ProblemsError

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"


def envelope(error: GovGraphError) -> dict[str, Any]:
    """Return a refusal as a GraphQL error: message, places, and code, kind, where, remedy."""
    shown = entry(error)
    shown["extensions"]["where"] = error.where
    if isinstance(error, ProblemsError):
        shown["extensions"]["problems"] = [problem.document() for problem in error.problems]
    return shown


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a value as JSON."""
    return Response(orjson.dumps(body), status, dict(headers or {}), JSON)


def refusal(error: GovGraphError) -> Response:
    """Return a refusal outside the data graph; its status is the error's own."""
    status = error.status if error.status >= 400 else 502
    return json_response({"errors": [envelope(error)]}, status)


def answer_bytes(answer: Answer) -> bytes:
    """Return the body of an answer; `data` is spliced in as it came."""
    parts: list[bytes] = []
    if answer.data is not None:
        parts.append(b'"data":' + answer.data)
    if answer.errors:
        parts.append(b'"errors":' + orjson.dumps(answer.errors))
    if answer.extensions:
        parts.append(b'"extensions":' + orjson.dumps(answer.extensions))
    return b"{" + b",".join(parts) + b"}"


def rest_bytes(answer: Answer) -> bytes:
    """Return what follows the data of a streamed answer: errors, extensions, and its last bracket."""
    return b"," + answer_bytes(replace(answer, data=None))[1:]


def response_of(answer: Answer, accept: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of an answer, in the media type that the client likes best."""
    kind = media_type(accept, refused=answer.data is None)
    content = answer_bytes(answer)
    headers = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(content))]
    headers += _encoded(answer.headers)
    return (answer.json_status if kind == "application/json" else answer.status), headers, content


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


@lru_cache(64)
def media_type(accept: str, *, refused: bool = False) -> str:
    """Return the media type that a client likes best of the two (RFC 9110 section 12.5.1).

    A client that does not care gets data as plain JSON, which everything reads, and a refusal in the
    newer type, whose status says that it is one.
    """
    if not accept or accept == "*/*":
        return GRAPHQL_RESPONSE if refused else JSON
    weights = _weights(accept.lower())
    if GRAPHQL_RESPONSE not in weights and JSON not in weights:
        return media_type("", refused=refused)
    other = weights.get("application/*", weights.get("*/*", 0.0))
    return JSON if weights.get(JSON, other) > weights.get(GRAPHQL_RESPONSE, other) else GRAPHQL_RESPONSE


def _weights(accept: str) -> dict[str, float]:
    found = {}
    for part in accept.split(","):
        name, _, parameters = part.partition(";")
        found[name.strip()] = _weight(parameters)
    return found


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
