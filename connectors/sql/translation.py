"""Translating characters in SQLite and MySQL, which have nothing for it but replacing one after the other."""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from string import ascii_lowercase, ascii_uppercase

AT_ONCE = 12
"""Replacements within one another; SQLite's parser gives up at about 25."""

Steps = Sequence[tuple[str, str]]


def translated(text: str, table: tuple[str, str], constant: Callable[[str], str], dialect: str) -> str:
    """Return SQL that translates a written text; `constant` writes a parameter."""
    steps = replacements(*table)
    if dialect != "sqlite":
        done = _nested(text, steps, constant)
        foreign = steps and all(not old.isascii() for old, _ in steps)
        return f"CASE WHEN {text} REGEXP '[^ -~]' THEN {done} ELSE {text} END" if foreign else done
    small = [pair for pair in zip(ascii_lowercase, ascii_uppercase, strict=True) if pair in steps]
    if len(small) == len(ascii_lowercase):
        # SQLite's `upper` knows ASCII alone: here, that is what is asked for.
        text, steps = f"upper({text})", [step for step in steps if step not in small]
    done = _replaced(text, steps, constant)
    if steps and all(not old.isascii() for old, _ in steps):
        return f"CASE WHEN {text} GLOB '*[^ -~]*' THEN {done} ELSE {text} END"
    return done


def replacements(source: str, target: str) -> Steps:
    """Return replacements that, one after the other, do what translating all at once does.

    Where a character is both replaced and a replacement, each goes through a code of two characters
    that the tables do not use; the first of the two is put beyond doubt before.
    """
    pairs = [(old, new) for old, new in zip_longest(source, target, fillvalue="") if old != new]
    news = {new for _, new in pairs}
    if not any(old in news for old, _ in pairs):
        return pairs
    unused = [chr(point) for point in range(0xE000, 0xF8FF) if chr(point) not in source + target]
    escape, itself, *codes = unused[: len(pairs) + 2]
    coded = [(old, escape + code, new) for (old, new), code in zip(pairs, codes, strict=True)]
    return [
        (escape, escape + itself),
        *((old, code) for old, code, _ in coded),
        *((code, new) for _, code, new in coded),
        (escape + itself, escape),
    ]


def _replaced(text: str, steps: Steps, constant: Callable[[str], str]) -> str:
    if len(steps) <= AT_ONCE:
        return _nested(text, steps, constant)
    chunks = [steps[place : place + AT_ONCE] for place in range(0, len(steps), AT_ONCE)]
    stages = [f"s0 AS (SELECT {_nested(text, chunks[0], constant)} AS c)"]
    for number, chunk in enumerate(chunks[1:], start=1):
        replaced = _nested("c", chunk, constant)
        stages.append(f"s{number} AS (SELECT {replaced} AS c FROM s{number - 1})")  # noqa: S608 - of parameters
    return f"(WITH {', '.join(stages)} SELECT c FROM s{len(stages) - 1})"  # noqa: S608 - of parameters


def _nested(text: str, steps: Steps, constant: Callable[[str], str]) -> str:
    for old, new in steps:
        text = f"replace({text}, {constant(old)}, {constant(new)})"
    return text
