"""What a prepared read answers that gives rows and nothing else."""

from collections.abc import AsyncGenerator, Sequence

from connectors.errors import UnsupportedReadError
from connectors.model import Binds, Row, Written


class RowsOnly:
    """Refuses JSON and streams, which the connector does not declare."""

    @property
    def statement(self) -> str:
        """What the source will be sent; empty where a connector does not say."""
        return ""

    async def json(self, binds: Binds) -> Written:
        """Raise `UnsupportedReadError`: `Capability.JSON` is not declared."""
        raise UnsupportedReadError("The source does not write JSON")

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        """Raise `UnsupportedReadError`: `Capability.STREAM` is not declared."""
        raise UnsupportedReadError("The source does not stream")
        yield ()
