"""What published sources have lost of what their fields are read from; reads that meet it say so here."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import anyio

from connectors.protocol import Connector
from schema.catalog import Catalog
from server.lost_fields import lost_fields


class Losses:
    """Keeps by department the coordinates that were lost, and which departments are to be looked at."""

    def __init__(self) -> None:
        self._lost: Mapping[str, Sequence[str]] = {}
        self._suspected: set[str] = set()
        self._suspicion = asyncio.Event()

    def of(self, department: str) -> Sequence[str]:
        """Return the coordinates that a department's source has lost, as it was looked at last."""
        return self._lost.get(department, ())

    def look_again(self, department: str) -> None:
        """Have a source that lost something looked at soon: its manifest may have left that out by now."""
        if self.of(department):
            self.suspect(department)

    def suspect(self, department: str) -> None:
        """Have a department's source looked at soon."""
        self._suspected.add(department)
        self._suspicion.set()

    def teller(self, department: str) -> Callable[[], None]:
        """Return what a department's reads call that meet a loss, or its end."""
        return lambda: self.suspect(department)

    async def suspected(self, seconds: float) -> frozenset[str]:
        """Return the departments to be looked at as soon as there are any; none after so many seconds."""
        with anyio.move_on_after(max(seconds, 0)):
            await self._suspicion.wait()
        self._suspicion.clear()
        found = frozenset(self._suspected)
        self._suspected.clear()
        return found

    async def look(self, catalog: Catalog, sources: Mapping[str, Connector]) -> Mapping[str, Sequence[str]]:
        """Look at sources, by department; return those that turned, with the coordinates lost by now."""
        turned: dict[str, Sequence[str]] = {}
        for department, connector in sources.items():
            lost = await lost_fields(catalog, department, connector)
            if lost is not None and tuple(lost) != tuple(self.of(department)):
                turned[department] = lost
        self._lost = {**self._lost, **turned}
        return turned
