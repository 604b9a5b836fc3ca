"""Dirt as it is found in departments: keys that mean the right number and spell it differently."""

from collections.abc import Callable, Collection, Mapping, Sequence

from generator.setting import Setting

SHARE = 100
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def trailing_blanks(key: str) -> str:
    """Return the key filled up with blanks, as fixed-width exports leave it."""
    return f"{key}  "


def lower_x(key: str) -> str:
    """Return the key with a small x as check digit."""
    return key.lower()


def full_width(key: str) -> str:
    """Return the key in full-width characters, as typed with a Chinese input method."""
    return key.translate(FULL_WIDTH)


def fifteen_digits(key: str) -> str:
    """Return the key as issued before 1999: no century, no check digit."""
    return key[:6] + key[8:17]


KINDS: Mapping[str, tuple[Callable[[str], str], Callable[[str], bool]]] = {
    "TRAILING_BLANKS": (trailing_blanks, lambda _: True),
    "LOWER_X": (lower_x, lambda key: key.endswith("X")),
    "FULL_WIDTH": (full_width, lambda _: True),
    "FIFTEEN_DIGITS": (fifteen_digits, lambda key: key[6:8] == "19"),
}
"""Each kind of dirt by its variant's name in a manifest: how it is made, and which keys can have it."""


def soil(
    setting: Setting, room: str, keys: Sequence[str], spared: Collection[str], first: int | None = None
) -> list[str]:
    """Return the keys with one in a hundred made dirty, each kind in turn, none of the spared ones.

    `first` is the place of a key that gets trailing blanks in any case.
    """
    chance = setting.chance(f"dirt/{room}")
    dirty = list(keys)
    untouched = [place for place, key in enumerate(keys) if key not in spared and place != first]
    wanted = len(keys) // SHARE
    kinds = list(KINDS.values())
    turns = [kinds[number % len(kinds)] for number in range(wanted)]
    if first is not None:
        dirty[first] = trailing_blanks(keys[first])
        turns = turns[1:]
    chance.shuffle(untouched)
    for spell, possible in turns:
        place = next(place for place in untouched if possible(keys[place]))
        untouched.remove(place)
        dirty[place] = spell(keys[place])
    return dirty
