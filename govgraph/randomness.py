"""Identifiers that nobody can guess, drawn from the system many at a time.

Each draw is a system call that gives other threads their turn: on a busy server it costs more
than all else an identifier needs.
"""

import os
from collections import deque
from collections.abc import Callable
from time import time_ns
from typing import Final

SIZE: Final = 16
DRAWN: Final = 256
CLOCK: Final = 6
"""Bytes for the milliseconds since 1970, as in version 7 of RFC 9562."""


class Identifiers:
    """Gives identifiers of 128 bits, 32 hexadecimal digits each, none of them twice."""

    def __init__(self) -> None:
        self._draws = _Draws(SIZE)

    def __call__(self) -> str:
        """Return a new identifier."""
        return self._draws()


class OrderedIdentifiers:
    """Gives identifiers as long, that begin with their time and go on with 80 bits that nobody can guess.

    An index over them grows at its end: with identifiers at random, a batch of seven records wrote seven
    pages of it, and the log's commit took twice the processor time.
    """

    def __init__(self, now: Callable[[], int] = time_ns) -> None:
        self._now = now
        self._draws = _Draws(SIZE - CLOCK)

    def __call__(self) -> str:
        """Return a new identifier; it comes behind those of earlier milliseconds."""
        return f"{self._now() // 1_000_000:012x}{self._draws()}"


class _Draws:
    """Gives random bytes in hexadecimal digits, so many each time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._left: deque[str] = deque()

    def __call__(self) -> str:
        if not self._left:
            drawn, digits = os.urandom(self._size * DRAWN).hex(), 2 * self._size
            self._left.extend(drawn[at : at + digits] for at in range(0, len(drawn), digits))
        return self._left.pop()
