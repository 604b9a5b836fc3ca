"""The completion of rows: Python generated per step that turns what a source gave into what the answer shows.

Only positions enter the code; what completes a cell is handed in by its place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from resolvers.planning.columns import MANY, clean, repeated
from resolvers.planning.plan import DIRTY, Cell, Completer, KeyOfRow


@dataclass(frozen=True, slots=True)
class AtSight:
    """Completes a cell: null and what `pattern` matches stay as they are, the rest is for `otherwise`."""

    pattern: re.Pattern[str]
    otherwise: Callable[[Any], Any]

    def __call__(self, value: Any) -> Any:
        """Return the completed value; the generated code does the same in its place."""
        if value is None or (value.__class__ is str and self.pattern.fullmatch(value)):
            return value
        return self.otherwise(value)


@dataclass(frozen=True, slots=True)
class EnumNames:
    """Turns a stored code into the enum's name; an unknown code is dirty."""

    names: Mapping[str, str]

    def __call__(self, value: Any) -> Any:
        """Return the name, None for null, `DIRTY` for a code that the table lacks."""
        return None if value is None else self.names.get(str(value), DIRTY)


def compile_completion(cells: Sequence[Cell], keys: Sequence[KeyOfRow]) -> Completer:
    """Return what completes the rows of a step; it calls `dirt` with the number of each dirty cell.

    A completed row is its cells, then its keys backwards: key `k` stands at `-1 - k`. Rows that are
    complete as they come are handed on as they are. Of many rows the columns are looked at first: where
    all that is told at sight is clean, nothing is left to do in those cells.
    """
    if not keys and all(plain(cell) and cell.output == number for number, cell in enumerate(cells)):
        return lambda rows, _dirt: list(rows)
    each = completer_of(cells, keys)
    looked_at = {
        cell.output: repeated(cell.complete.pattern) for cell in cells if isinstance(cell.complete, AtSight)
    }
    if not looked_at:
        return each
    at_once = compile_completion([seen(cell) for cell in cells], keys)

    def complete(rows: Sequence[Sequence[Any]], dirt: Callable[[int], None]) -> list[Sequence[Any]]:
        quick = len(rows) >= MANY and all(clean(rows, place, texts) for place, texts in looked_at.items())
        return at_once(rows, dirt) if quick else each(rows, dirt)

    return complete


def seen(cell: Cell) -> Cell:
    """Return a cell as it is left to be completed where its column is clean."""
    return replace(cell, complete=None) if isinstance(cell.complete, AtSight) else cell


def completer_of(cells: Sequence[Cell], keys: Sequence[KeyOfRow]) -> Completer:
    """Return what completes rows cell by cell."""
    kept = {place for key in keys for place in (*key.cells, *(place for place, _ in key.when))}
    scope: dict[str, Any] = {"DIRTY": DIRTY}
    parts = []
    for number, cell in enumerate(cells):
        scope[f"complete_{number}"] = cell.complete
        if isinstance(cell.complete, AtSight):
            scope[f"clean_{number}"] = cell.complete.pattern.fullmatch
            scope[f"complete_{number}"] = cell.complete.otherwise
        if isinstance(cell.complete, EnumNames):
            scope[f"names_{number}"] = cell.complete.names
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
    shown = value if cell.complete is None else "c"
    if cell.flag is not None:
        shown = f"({shown} if not row[{cell.flag}] else dirt({number}) or {shown})"
    if cell.complete is None:
        return shown
    seen_at_once = at_sight(number, cell)
    given = "s" if seen_at_once else value
    completed = f"(None if (c := complete_{number}({given})) is DIRTY and not dirt({number}) else {shown})"
    return f"{seen_at_once}{completed})" if seen_at_once else completed


def at_sight(number: int, cell: Cell) -> str:
    """Return the code for what needs no call, up to the code for what does; empty where all does."""
    if cell.flag is None and isinstance(cell.complete, AtSight):
        clean_text = f"s.__class__ is str and clean_{number}(s)"
        return f"(s if (s := row[{cell.output}]) is None or {clean_text} else "
    if cell.flag is None and isinstance(cell.complete, EnumNames):
        known = f"s in names_{number}"
        return f"(names_{number}[s] if (s := row[{cell.output}]).__class__ is str and {known} else "
    return ""


def key_code(number: int, key: KeyOfRow) -> str:
    """Return the code for one key of a row; None where a cell is null or a condition does not hold."""
    fails = [f"v{place} is None or str(v{place}) not in allowed_{number}_{place}" for place, _ in key.when]
    fails += [f"v{place} is None" for place in key.cells]
    parts = "".join(f"v{place}, " for place in key.cells)
    return f"(None if {' or '.join(fails)} else ({parts}))" if fails else "()"
