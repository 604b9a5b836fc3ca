"""How fast a REST source may be asked: requests in turn, and rests that the source asks for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf

from connectors.errors import SourceQuotaError
from connectors.pace import Pace, Turns


class RequestPace:
    """Lets requests go in turn, and none while the source rests, as it said.

    Nobody waits longer than `patience` seconds: who would is refused at once, and the source not asked.
    """

    def __init__(
        self, pace: Pace, patience: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._turns = Turns(pace)
        self._now = pace.now
        self._patience = patience
        self._sleep = sleep
        self._rests_until = -inf

    async def turn(self) -> None:
        """Return when a request may go. Raises `SourceQuotaError` where that would be too late."""
        rest = self._rests_until - self._now()
        wait = self._turns.take(self._patience) if rest <= self._patience else None
        if wait is None:
            raise SourceQuotaError("The source may not be asked again so soon")
        if max(wait, rest) > 0:
            await self._sleep(max(wait, rest))

    def rest(self, seconds: float) -> None:
        """Ask nothing for so many seconds, as the source said."""
        self._rests_until = max(self._rests_until, self._now() + seconds)


def seconds_of(retry_after: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Return the seconds that a `Retry-After` names (RFC 9110, section 10.2.3); None where it names none."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now()).total_seconds())
