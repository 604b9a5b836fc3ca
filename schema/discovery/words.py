"""The words of government's legacy columns: what a title, its pinyin or its initials mean in the graph."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

SHORTEST = 2
"""Letters of the shortest initials that are taken for a word."""


@dataclass(frozen=True, slots=True)
class Word:
    """A meaning of a column: its name in the graph, its Chinese title, and how such a field is handled.

    `type` is a semantic type, '' where the word does not say; `codes` names a standard's table. `level`
    and `mask` are '' where the type brings them. `birth` marks days of birth.
    """

    name: str
    title: str
    type: str = ""
    level: str = ""
    mask: str = ""
    codes: str = ""
    birth: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The whole list: fields, parts and tables by Chinese title and by spelling.

    A spelling of a part or a table gives its English and its Chinese.
    """

    titles: Mapping[str, tuple[Word, ...]]
    spellings: Mapping[str, tuple[Word, ...]]
    parts: Mapping[str, str]
    part_spellings: Mapping[str, tuple[str, str]]
    tables: Mapping[str, str]
    table_spellings: Mapping[str, tuple[str, str]]
    longest: int


@cache
def words() -> Words:
    """Return the list that stands beside this file, read once."""
    text = files("schema").joinpath("discovery", "dictionary.yaml").read_text(encoding="utf-8")
    written = yaml.safe_load(text)
    fields = [(_word(entry), entry) for entry in written["fields"]]
    titles: dict[str, list[Word]] = {}
    spellings: dict[str, list[Word]] = {}
    for word, entry in fields:
        for title in entry["titles"]:
            _add(titles, title, Word(**{**_values(word), "title": title}))
    for word, entry in fields:  # what a clerk wrote out comes before what two titles happen to share
        for column in entry.get("columns", ()):
            _add(spellings, column, word)
    for word, entry in fields:
        for title in entry["titles"]:
            for spelling in spelled(title):
                _add(spellings, spelling, Word(**{**_values(word), "title": title}))
    parts, tables = _reversed(written["parts"]), _reversed(written["tables"])
    return Words(
        _frozen(titles),
        _frozen(spellings),
        MappingProxyType(parts),
        MappingProxyType(_by_spelling(parts)),
        MappingProxyType(tables),
        MappingProxyType(_by_spelling(tables)),
        max(map(len, (*titles, *parts, *tables))),
    )


def spelled(title: str) -> tuple[str, ...]:
    """Return the pinyin of a Chinese text and its initials; those of one letter say nothing."""
    syllables = pinyin(title)
    both = ("".join(syllables), "".join(syllable[:1] for syllable in syllables))
    return tuple(dict.fromkeys(text.lower() for text in both if len(text) >= SHORTEST))


def pinyin(text: str) -> Sequence[str]:
    """Return a text syllable by syllable, in plain letters; what is not Chinese stays as it is."""
    return tuple(_lazy_pinyin()(text))


@cache
def _lazy_pinyin() -> Callable[[str], list[str]]:
    """Return the library's function, which takes 58 MB with it: only where somebody discovers."""
    found: Callable[[str], list[str]] = import_module("pypinyin").lazy_pinyin
    return found


def _word(entry: Mapping[str, Any]) -> Word:
    return Word(
        entry["name"],
        entry["titles"][0],
        entry.get("type", ""),
        entry.get("level", ""),
        entry.get("mask", ""),
        entry.get("codes", ""),
        "birth" in entry,
    )


def _values(word: Word) -> dict[str, Any]:
    return {name: getattr(word, name) for name in Word.__slots__}


def _add(table: dict[str, list[Word]], spelling: str, word: Word) -> None:
    known = table.setdefault(spelling, [])
    if all(other.name != word.name or other.type != word.type for other in known):
        known.append(word)


def _frozen(table: Mapping[str, Sequence[Word]]) -> Mapping[str, tuple[Word, ...]]:
    return MappingProxyType({spelling: tuple(known) for spelling, known in table.items()})


def _reversed(written: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the English word of each Chinese one; the first that claims it has it."""
    found: dict[str, str] = {}
    for english, titles in written.items():
        for title in titles:
            found.setdefault(title, english)
    return found


def _by_spelling(english: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    first = dict(reversed([(name, title) for title, name in english.items() if not title.isascii()]))
    found: dict[str, tuple[str, str]] = {}
    for title, name in english.items():
        for spelling in (title,) if title.isascii() else spelled(title):
            found.setdefault(spelling, (name, first[name] if title.isascii() else title))
    return found
