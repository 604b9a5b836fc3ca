"""What is set for one client: whether it asks registered operations only, and its own limits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from auth.errors import ClientRefusedError


@dataclass(frozen=True, slots=True)
class Bound:
    """The least and the most that a limit may be set to."""

    least: float
    most: float


BOUNDS: Final[Mapping[str, Bound]] = MappingProxyType(
    {
        "body": Bound(1_024, 20_000_000),
        "tokens": Bound(10, 10_000),
        "fields": Bound(1, 2_000),
        "depth": Bound(1, 20),
        "page": Bound(1, 1_000_000),
        "deadline": Bound(0.1, 300),
    }
)
"""What the platform allows at most, whatever is set for a client; measured not to block others."""


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """A client's own settings; None stands for what holds for everybody.

    `body` in bytes; `tokens`, `fields` and `depth` of one document; `page` in rows of one list, of which
    no more than 100,000 are made whole: a longer one streams;
    `deadline` in seconds of one request.
    """

    only_persisted: bool = False
    body: int | None = None
    tokens: int | None = None
    fields: int | None = None
    depth: int | None = None
    page: int | None = None
    deadline: float | None = None


USUAL: Final = ClientSettings()
"""The settings of a client for which nothing was set."""


def check_settings(settings: ClientSettings) -> None:
    """Raise `CLIENT_REFUSED` where a limit is not within the bounds of the platform."""
    for name, bound in BOUNDS.items():
        value = getattr(settings, name)
        if value is not None and not bound.least <= value <= bound.most:
            raise ClientRefusedError(
                f"The limit is not between {bound.least:g} and {bound.most:.0f}", where=name
            )


def settings_document(settings: ClientSettings) -> dict[str, Any]:
    """Return settings as a JSON value that holds only what was set; `read_settings` reads it back."""
    return {
        field.name: getattr(settings, field.name)
        for field in fields(ClientSettings)
        if getattr(settings, field.name) != field.default
    }


def read_settings(document: Mapping[str, Any]) -> ClientSettings:
    """Return the settings that `settings_document` wrote."""
    return ClientSettings(**document)
