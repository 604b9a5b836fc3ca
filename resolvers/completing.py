"""The completion of rows: Python generated per step that turns what a source gave into what the answer shows.

Only positions enter the code; what completes a cell is handed in by its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from resolvers.plan import DIRTY, Cell, Completer, KeyOfRow


@dataclass(frozen=True, slots=True)
class AtSight:
    """Completes a cell: null, and text that `clean` matches, stays as it is; the rest is for `otherwise`."""

    clean: Callable[[str], object]
    otherwise: Callable[[Any], Any]

    def __call__(self, value: Any) -> Any:
        """Return the completed value; the generated code does the same in its place."""
        if value is None or (value.__class__ is str and self.clean(value)):
            return value
        return self.otherwise(value)


def compile_completion(cells: Sequence[Cell], keys: Sequence[KeyOfRow]) -> Completer:
    """Return what completes the rows of a step; it calls `dirt` with the number of each dirty cell.

    A completed row is its cells, then its keys backwards: key `k` stands at `-1 - k`. Rows that are
    complete as they come are handed on as they are.
    """
    if not keys and all(plain(cell) and cell.output == number for number, cell in enumerate(cells)):
        return lambda rows, _dirt: list(rows)
    kept = {place for key in keys for place in (*key.cells, *(place for place, _ in key.when))}
    scope: dict[str, Any] = {"DIRTY": DIRTY}
    parts = []
    for number, cell in enumerate(cells):
        scope[f"complete_{number}"] = cell.complete
        if isinstance(cell.complete, AtSight):
            scope |= {f"clean_{number}": cell.complete.clean, f"complete_{number}": cell.complete.otherwise}
        written = cell_code(number, cell)
        parts.append(f"(v{number} := {written})" if number in kept else written)
    for number, key in reversed([*enumerate(keys)]):
        scope |= {f"allowed_{number}_{place}": allowed for place, allowed in key.when}
        parts.append(key_code(number, key))
    code = f"def complete(rows, dirt):\n    return [[{', '.join(parts)}] for row in rows]"
    exec(compile(code, "<completion>", "exec"), scope)  # noqa: S102 - nothing but positions is in it
    completer: Completer = scope["complete"]
    return completer


def plain(cell: Cell) -> bool:
    """Return whether a cell needs nothing done."""
    return cell.complete is None and cell.flag is None


def cell_code(number: int, cell: Cell) -> str:
    """Return the code for one cell: dirt of its own is noted and null; what its flag calls dirty is noted."""
    value = f"row[{cell.output}]"
    clean = isinstance(cell.complete, AtSight)
    shown = value if cell.complete is None else "c"
    if cell.flag is not None:
        shown = f"({shown} if not row[{cell.flag}] else dirt({number}) or {shown})"
    if cell.complete is None:
        return shown
    given = "s" if clean else value
    completed = f"(None if (c := complete_{number}({given})) is DIRTY and not dirt({number}) else {shown})"
    if not clean or cell.flag is not None:
        return completed.replace("(s)", f"({value})")
    return f"(s if (s := {value}) is None or s.__class__ is str and clean_{number}(s) else {completed})"


def key_code(number: int, key: KeyOfRow) -> str:
    """Return the code for one key of a row; None where a cell is null or a condition does not hold."""
    fails = [f"v{place} is None or str(v{place}) not in allowed_{number}_{place}" for place, _ in key.when]
    fails += [f"v{place} is None" for place in key.cells]
    parts = "".join(f"v{place}, " for place in key.cells)
    return f"(None if {' or '.join(fails)} else ({parts}))" if fails else "()"
