"""A question as it came in, and the answer as it goes out; neither knows of HTTP frameworks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth.principal import Principal
from resolvers.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Question:
    """One request to the data graph. Header values are as sent; empty where the header was absent.

    `document_id` is the SHA-256 of a registered operation, in hex, where the request names one.
    `request` is the request id, `address` the client's network address. `deadline` is the number
    of seconds a client is willing to wait, if it said so. `table` asks for an answer that makes a table,
    `in_pieces` tells that a large answer can be taken piece by piece. `caller` is who asks, where that was
    found out a moment ago.
    """

    query: str | None
    variables: Mapping[str, Any] | None
    operation_name: str | None
    request: str
    address: str
    authorization: str = ""
    purpose: str = ""
    case_number: str = ""
    end_user: str = ""
    deadline: float | None = None
    table: bool = False
    document_id: str = ""
    in_pieces: bool = False
    caller: Principal | None = None


Write = Callable[[bytes], Awaitable[None]]
"""Takes one piece of an answer, and returns once there is room for another."""

Flow = Callable[[Write], Awaitable["Answer"]]
"""Writes the data of an answer as JSON text, piece by piece; gives the errors and extensions that follow it.

An answer with no piece written is one of its own, a refusal among them.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. `data` is JSON text; None where the request was refused as a whole.

    `status` is the HTTP status for `application/graphql-response+json`; `json_status` the one for
    `application/json`, which is 200 for a well-formed request whose document was refused (GraphQL
    over HTTP). `headers` are added to the response. `sheet` makes a table of the data where one was
    asked for. With `flow` the data are still to be written, and errors and extensions not yet known.
    """

    data: bytes | None
    errors: tuple[Mapping[str, Any], ...]
    extensions: Mapping[str, Any]
    status: int
    json_status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    sheet: Sheet | None = None
    flow: Flow | None = None
