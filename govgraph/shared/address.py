"""Where Redis stands: an address that is checked once, and the connections made from it."""

import re
from ipaddress import ip_network
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from govgraph.egress import SPECIAL, Egress, EgressNotAllowedError, HostUnknownError
from govgraph.errors import SettingsRefusedError

SETTING: Final = "GOVGRAPH_REDIS_URL"
SCHEMES: Final = frozenset({"redis", "rediss"})
GIVEN: Final = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})
"""What may follow the `?` of an address: files for TLS. Nothing that would weaken it."""
NUMBER: Final = re.compile(r"/?|/[0-9]{1,3}")
PORT: Final = 6379
CONNECTIONS: Final = 32
ANSWER: Final = 0.5
"""Seconds within which Redis connects and answers; who waits longer has lost it."""
UNREACHED: Final = (ip_network("169.254.0.0/16"), ip_network("fe80::/10"))
"""Ranges in which no Redis stands, but a cloud's own addresses do."""


async def check_address(url: str) -> None:
    """Return where the platform may connect to this address. Raises `SettingsRefusedError`.

    The operator names it, so private ranges and this machine are allowed here, and only here: no
    department's source is let through to them by this.
    """
    parts = _parts(url)
    if parts.scheme == "unix":
        return
    allowed = tuple(span for span in SPECIAL if span not in UNREACHED)
    try:
        await Egress(allowed, SCHEMES).addresses(parts.scheme, parts.hostname or "", parts.port or PORT)
    except EgressNotAllowedError as error:
        raise SettingsRefusedError(error.what, where=SETTING, remedy=error.how) from None
    except HostUnknownError:
        return  # a name that is not known yet is a Redis that is away


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme == "unix" or (
            parts.scheme in SCHEMES and parts.hostname and parts.port != 0 and NUMBER.fullmatch(parts.path)
        )
    except ValueError:
        known = False
    if not known or not set(parse_qs(parts.query)) <= GIVEN:
        raise SettingsRefusedError(
            "The address of Redis cannot be read",
            where=SETTING,
            remedy="Write redis://user:password@host:6379/0, or rediss:// for TLS, which may end in "
            "?ssl_ca_certs=FILE, or unix:///run/redis.sock.",
        )
    return parts


def connections(url: str) -> Redis:
    """Return a client that waits for nothing longer than `ANSWER`, and never asks twice by itself."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER,
        socket_timeout=ANSWER,
        socket_connect_timeout=ANSWER,
        retry=Retry(NoBackoff(), 0),
        decode_responses=False,
    )
    return Redis(connection_pool=pool)
