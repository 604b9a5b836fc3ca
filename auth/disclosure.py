"""When citizens are shown that a grant was used to read about them: at once, later, or once released."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Disclosure:
    """At once where nothing is given, from the day `until` on, or not before two persons release it.

    `sealed` is the legal basis by which it is kept from the citizen.
    """

    until: date | None = None
    sealed: str = ""

    def shown_on(self, today: date) -> bool:
        """Return whether readings under the grant are shown to the persons they were about."""
        return not self.sealed and (self.until is None or self.until <= today)

    def opens(self, earlier: "Disclosure") -> bool:
        """Return whether this shows readings that an earlier one still kept back."""
        if self.sealed:
            return False
        return bool(earlier.sealed) or (self.until or date.min) < (earlier.until or date.min)


AT_ONCE: Final = Disclosure()


def disclosure_document(given: Disclosure) -> dict[str, str] | None:
    """Return a disclosure as a JSON value; None for at once."""
    if given.sealed:
        return {"sealed": given.sealed}
    return {"deferred": given.until.isoformat()} if given.until else None


def read_disclosure(document: Mapping[str, Any] | None) -> Disclosure:
    """Return the disclosure that `disclosure_document` wrote."""
    if not document:
        return AT_ONCE
    until = date.fromisoformat(document["deferred"]) if "deferred" in document else None
    return Disclosure(until, document.get("sealed", ""))
