"""When a source may be asked: spans of the day on the clock of its own zone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
Span = tuple[time, time]


def _now() -> datetime:
    return datetime.now(UTC)


def read_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of `08:00-12:00, 13:30-18:00`, none for an empty text.

    A span that ends before it begins goes over midnight. Raises `ValueError` for any other text, and for a
    span without an end of its own, `08:00-08:00`.
    """
    spans = []
    for part in text.split(",") if text.strip() else ():
        found = SPAN.fullmatch(part.strip())
        if found is None:
            raise ValueError("write hours as 08:00-12:00, 13:30-18:00")
        first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if first == last:
            raise ValueError("a span of hours needs an end other than its beginning")
        spans.append((first, last))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans in which a source may be asked, their ends left out; without any, always."""

    spans: tuple[Span, ...] = ()
    zone: str = "Asia/Shanghai"
    now: Callable[[], datetime] = _now

    @property
    def open(self) -> bool:
        """Return whether the source may be asked now."""
        if not self.spans:
            return True
        at = self.now().astimezone(ZoneInfo(self.zone)).time()
        return any(
            first <= at < last if first < last else at >= first or at < last for first, last in self.spans
        )


ALWAYS = Hours()
"""No hour at which the source may not be asked."""
NEVER = Hours(((time.max, time.min),))
"""No hour at all, but for the last microsecond of the day."""
