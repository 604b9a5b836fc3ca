"""Replicas on one PostgreSQL: how their log is kept, and what it holds."""

from audit.log import Log
from audit.opening import Keeping
from audit.postgresql.keeping import shared
from audit.postgresql.session import read_addresses


def keeping_in(url: str, sequence: str = "") -> Keeping:
    """Return the keeping of a log in a database."""
    addresses = read_addresses(url, sequence)
    assert addresses is not None
    return shared(addresses)


async def leaves(log: Log) -> list[tuple[int, str, bytes]]:
    """Return position, receipt and bytes of every record that was signed for."""
    return [(row.position, row.receipt, row.leaf) for row in await log.range(0, log.size)]
