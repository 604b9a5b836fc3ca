"""The sampled cells of one column, as texts, without what stands for nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from govgraph.expressions.cells import text
from govgraph.expressions.days import BLANKS
from schema.discovery.looking import LONGEST

NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "/",
        "\\",
        ".",
        "无",
        "暂无",
        "不详",
        "未知",
        "未填",
        "空",
        "null",
        "none",
        "n/a",
        "na",
        "nan",
    }
    | {"(null)", "待补", "待定", "没有", "未登记", "未提供", "无此项", "?", "？", "*", "—", "——"}
)
"""What clerks and exports write where there is nothing, in lower case."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a column that hold something, `trimmed` and `raw`, and how many rows were seen."""

    raw: tuple[str, ...] = field(repr=False)
    trimmed: tuple[str, ...] = field(repr=False)
    rows: int

    @property
    def filled(self) -> int:
        """Return how many cells hold something."""
        return len(self.trimmed)

    @property
    def distinct(self) -> int:
        """Return how many different values there are."""
        return len(set(self.trimmed))

    def share(self, holds: Callable[[str], bool]) -> float:
        """Return the part of the filled cells for which something holds; 0 where none is filled."""
        return sum(map(holds, self.trimmed)) / self.filled if self.trimmed else 0.0

    def kinds(self, holds: Callable[[str], bool]) -> int:
        """Return how many different values something holds for."""
        return sum(map(holds, set(self.trimmed)))


def cells_of(column: str, rows: Sequence[Mapping[str, Any]]) -> Cells:
    """Return the cells of a column; bytes say nothing and are left out."""
    values = (row.get(column) for row in rows)
    spelled = (text(value) for value in values if not isinstance(value, bytes | bytearray | memoryview))
    raw = tuple(
        one[:LONGEST] for one in spelled if one is not None and one.strip(BLANKS).lower() not in NOTHING
    )
    return Cells(raw, tuple(one.strip(BLANKS) for one in raw), len(rows))
