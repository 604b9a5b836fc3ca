"""Answers that are kept to ask whether they still hold (RFC 9110, section 13); none is used unasked."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.rest.questions import Question

MOST = 64_000_000  # bytes that one source's answers take


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's bytes, and what names its version."""

    body: bytes
    charset: str
    link: str
    tag: str
    modified: str

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for a newer answer only."""
        if self.tag:
            return {"If-None-Match": self.tag}
        return {"If-Modified-Since": self.modified}


class KeptAnswers:
    """The answers of one source that were used last, within a bound."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Question, Kept] = OrderedDict()
        self._size = 0

    def of(self, question: Question) -> Kept | None:
        """Return what is kept of a question's last answer."""
        found = self._kept.get(question)
        if found is not None:
            self._kept.move_to_end(question)
        return found

    def keep(self, question: Question, kept: Kept) -> None:
        """Keep an answer that has a version, in the place of the one before; the oldest make room."""
        self._forget(question)
        if not (kept.tag or kept.modified) or len(kept.body) > self._most:
            return
        self._kept[question] = kept
        self._size += len(kept.body)
        while self._size > self._most:
            self._forget(next(iter(self._kept)))

    def _forget(self, question: Question) -> None:
        gone = self._kept.pop(question, None)
        self._size -= len(gone.body) if gone is not None else 0


def kept_of(body: bytes, charset: str, link: str, headers: Mapping[str, str]) -> Kept:
    """Return an answer with the names of its version."""
    return Kept(body, charset, link, headers.get("etag", ""), headers.get("last-modified", ""))
