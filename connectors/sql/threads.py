"""Runs a blocking driver's call in a thread, and stops it when its caller goes away."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from connectors.unbroken import unbroken

T = TypeVar("T")
AGAIN = 0.02  # seconds; an interrupt that comes before the statement has begun is lost, so it is repeated


async def run(work: Callable[[], T], interrupt: Callable[[], object], threads: Executor) -> T:
    """Return what the work gives. Cancelled, it interrupts the work and waits until it has ended.

    A connection is therefore never given back, or closed, while a thread still uses it.
    """
    begun = threads.submit(work)
    result = asyncio.wrap_future(begun)
    try:
        return await asyncio.shield(result)
    except asyncio.CancelledError:
        if not begun.cancel():  # a thread is at it already
            await unbroken(_stop(result, interrupt))
        raise


async def _stop(result: "asyncio.Future[T]", interrupt: Callable[[], object]) -> None:
    while not result.done():
        interrupt()
        await asyncio.wait([result], timeout=AGAIN)
    if not result.cancelled():
        result.exception()  # taken, so that nobody misses it
