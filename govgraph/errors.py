"""The error family: what is wrong, where, how to put it right, and a code that never changes.

GovGraphError
├── CallerError            the request is at fault; changing it helps
├── SourceRetryError       a department's source did not answer this time; asking again may help
├── SourceFatalError       a department's source cannot answer until its owner acts
└── PlatformError          the platform itself cannot serve; its operator must act
    └── SettingsRefusedError   a setting would break a rule; the process does not start

Each package opens its own `errors.py` with the branch that it adds. Texts are built from names,
codes and places only: never from data, SQL, host names, secrets or another library's message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What the caller can do next."""

    CALLER = "caller"
    SOURCE_RETRY = "source_retry"
    SOURCE_FATAL = "source_fatal"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the caller's document; line and column count from 1."""

    line: int
    column: int


class GovGraphError(Exception):
    """A refusal or failure with a stable code.

    Args:
        what: what is wrong, in words of the glossary, without data.
        where: the field, file, line or setting it is wrong at; may be empty.
        remedy: how to put it right; the class's own remedy where not given.
        path: the place in the answer, as in GraphQL (response names; no list index unless known).
        locations: the places in the document.
    """

    code: ClassVar[str] = "INTERNAL"
    kind: ClassVar[Kind] = Kind.PLATFORM
    status: ClassVar[int] = 500
    remedy: ClassVar[str] = ""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        path: Sequence[str | int] = (),
        locations: Sequence[Location] = (),
    ) -> None:
        self.what = what
        self.where = where
        self.how = remedy or self.remedy
        self.path = tuple(path)
        self.locations = tuple(locations)
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """Return the message a person reads: what, where, how."""
        place = f" ({self.where})" if self.where else ""
        return f"{self.what}{place}. {self.how}".strip() if self.how else f"{self.what}{place}."


class CallerError(GovGraphError):
    """The request is at fault; changing it helps."""

    code = "BAD_REQUEST"
    kind = Kind.CALLER
    status = 400


class SourceRetryError(GovGraphError):
    """A department's source did not answer this time."""

    code = "SOURCE_UNAVAILABLE"
    kind = Kind.SOURCE_RETRY
    status = 200


class SourceFatalError(GovGraphError):
    """A department's source cannot answer until its owner acts."""

    code = "SOURCE_BROKEN"
    kind = Kind.SOURCE_FATAL
    status = 200


class PlatformError(GovGraphError):
    """The platform cannot serve; its operator must act."""

    code = "PLATFORM_UNAVAILABLE"
    kind = Kind.PLATFORM
    status = 503


class SettingsRefusedError(PlatformError):
    """A setting, or a set of settings, would break a rule; the process does not start."""

    code = "SETTINGS_REFUSED"
    remedy = "Correct the named settings; `docs/reference/settings.md` explains each."
