"""The rules that need nothing but the stream itself: bulk, enumeration, denials, hours, level, clock, log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from audit.alerts.alert import Alert, Rule
from audit.alerts.rules import AlertRules
from audit.alerts.windows import Window, Windows
from audit.entry import Entry
from audit.index.terms import BEGINNING, MICROSECOND, microseconds
from govgraph.clock import ZONE, rfc3339

SECOND: Final = 1_000_000
TROUBLE: Final = frozenset({"log.checkpoint_missing", "log.verification_failed"})
"""Events that say that the log may not be what it was."""


@dataclass(slots=True)
class Watch:
    """Looks at each record once, in order, and says what should be looked at."""

    rules: AlertRules
    windows: Windows = field(init=False)
    latest: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing seen."""
        self.windows = Windows(self.rules.window * SECOND)

    def see(self, entry: Entry, now: int) -> Iterator[Alert]:
        """Yield the alerts of one record; `now` is the clock's instant in microseconds since 1970."""
        leaf, moment = entry.leaf, microseconds(entry.leaf["time"])
        yield from self._clock(entry, moment, now)
        if leaf["kind"] == "system":
            if leaf["event"] in TROUBLE:
                yield Alert(Rule.LOG, leaf["time"], entry.position, detail={"event": leaf["event"]})
        elif leaf["kind"] == "access" and leaf.get("client"):
            yield from self._denials(entry, moment)
            if leaf.get("part") != "end":  # the end of a stream tells once more what its batches told
                yield from self._bulk(entry, moment)
                yield from self._enumeration(entry, moment)
            if leaf.get("rows"):
                yield from self._off_hours(entry, moment)
                yield from self._sensitive(entry)

    def _bulk(self, entry: Entry, moment: int) -> Iterator[Alert]:
        leaf, rules = entry.leaf, self.rules
        rows = self.windows.of((Rule.BULK_ROWS, leaf["client"]))
        rows.add(moment, sum(leaf.get("rows", {}).values()), entry.digests.subjects)
        if rows.total > rules.row_limit:
            yield _alert(Rule.BULK_ROWS, entry, rows, rows=rows.total)
        if rows.distinct > rules.client_person_limit:
            yield _alert(Rule.BULK_PERSONS, entry, rows, persons=rows.distinct)
        if user := leaf.get("end_user"):
            own = self.windows.of((Rule.BULK_PERSONS, leaf["client"], user))
            own.add(moment, 1, entry.digests.subjects)
            if own.distinct > rules.person_limit:
                yield _alert(Rule.BULK_PERSONS, entry, own, user=user, persons=own.distinct)

    def _enumeration(self, entry: Entry, moment: int) -> Iterator[Alert]:
        leaf, rules, keys = entry.leaf, self.rules, entry.digests.keys
        who = leaf.get("end_user", "")
        yield from self._sequence(entry, moment, who)
        if not keys:
            return
        looked = self.windows.of((Rule.ENUMERATION, leaf["client"], who))
        looked.add(moment, 0 if leaf.get("rows") else len(keys), keys)
        if looked.total > rules.miss_limit:
            yield _alert(Rule.ENUMERATION, entry, looked, user=who, misses=looked.total)
        elif who and looked.distinct > rules.key_limit:
            yield _alert(Rule.ENUMERATION, entry, looked, user=who, keys=looked.distinct)

    def _sequence(self, entry: Entry, moment: int, who: str) -> Iterator[Alert]:
        """Digests show no order: that keys follow on one another was counted when they were looked up."""
        if count := entry.leaf.get("keys_in_sequence", 0):
            followed = self.windows.of((Rule.ENUMERATION, "sequence", entry.leaf["client"], who))
            followed.add(moment, count)
            if followed.total > self.rules.sequence_limit:
                yield _alert(Rule.ENUMERATION, entry, followed, user=who, sequence=followed.total)

    def _denials(self, entry: Entry, moment: int) -> Iterator[Alert]:
        if entry.leaf["outcome"] != "refused":
            return
        denied = self.windows.of((Rule.DENIALS, entry.leaf["client"]))
        denied.add(moment, 1)
        if denied.total > self.rules.denial_limit:
            yield _alert(Rule.DENIALS, entry, denied, denials=denied.total)

    def _off_hours(self, entry: Entry, moment: int) -> Iterator[Alert]:
        """A person at work reads about persons at night or on a day of rest; machines work at any hour."""
        leaf = entry.leaf
        if leaf.get("end_user") and leaf.get("subject_total") and off_hours(self.rules, moment):
            yield Alert(Rule.OFF_HOURS, leaf["time"], entry.position, leaf["client"], leaf["end_user"])

    @staticmethod
    def _sensitive(entry: Entry) -> Iterator[Alert]:
        leaf = entry.leaf
        if leaf.get("level") == "L4":
            yield Alert(Rule.SENSITIVE, leaf["time"], entry.position, leaf["client"])

    def _clock(self, entry: Entry, moment: int, now: int) -> Iterator[Alert]:
        bound = self.rules.clock_seconds * SECOND
        behind, ahead = self.latest - moment, moment - now
        self.latest = max(self.latest, moment) if ahead <= bound else self.latest
        if behind > bound or ahead > bound:
            seconds = {"behind": str(behind // SECOND)} if behind > bound else {"ahead": str(ahead // SECOND)}
            yield Alert(Rule.CLOCK, entry.leaf["time"], entry.position, detail=seconds)


def off_hours(rules: AlertRules, moment: int) -> bool:
    """Return whether nobody is at work at an instant, on the city's clock."""
    local = (BEGINNING + timedelta(microseconds=moment)).astimezone(ZONE)
    if local.date() in rules.holidays:
        return True
    if local.weekday() in rules.rest_days and local.date() not in rules.working_days:
        return True
    begins, ends = rules.night_begins, rules.night_ends
    if begins <= ends:
        return begins <= local.hour < ends
    return local.hour >= begins or local.hour < ends


def microseconds_of(moment: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (moment - BEGINNING) // MICROSECOND


def _alert(rule: Rule, entry: Entry, window: Window, user: str = "", **counts: int) -> Alert:
    since = rfc3339(BEGINNING + timedelta(microseconds=window.begun))
    detail: Mapping[str, Any] = {name: str(count) for name, count in counts.items()}
    if grants := entry.leaf.get("grants"):
        detail = {**detail, "grants": " ".join(grants[:20])}
    return Alert(rule, entry.leaf["time"], entry.position, entry.leaf["client"], user, since, detail)
