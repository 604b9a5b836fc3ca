"""How a replica keeps its log in PostgreSQL."""

import asyncio
from pathlib import Path

from audit.opening import EMBEDDED, Keeping
from audit.postgresql.session import Addresses, read_addresses
from audit.postgresql.store import SharedStore
from audit.postgresql.writer import SharedWriter
from audit.store import Head
from audit.work import LogWriter
from audit.writer import Desk


def kept_in(insert: str, sequence: str) -> Keeping:
    """Return the keeping of the log of two settings: in PostgreSQL, or embedded where both are empty.

    Raises `SettingsRefusedError`.
    """
    addresses = read_addresses(insert, sequence)
    return EMBEDDED if addresses is None else shared(addresses)


def shared(addresses: Addresses) -> Keeping:
    """Return the keeping of a log in PostgreSQL, for `open_log`."""

    def opened(_folder: Path) -> SharedStore:
        return SharedStore(addresses)

    def begun(desk: Desk, head: Head, loop: asyncio.AbstractEventLoop) -> LogWriter:
        if not isinstance(desk.store, SharedStore):
            raise TypeError(type(desk.store).__name__)
        return SharedWriter(desk, head, loop, desk.store)

    return Keeping(opened, begun)
