"""Identifiers that nobody can guess, bought from the system many at a time.

Each purchase is a system call that gives other threads their turn: on a busy server it costs more
than all else an identifier needs.
"""

import os
from collections import deque
from typing import Final

SIZE: Final = 16
BOUGHT: Final = 256


class Identifiers:
    """Gives identifiers of 128 bits, 32 hexadecimal digits each, none of them twice."""

    def __init__(self) -> None:
        self._left: deque[str] = deque()

    def __call__(self) -> str:
        """Return a new identifier."""
        if not self._left:
            bought = os.urandom(SIZE * BOUGHT).hex()
            self._left.extend(bought[at : at + 2 * SIZE] for at in range(0, len(bought), 2 * SIZE))
        return self._left.pop()
