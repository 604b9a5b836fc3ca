"""The body of a request, read in bounded memory."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
from starlette.types import Message, Receive

from govgraph.deadlines import Deadlines
from schema.operations.operation import digest_of
from server.errors import BodyNotJsonError, BodyNotRequestError, BodyTooLargeError, BodyTooSlowError

DIGEST = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
DRAIN = 64_000_000
MEMBERS: Mapping[str, type] = MappingProxyType(
    {"query": str, "variables": dict, "operationName": str, "extensions": dict, "documentId": str}
)
"""The members of a request that are looked at, and what each has to be where it is not null."""
PATIENCE = 20.0
"""Seconds for a body where no setting says otherwise."""
JSON_TYPES = re.compile(
    r"^application/(graphql-response\+)?json\s*(;\s*charset\s*=\s*\"?utf-?8\"?\s*)?;?\s*$", re.IGNORECASE
)
"""JSON is UTF-8 (RFC 8259 section 8.1); another `charset` is another kind of body."""


class BoundedBody:
    """A `receive` that hands on at most `limit` bytes of body within `seconds` and then refuses.

    A refused client that is still sending would never read the refusal, so the rest of its body
    is thrown away piece by piece with `drain`, up to a bound, before the answer is sent. Bodies read
    `whole` share the timer of `deadlines` where they are handed one.
    """

    def __init__(
        self, receive: Receive, limit: int, seconds: float = PATIENCE, deadlines: Deadlines | None = None
    ) -> None:
        self._receive = receive
        self.limit = limit
        self._seconds = seconds
        self._deadlines = deadlines or Deadlines()
        self._until = asyncio.get_running_loop().time() + seconds
        self._taken = 0
        self._more = True

    async def __call__(self) -> Message:
        """Return the next message. Raises `BodyTooLargeError`, `BodyTooSlowError` past the limits."""
        if not self._more:  # what comes after the body, a client that leaves, may take any time
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise self._too_slow() from None
        return self._counted(message)

    def _counted(self, message: Message) -> Message:
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._more = message.get("more_body", False)
            if self._taken > self.limit:
                raise BodyTooLargeError(f"The body is larger than {self.limit} bytes")
        else:
            self._more = False
        return message

    async def whole(self) -> bytes:
        """Return the whole body. Raises as a call does, and where the client leaves before its end."""
        parts: list[bytes] = []
        message: Message = {"type": "http.request"}
        try:
            with self._deadlines.within(self._seconds):
                while self._more:
                    message = self._counted(await self._receive())
                    parts.append(message.get("body", b""))
        except TimeoutError:
            raise self._too_slow() from None
        if message["type"] == "http.disconnect":
            raise BodyTooSlowError("The client left before its body had arrived")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _too_slow(self) -> BodyTooSlowError:
        return BodyTooSlowError(f"The body did not arrive within {self._seconds:g} seconds")

    @property
    def unread(self) -> bool:
        """Return whether the client may still send a part that nobody reads."""
        return self._more

    async def drain(self) -> None:
        """Throw away what the client still sends, up to a bound of bytes and the same time."""
        dropped = 0
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._until):
                while self._more and dropped < DRAIN:
                    message = await self._receive()
                    self._more = message["type"] == "http.request" and message.get("more_body", False)
                    dropped += len(message.get("body", b""))


@dataclass(frozen=True, slots=True)
class Asked:
    """The members of a GraphQL request that are looked at.

    `document_id` is the digest of a registered operation, empty where the request names none.
    """

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str = ""


def read_json(content: bytes | str) -> Any:
    """Return the JSON value. Raises `BodyNotJsonError`; nothing of the body is repeated."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BodyNotJsonError("The body is not JSON that can be read here") from error


def graphql_body(value: Any) -> Asked:
    """Return the request. Raises `BodyNotRequestError` naming the member that does not fit."""
    if not isinstance(value, dict):
        raise BodyNotRequestError("The body is not one JSON object")
    return asked_in(value)


def asked_in(members: Mapping[str, Any]) -> Asked:
    """Return the request that named members make. Raises `BodyNotRequestError`."""
    for name, value in members.items():
        if value is not None and (kind := MEMBERS.get(name)) is not None and not isinstance(value, kind):
            raise BodyNotRequestError("A member of the body has the wrong type", where=name)
    query, extensions = members.get("query"), members.get("extensions")
    named = bool(extensions) or members.get("documentId") is not None
    digest = _document_id(members, extensions, query) if named else ""
    return Asked(query, members.get("variables"), members.get("operationName"), extensions, digest)


def _document_id(members: Mapping[str, Any], extensions: Mapping[str, Any] | None, query: str | None) -> str:
    """Return the digest that the request names in one of the two usual ways, empty where in neither.

    Raises `BodyNotRequestError` where it is no SHA-256, or not that of the text sent along.
    """
    named = members.get("documentId")
    persisted = _member(extensions, "persistedQuery", dict) if extensions else None
    hashed = _member(persisted, "sha256Hash", str) if persisted else None
    if named is None and hashed is None:
        return ""
    found = DIGEST.fullmatch(named if named is not None else hashed or "")
    if found is None:
        raise BodyNotRequestError("The digest of an operation is not a SHA-256 in hex")
    digest = found[1].lower()
    if (named and hashed and hashed.lower() != digest) or (query is not None and digest_of(query) != digest):
        raise BodyNotRequestError("The digest is not that of the document sent along")
    return digest


def _member(body: Mapping[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if value is not None and not isinstance(value, kind):
        raise BodyNotRequestError("A member of the body has the wrong type", where=name)
    return value
