"""Responses: the error envelope, JSON bytes and the media type a client prefers."""

from collections.abc import Mapping
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


def answer_response(answer: Answer, accept: str) -> Response:
    """Return an answer with the status that its media type asks for (GraphQL over HTTP)."""
    media_type = preferred(accept)
    status = answer.json_status if media_type == JSON else answer.status
    return Response(answer_bytes(answer), status, dict(answer.headers), media_type)


def preferred(accept: str) -> str:
    """Return the media type a client likes best of the two; the newer one where it does not care."""
    weights = {GRAPHQL_RESPONSE: 0.0, JSON: 0.0}
    for part in accept.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        if name.strip() in weights:
            weights[name.strip()] = _weight(parameters)
    return JSON if weights[JSON] > weights[GRAPHQL_RESPONSE] else GRAPHQL_RESPONSE


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
