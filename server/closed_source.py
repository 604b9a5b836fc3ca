"""Stands for a source that could not be opened: its fields are null with a typed error, others answer."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from connectors.model import Binds, Capability, Entity, Read, Row, Written
from connectors.protocol import PreparedRead
from server.errors import SourceNotOpenedError


class ClosedSource:
    """A connector whose every read fails with `SOURCE_NOT_OPENED`; it plans like any other."""

    def __init__(self, department: str) -> None:
        self._department = department

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return everything, so that no work is planned around a source that cannot answer."""
        return frozenset(Capability)

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    async def describe(self) -> Sequence[Entity]:
        """Return nothing."""
        return ()

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Raise `SourceNotOpenedError`."""
        self._refuse()

    def prepare(self, read: Read) -> PreparedRead:
        """Return a read that fails when it is run."""
        return _ClosedRead(self._department)

    async def aclose(self) -> None:
        """Hold nothing, let go of nothing."""

    def _refuse(self) -> NoReturn:
        raise not_opened(self._department)


class _ClosedRead:
    def __init__(self, department: str) -> None:
        self._department = department

    statement = ""

    async def rows(self, binds: Binds) -> Sequence[Row]:
        raise not_opened(self._department)

    async def json(self, binds: Binds) -> Written:
        raise not_opened(self._department)

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        raise not_opened(self._department)
        yield ()


def not_opened(department: str) -> SourceNotOpenedError:
    """Return the error of a source that could not be opened."""
    return SourceNotOpenedError("The source could not be opened with its settings", where=department)
