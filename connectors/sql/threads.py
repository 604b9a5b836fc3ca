"""Runs a blocking driver's call in a thread, and stops it when its caller goes away."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

import anyio

T = TypeVar("T")
AGAIN = 0.02  # seconds; an interrupt that comes before the statement has begun is lost, so it is repeated


async def run(work: Callable[[], T], interrupt: Callable[[], object], threads: Executor) -> T:
    """Return what the work gives. Cancelled, it interrupts the work and waits until it has ended.

    A connection is therefore never given back, or closed, while a thread still uses it.
    """
    future = asyncio.get_running_loop().run_in_executor(threads, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        with anyio.CancelScope(shield=True):
            await _stop(future, interrupt)
        raise


async def _stop(future: "asyncio.Future[T]", interrupt: Callable[[], object]) -> None:
    if future.cancel():  # still waiting for a thread
        await asyncio.wait([future])
        if future.cancelled():
            return
    while not future.done():
        interrupt()
        await asyncio.wait([future], timeout=AGAIN)
    future.exception()  # taken, so that nobody misses it
