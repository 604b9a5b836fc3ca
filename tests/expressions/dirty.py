"""Texts as they are never meant to be, and numbers that are almost right: the same ones every time.

They hold neither U+0000 nor lone surrogates: PostgreSQL stores neither, and a connector that meets
U+0000 elsewhere hands the cell on as it is, to be hidden by any mask that expects a form.
"""

import random
from collections.abc import Sequence

PLAIN = "0123456789abcxXZ -./:*"
STRANGE = (
    "\u0301\u0308\u200b\u200d\u200e\u200f\u202e\u2066\ufeff\u3000\u00a0\t\n\r\v'\"\\%_;$?{}[]^"
    "０１２３４５６７８９ＸｘＡ－陈志远浙街道镇乡年月日是否٣७²½Ⅷßİıſ\U0001f9d1\U0001f3fd\U00020000\U0010ffff\ue000\ufffd"
)
SEEDS = (
    "330799199003071013",
    "11010519491231002X",
    "330799900307101",
    "91350100M000100Y43",
    "浙G12345",
    "浙GD00107",
    "13800135678",
    "0579-85123456",
    "+86 138 0013 5678",
    "330799001002GB00003F00010005",
    "6222020200112233445",
    "LSVAU2180N2183294",
    "浙江省金华市婺城区城东街道桃园社区5号",
    "浙江省义乌市佛堂镇某乡某村3号",
    "330702001008",
    "陈志远",
    "1990-03-07",
    "19900307",
    "2000/02/29",
    "1990年03月07日",
    "1900-02-29",
    "2016-05-20T10:00:00.123+08:00",
    "2016-05-20 10:00:00",
    "2016-03-01T05:30:00+14:59",
    "2000-02-28T20:00:59Z",
    "9999-12-31T16:00:00Z",
    "2023-02-29T08:00:00Z",
    "2024-02-29T24:00:00+01:00",
    "0001-01-01T05:00:00-03:00",
    "0001-01-01T00:00:00+08:01",
    "2400",
    "2400.50",
    "-0.00",
    "-17.250",
    "0",
    "999999999999999999",
    "1000000000000000000",
    "true",
    "否",
)
FIXED: tuple[str | None, ...] = (
    None,
    "",
    " ",
    "-",
    ".",
    "-.",
    "*",
    "***",
    "陈*",
    "0" * 18,
    "-" + "9" * 18,
    "9" * 19,
    "a" * 5000,
    "街道" * 2000,
    "１" * 18,
    *SEEDS,
)


def dirty_values(count: int, seed: int = 20260630) -> list[str | None]:
    """Return so many values: the fixed ones first, then seeds with faults, and plain noise."""
    chance = random.Random(seed)
    faults = (_replaced, _inserted, _cut, _surrounded, _widened)
    values: list[str | None] = list(FIXED)
    while len(values) < count:
        if chance.random() < 0.3:
            values.append(_noise(chance))
            continue
        text = chance.choice(SEEDS)
        for fault in chance.choices(faults, k=chance.randint(0, 2)):
            text = fault(text, chance)
        values.append(text)
    return values[:count]


def _character(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(PLAIN)
    if kind < 0.85:
        return chance.choice(STRANGE)
    point = chance.randrange(1, 0x10F800)
    return chr(point if point < 0xD800 else point + 0x800)


def _noise(chance: random.Random) -> str:
    return "".join(_character(chance) for _ in range(chance.randint(0, 30)))


def _replaced(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + _character(chance) + text[place + 1 :]


def _inserted(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + _character(chance) + text[place:]


def _cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _surrounded(text: str, chance: random.Random) -> str:
    return chance.choice(("", " ", "\u3000", "\ufeff")) + text + chance.choice((" ", "  ", "\t", "\u200b"))


def _widened(text: str, _chance: random.Random) -> str:
    return text.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))


def shuffled(values: Sequence[str | None], seed: int = 7) -> list[str | None]:
    """Return the values in another order, to be held against the first."""
    others = list(values)
    random.Random(seed).shuffle(others)
    return others
