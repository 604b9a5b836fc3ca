"""Work that is brought to its end, although whoever waits for it goes away."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work gives. A caller cancelled meanwhile, however often, is cancelled at its end."""
    task = asyncio.ensure_future(work)
    gone: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as cancelled:
                gone = cancelled
    result = task.result()
    if gone is not None:
        raise gone
    return result
