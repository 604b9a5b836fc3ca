"""Code tables for a column: a standard's by name, or what the column's own comment spells out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schema.catalog import Code
from schema.code_tables import code_table
from schema.discovery.cells import Cells
from schema.discovery.naming import english, plain_letters
from schema.naming import GRAPHQL_CODE

MOST = 40
FEW = 12
FITS = 0.8
PAIR = re.compile(
    r"(?<![0-9A-Za-z])([0-9]{1,3}|[A-Z]{1,2})\s*[-:：=、.．代表为是]{0,2}\s*([\u4e00-\u9fff]{1,12})"
)
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SHORTENED = re.compile("[性族]$")


@dataclass(frozen=True, slots=True)
class Coded:
    """The code table of a column: `table` names a standard's, else `codes` spell it out; and why."""

    table: str
    codes: tuple[Code, ...]
    why: str


def coded_by_standard(table: str, cells: Cells) -> Coded | None:
    """Return a standard's table if the cells hold its codes or its titles, else None."""
    codes = code_table(table)
    stored = {code.stored for code in codes}
    if not cells.filled:
        return Coded(table, (), f"{table} by its name; no cell was seen")
    if cells.share(stored.__contains__) >= FITS:
        return Coded(table, (), f"its cells are codes of {table}")
    for spell in (_whole, _short):
        titles = {spell(code.title): code for code in codes}
        if cells.share(titles.__contains__) >= FITS:
            written = tuple(Code(title, code.name, code.title) for title, code in titles.items())
            return Coded("", written, f"its cells are titles of {table}")
    return None


def _whole(title: str) -> str:
    return title


def _short(title: str) -> str:
    return SHORTENED.sub("", title) or title


def coded_by_comment(comment: str, cells: Cells) -> Coded | None:
    """Return the table that a comment such as `状态：1正常 2注销` spells out; None where it spells none."""
    pairs: dict[str, str] = {}
    for stored, title in PAIR.findall(comment):
        pairs.setdefault(stored, title)
    if not 2 <= len(pairs) <= MOST or cells.share(pairs.__contains__) < FITS * bool(cells.filled):
        return None
    return Coded("", named_codes(pairs), "its comment spells the codes out")


def named_codes(pairs: Mapping[str, str]) -> tuple[Code, ...]:
    """Return codes with names in capitals, each of its own, for stored values and their Chinese titles."""
    codes: list[Code] = []
    for stored, title in pairs.items():
        name = _name(title, stored)
        taken = {code.name for code in codes}
        codes.append(Code(stored, name if name not in taken else f"{name}_{len(codes) + 1}", title))
    return tuple(codes)


def _name(title: str, stored: str) -> str:
    word = CAPITAL.sub("_", english(title) or plain_letters(title)).upper()[:60]
    return word if GRAPHQL_CODE.fullmatch(word) else f"CODE_{stored.upper()}"


def seems_coded(cells: Cells) -> bool:
    """Return whether the cells hold few short values over and over, as columns with codes do."""
    return cells.filled >= 20 and cells.distinct <= FEW and max(map(len, cells.trimmed)) <= 12
