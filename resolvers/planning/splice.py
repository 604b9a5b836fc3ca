"""How JSON that a source wrote stands in the place of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.protocol import PreparedRead


@dataclass(frozen=True, slots=True)
class Splice:
    """How the rows of a step take their place where their source writes their JSON, asked by `prepared`.

    `beside` gives by cell which output beside the JSON holds it; `shape` makes the object of a row that
    was not clean.
    """

    prepared: PreparedRead
    beside: tuple[int | None, ...]
    shape: Callable[[Sequence[Any]], dict[str, Any]]
