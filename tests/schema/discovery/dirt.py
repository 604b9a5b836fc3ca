"""What becomes of cells in legacy stores, and whole columns of them, the same for the same seed."""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from schema import normal_forms as forms
from tests.schema.discovery.other_values import OTHERS
from tests.schema.discovery.values import VALUES, Chance, mobile

DIRT: Mapping[str, Callable[[Chance, str], str | None]] = MappingProxyType(
    {
        "blanks": lambda chance, text: text + " " * chance.randrange(1, 4),
        "lower_x": lambda _, text: text.replace("X", "x"),
        "small": lambda _, text: text.lower(),
        "full_width": lambda _, text: text.translate(forms.TO_FULL_WIDTH),
        "fifteen": lambda _, text: text[:6] + text[8:17] if text[6:8] == "19" else text,
        "nothing": lambda chance, _: chance.choice((None, "", "无", "-", "不详", "NULL", "/", "0")),
        "wrong": lambda chance, _: chance.choice(("待核实", "见附件", "1", "测试", "同上")),
        "broken": lambda chance, text: text[:-1] + chance.choice("0123456789"),
        "apostrophe": lambda _, text: f"'{text}",
        "grouped": lambda _, text: f"{text[:3]} {text[3:7]} {text[7:]}",
        "grouped_card": lambda _, text: " ".join(text[place : place + 4] for place in range(0, len(text), 4)),
        "grouped_unit": lambda _, text: f"{text[:6]} {text[6:12]} {text[12:19]} {text[19:]}",
        "pointed": lambda _, text: f"{text[:2]}·{text[2:]}",
        "abroad": lambda _, text: f"+86{text}",
        "extension": lambda chance, text: f"{text}-{chance.randrange(100, 999)}",
        "two_numbers": lambda chance, text: f"{text};{mobile(chance)}",
        "titled": lambda chance, text: text[0] + chance.choice(("先生", "女士", "经理")),
        "spaced": lambda _, text: text[0] + "　" + text[1:],
    }
)
"""What happens to a cell, by name; None where it is lost."""
SHARE = 0.15
"""The part of the cells that each kind of dirt befalls."""


def cells(values: str, dirt: tuple[str, ...], rows: int, seed: str) -> list[str | None]:
    """Return the cells of a column, the same for the same seed."""
    chance = Random(seed)
    made_by = {**VALUES, **OTHERS}[values]
    made: list[str | None] = []
    for _ in range(rows):
        cell: str | None = made_by(chance)
        for kind in dirt:
            if cell and chance.random() < SHARE:
                cell = DIRT[kind](chance, cell)
        made.append(cell)
    return made
