"""What was sent to each source lately: statements and requests as text, never a value."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import time
from typing import Final

KEPT: Final = 200
"""Statements that are remembered of one source."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement as it was sent, and when (seconds since 1970)."""

    moment: float
    statement: str


@dataclass(frozen=True, slots=True)
class StatementLog:
    """The last statements of each source, by department; older ones are forgotten."""

    rings: dict[str, deque[Sent]] = field(default_factory=dict)

    def of(self, department: str) -> Callable[[str], None]:
        """Return what is told each statement of a department's source."""
        ring = self.rings.setdefault(department, deque(maxlen=KEPT))

        def tell(statement: str) -> None:
            ring.append(Sent(time(), statement))

        return tell

    def latest(self, department: str) -> Sequence[Sent]:
        """Return what was sent to a department's source, the newest first."""
        return tuple(reversed(self.rings.get(department, ())))
