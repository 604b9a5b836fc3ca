"""Many who ask at once, in one go: what comes while an answer is on its way makes the next question."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, Generic, TypeVar

from govgraph.shared.state import SharedStateUnavailableError

Asked = TypeVar("Asked")
Told = TypeVar("Told")
MOST: Final = 100
"""Questions that are put in one go."""


class Gathering(Generic[Asked, Told]):
    """Puts the questions of many callers together. `ask` answers each of them, in order.

    A caller that goes away takes nothing along: its question is asked all the same, for the others' sake.
    """

    def __init__(self, ask: Callable[[Sequence[Asked]], Awaitable[Sequence[Told]]]) -> None:
        self._ask = ask
        self._waiting: list[tuple[Asked, asyncio.Future[Told]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def one(self, asked: Asked) -> Told:
        """Return the answer to one question. Raises `SharedStateUnavailableError`."""
        told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, told))
        if self._asking is None:
            self._asking = asyncio.create_task(self._in_turn())
        return await told

    async def _in_turn(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._answered(batch)
        finally:
            self._asking = None

    async def _answered(self, batch: Sequence[tuple[Asked, asyncio.Future[Told]]]) -> None:
        told: Sequence[Told] = ()
        try:
            with suppress(SharedStateUnavailableError):
                told = await self._ask([asked for asked, _ in batch])
        finally:
            lost = "The shared state does not answer"
            for place, (_, waiting) in enumerate(batch):
                if not waiting.done() and place < len(told):
                    waiting.set_result(told[place])
                elif not waiting.done():
                    waiting.set_exception(SharedStateUnavailableError(lost))
