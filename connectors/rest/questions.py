"""One request to a REST source, as a value: what is sent, and what its log may tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from connectors.rest.end_points import EndPointSettings
from connectors.rest.settings import RestSettings

S = TypeVar("S", bound=EndPointSettings)
Pairs = tuple[tuple[str, str], ...]
PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
NOWHERE = frozenset({"", ".", ".."})
"""Segments of a path that lead elsewhere (RFC 3986, section 5.2.4), so no key is written as one."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent. `statement` is the path as the settings write it, without a value in it.

    `absent` are the statuses that mean that there is no such row; `keep` lets the answer be kept.
    """

    method: str
    statement: str
    url: str
    query: Pairs = ()
    headers: Pairs = ()
    body: bytes | None = None
    absent: tuple[int, ...] = ()
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the JSON, exact numbers in it, and the address of the next page where one was named."""

    json: Any
    link: str = ""
    absent: bool = False


@dataclass(frozen=True, slots=True)
class EndPoint(Generic[S]):
    """An end point of one source, ready to be asked."""

    source: RestSettings
    settings: S

    def get(self, query: Pairs = (), *, keep: bool = False) -> Question:
        """Return the question of one page, or of a batch of keys that stands in the query."""
        return Question(
            "GET",
            self.settings.path,
            self._url(self.settings.path),
            (*self._query({}), *query),
            self._headers({}),
            keep=keep,
        )

    def post(self, body: bytes) -> Question:
        """Return the question of a batch of keys that is the body."""
        return Question(
            "POST",
            self.settings.path,
            self._url(self.settings.path),
            self._query({}),
            self._headers({}),
            body,
        )

    def detail(self, key: Mapping[str, str], absent: tuple[int, ...]) -> Question | None:
        """Return the question of one key; None for a key that cannot be a part of the path."""
        if any(f"{{{name}}}" in self.settings.path and value in NOWHERE for name, value in key.items()):
            return None
        path = _filled(self.settings.path, {name: quote(value, safe="") for name, value in key.items()})
        query, headers = self._query(key), self._headers(key)
        return Question("GET", self.settings.path, self._url(path), query, headers, absent=absent)

    def following(self, url: str, *, keep: bool) -> Question:
        """Return the question of a page whose whole address the source named."""
        return Question("GET", self.settings.path, url, (), self._headers({}), keep=keep)

    def _url(self, path: str) -> str:
        return self.source.url.rstrip("/") + path

    def _query(self, key: Mapping[str, str]) -> Pairs:
        written = {**self.source.query, **self.settings.query}
        return tuple((name, _filled(value, key)) for name, value in written.items())

    def _headers(self, key: Mapping[str, str]) -> Pairs:
        """Return the headers; what is no printable ASCII in a key is percent-encoded."""
        sendable = {name: quote(value, safe=PRINTABLE) for name, value in key.items()}
        written = {**self.source.headers, **self.settings.headers}
        return tuple((name, _filled(value, sendable)) for name, value in written.items())


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with each `{column}` replaced, what was put in left as it is."""
    for name in values:
        text = text.replace(f"{{{name}}}", f"\0{name}\0")
    for name, value in values.items():
        text = text.replace(f"\0{name}\0", value)
    return text
