"""Runs a blocking driver's call in a thread, and stops it when its caller goes away."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Executor
from typing import Any, Protocol, TypeVar

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
            await unbroken(stop(result, interrupt))
        raise


class Cursor(Protocol):
    """What a driver gives for a statement whose rows are fetched bit by bit."""

    def fetchmany(self, size: int, /) -> Sequence[Sequence[Any]]:
        """Return the next rows, at most so many; none at the end."""


async def batches(
    begin: Callable[[], Cursor], size: int, interrupt: Callable[[], object], threads: Executor
) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
    """Yield the rows of a statement, at most `size` at a time; no thread is held between two batches."""
    cursor = await run(begin, interrupt, threads)
    while rows := await run(lambda: cursor.fetchmany(size), interrupt, threads):
        yield rows


async def stop(result: "asyncio.Future[T]", interrupt: Callable[[], object]) -> None:
    """Interrupt what a future stands for, again and again, until it has ended."""
    while not result.done():
        interrupt()
        await asyncio.wait([result], timeout=AGAIN)
    if not result.cancelled():
        result.exception()  # taken, so that nobody misses it
