"""One alert: which rule, of whom, and where the records behind it stand. Never a person, never a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from audit.record import SystemRecord
from govgraph.digests import hex_digest


class Rule(StrEnum):
    """The rules, by what they notice."""

    BULK_PERSONS = "bulk-persons"
    BULK_ROWS = "bulk-rows"
    ENUMERATION = "enumeration"
    DENIALS = "denials"
    OFF_HOURS = "off-hours"
    SENSITIVE = "sensitive"
    NEW_FIELDS = "new-fields"
    DORMANT = "dormant"
    LOG = "log"
    CLOCK = "clock"


DAILY: Final = frozenset({Rule.OFF_HOURS, Rule.SENSITIVE, Rule.DORMANT})
"""Rules that are told once a day."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What was noticed at the record `position`, whose time is `time`; `since` is where its records begin."""

    rule: Rule
    time: str
    position: int
    client: str = ""
    end_user: str = ""
    since: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def receipt(self) -> str:
        """Return the receipt: one for each rule, client, end user and hour (or day), to be raised once."""
        when = self.time[: len("2026-06-30")] if self.rule in DAILY else self.time[: len("2026-06-30T01")]
        named = "|".join((self.rule, self.client, self.end_user, when))
        return f"alert-{hex_digest(named.encode())[:32]}"

    def record(self, now: str) -> SystemRecord:
        """Return the record that raises it at the instant `now`."""
        told = {
            "rule": self.rule.value,
            "client": self.client,
            "end_user": self.end_user,
            "since": self.since,
            "until": self.time,
            "record": str(self.position),
            **self.detail,
        }
        kept = {name: value for name, value in told.items() if value}
        return SystemRecord(self.receipt, now, "alert.raised", kept)
