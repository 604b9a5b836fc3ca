"""Requests that no valid token stands behind: so many are recorded, more would only fill the disk."""

from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from auth.errors import UnauthenticatedError
from auth.principal import Principal
from server.errors import TooManyRequestsError

VISITS: Final = 5
"""How many times more questions the demonstration's page may ask: each of them is answered."""


class Verifying(Protocol):
    """The part of the token verifier that is asked here."""

    async def principal(self, authorization_header: str) -> Principal:
        """Return who asks. Raises an `UnauthenticatedError`."""


class Strangers:
    """Counts by address what is refused to nobody in particular, and refuses more once it is too much.

    Whoever shows a valid token is never refused here, whatever its neighbours at the address do.
    """

    def __init__(self, verifier: Verifying, limit: int) -> None:
        self._verifier = verifier
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(limit)
        self._visits = RateLimitItemPerMinute(limit * VISITS)
        self._once = RateLimitItemPerMinute(1)

    async def admit(self, address: str, authorization: str) -> Principal | None:
        """Return who asks, None where a stranger's request may be looked at. Raises `TOO_MANY_REQUESTS`."""
        try:
            return await self._verifier.principal(authorization)
        except UnauthenticatedError:
            if await self._limiter.test(self._limit, "refused", place(address)):
                return None
            raise _too_many() from None

    async def refused(self, address: str) -> None:
        """Count one refusal."""
        await self._limiter.hit(self._limit, "refused", place(address))

    async def is_recorded(self, address: str) -> bool:
        """Count one refusal of a token, and return whether it is recorded: within the bound, or the first
        of a minute beyond it.
        """
        within = await self._limiter.hit(self._limit, "refused", place(address))
        return within or await self.is_news(address)

    async def is_news(self, address: str) -> bool:
        """Return whether this is the address's first refusal of this minute for being too many."""
        return await self._limiter.hit(self._once, "told", place(address))

    async def visit(self, address: str) -> None:
        """Count one question asked from the demonstration's page. Raises `TOO_MANY_REQUESTS`."""
        if not await self._limiter.hit(self._visits, "visit", place(address)):
            raise _too_many()


def place(address: str) -> str:
    """Return what is counted: an IPv4 address, or the network of an IPv6 one, whose owner has them all."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)


def _too_many() -> TooManyRequestsError:
    return TooManyRequestsError("Too many requests without a valid token came from this address")
