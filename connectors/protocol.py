"""What a data source must answer to take part in the graph."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel

from connectors.model import Binds, Capability, Entity, Read, Row, Surroundings, Written


class PreparedRead(Protocol):
    """One read, compiled once and run many times; runs may overlap."""

    @property
    def statement(self) -> str:
        """What the source will be sent, without a value in it; empty where that is not known yet."""

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows, their values in the order of the read's outputs.

        Values are `None`, `str`, `int`, `bool`, `Decimal`, `date`, `datetime` or `bytes`.
        Raises `SourceRetryError` or `SourceFatalError`, never a driver's own error.
        """

    async def json(self, binds: Binds) -> Written:
        """Return the rows as JSON text, as the read's `writing` says; needs `Capability.JSON`."""

    def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        """Yield batches of at most `size` rows, none of them empty, holding one batch at a time.

        Only asked for where `Capability.STREAM` is declared. A reader that stops before the end closes
        the generator, and with it what the source holds for it.
        """


class Connector(Protocol):
    """A read-only door to one data source.

    A connector answers the read it is given. It never decides who may see what:
    by the time a read arrives, policy has already removed what may not be read.
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Work this source takes over; the planner keeps the rest."""

    @property
    def as_of(self) -> datetime | None:
        """When the data on offer was true; None for a live source, whose data is true when it is read."""

    async def describe(self) -> Sequence[Entity]:
        """List the entities on offer, their columns and their keys."""

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return at most `count` rows of an entity, raw, for discovery and preview."""

    def prepare(self, read: Read) -> PreparedRead:
        """Compile a read. Raises `UnsupportedReadError` where it needs an undeclared capability.

        Compiling asks the source nothing; `describe` has been awaited once before.
        """

    async def aclose(self) -> None:
        """Let go of connections. Called once, after the last read."""


class Opener(Protocol):
    """Opens a connector of one kind."""

    async def __call__(self, settings: BaseModel, surroundings: Surroundings) -> Connector:
        """Return a connector. Raises a `GovGraphError` where settings or source are at fault."""


@dataclass(frozen=True, slots=True)
class ConnectorKind:
    """One kind of source, as registered under the entry-point group `govgraph.connectors`."""

    name: str
    title: str
    settings: type[BaseModel]
    open: Opener
