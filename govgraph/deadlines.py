"""Deadlines of work: one timer for all who may take equally long, since whoever began first is due first.

A timer of its own for each piece of work, as `asyncio.timeout` has, costs four times as much, and nearly
all of them are put away before they ring.
"""

import asyncio
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Final

LENGTHS: Final = 64
"""Different lengths that are remembered; whoever names one more begins the list anew."""


class Timer:
    """Rings for whoever waits longer than `seconds`; what it rings for must not raise."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._numbers = count()
        self._waiting: dict[int, tuple[float, Callable[[], object]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, ring: Callable[[], object], loop: asyncio.AbstractEventLoop) -> int:
        """Begin to wait on the running loop, and return the number by which `end` puts it away."""
        number, due = next(self._numbers), loop.time() + self._seconds
        if self._loop is not loop:  # nobody waits yet, or a loop that was closed did
            self._waiting.clear()
            self._loop = loop
            loop.call_at(due, self._look)
        self._waiting[number] = (due, ring)
        return number

    def end(self, number: int) -> None:
        """Put away what `begin` began; nothing where it has rung."""
        self._waiting.pop(number, None)

    def _look(self) -> None:
        """Ring for all who are due, and come again when the next one is."""
        if self._loop is None:
            raise AssertionError
        now = self._loop.time()
        while self._waiting:
            number = next(iter(self._waiting))
            due, ring = self._waiting[number]
            if due > now:
                self._loop.call_at(due, self._look)
                return
            del self._waiting[number]
            ring()
        self._loop = None


class Deadline:
    """Ends the work inside a `with` when its time is over: `TimeoutError`, and `expired` is true.

    Whatever the work waits in is cancelled, as `asyncio.timeout` does it, and a task that somebody else
    cancels as well is cancelled.
    """

    __slots__ = ("_cancelled", "_number", "_task", "_timer", "expired")

    def __init__(self, timer: Timer) -> None:
        self._timer = timer
        self.expired = False

    def __enter__(self) -> "Deadline":
        """Begin to count the time of the running task."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise AssertionError
        self._task, self._cancelled = task, task.cancelling()
        self._number = self._timer.begin(self._ring, loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Raise `TimeoutError` where the time was over, and only that ended the work."""
        self._timer.end(self._number)
        if self.expired and self._task.uncancel() <= self._cancelled and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _ring(self) -> None:
        self.expired = True
        self._task.cancel()


class Deadlines:
    """Gives deadlines of any length; those of one length share a timer."""

    def __init__(self) -> None:
        self._timers: dict[float, Timer] = {}

    def within(self, seconds: float) -> Deadline:
        """Return a deadline, for a `with` around what may take so many seconds."""
        timer = self._timers.get(seconds)
        if timer is None:
            if len(self._timers) >= LENGTHS:
                self._timers.clear()  # whoever waits on one of them keeps it
            timer = self._timers[seconds] = Timer(seconds)
        return Deadline(timer)
