"""What the data graph reads of a request's headers, and the question they begin."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from starlette.types import Scope

from auth.principal import Principal
from resolvers.question import Question
from server.body import Asked
from server.tables.wanted import wanted_table

Headers: TypeAlias = Mapping[bytes, str]
LOOKED_AT: Final = frozenset(
    {
        b"authorization",
        b"purpose",
        b"case-number",
        b"end-user",
        b"request-timeout",
        b"content-type",
        b"accept",
    }
)
NOTHING: Final = Asked()
SECONDS: Final = re.compile(r"^\d{1,3}(\.\d{1,3})?$")


def read_headers(sent: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers that are looked at, by name in small letters.

    Of a header that is sent twice the first counts; `Accept` is a list and is put together (RFC 9110
    section 5.3).
    """
    found: dict[bytes, str] = {}
    for name, value in sent:
        if name in LOOKED_AT:
            if name not in found:
                found[name] = value.decode("latin-1")
            elif name == b"accept":
                found[name] += "," + value.decode("latin-1")
    return found


def question_of(
    scope: Scope, headers: Headers, asked: Asked = NOTHING, caller: Principal | None = None
) -> Question:
    """Return a question of what was asked and what the headers say; the pipeline checks and refuses."""
    table = wanted_table(headers.get(b"accept", "")) is not None
    return Question(
        query=asked.query,
        variables=asked.variables,
        operation_name=asked.operation_name,
        request=scope["state"]["request_id"],
        address=caller_address(scope),
        authorization=headers.get(b"authorization", ""),
        purpose=headers.get(b"purpose", ""),
        case_number=headers.get(b"case-number", ""),
        end_user=headers.get(b"end-user", ""),
        deadline=_seconds(headers.get(b"request-timeout", "")),
        table=table,
        document_id=asked.document_id,
        in_pieces=not table,
        caller=caller,
    )


def caller_address(scope: Scope) -> str:
    """Return the network address of whoever asks; empty where there is none."""
    client = scope.get("client")
    return client[0] if client else ""


def _seconds(text: str) -> float | None:
    return float(text) if SECONDS.match(text) and float(text) > 0 else None
