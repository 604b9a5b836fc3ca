"""Names for the graph, from what a column or table is called at its source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schema.discovery.signs import sign_of
from schema.discovery.words import Word, Words, pinyin, words
from schema.naming import FIELD_NAME, TYPE_NAME, capitalised

LONGEST_TITLE = 40
LONGEST_NAME = 60
TITLE_END = re.compile(r"[(（\[【{:：;；,，。|/\\\n\r\t=]")
NOT_TITLE = re.compile(r"[0-9０-９A-Za-z]{5,}|[^\w·、（）()\- ]")
WORD_ENDS = re.compile(r"[_\-\s.]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
TABLE_FIRST = frozenset(
    {"t", "v", "vw", "tb", "tbl", "tab", "table", "view", "dim", "dwd", "ods", "dws", "base"}
)
TABLE_LAST = re.compile(r"(?:基本信息|信息|数据|登记表|记录|清单|表|情况)+$")
COLUMN_FIRST = frozenset({"f", "c", "col", "fld", "field"})


@dataclass(frozen=True, slots=True)
class Named:
    """What a column may mean: its words, the likeliest first, and why; `sure` where its title says so.

    Without words, `name` and `title` are made of the column's own name.
    """

    name: str
    title: str
    words: tuple[Word, ...]
    why: str
    sure: bool


def named_column(column: str, comment: str) -> Named:
    """Return the meanings of a column; of its comment only the words before any bracket or digits count."""
    listed, title = words(), title_of(comment)
    for text, place in ((title, "comment"), (title_of(column), "name")):
        found = _by_title(listed, text)
        if found:
            return Named(found[0].name, text, found, f"its {place} says {text}", sure=True)
    found, said = _by_spelling(listed, column)
    if title:  # a title that is not known outweighs a guess at letters, but for what cells can bear out
        found = tuple(word for word in found if word.codes or sign_of(word.type))
    if found:
        return Named(found[0].name, title or found[0].title, found, said, sure=False)
    part = listed.part_spellings.get("".join(_pieces(column)))
    if part and not title:
        return Named(part[0], part[1], (), f"`{column.lower()}` is short for {part[1]}", sure=False)
    name, why = _plain(column, title)
    return Named(name, title or title_of(column) or column[:LONGEST_TITLE], (), why, sure=False)


def title_of(comment: str) -> str:
    """Return what a comment calls its column; '' where it has no Chinese, or holds what may be a value."""
    text = TITLE_END.split(comment.strip(), maxsplit=1)[0].strip()
    chinese = any("\u3400" <= character <= "\u9fff" for character in text)
    return text[:LONGEST_TITLE] if chinese and not NOT_TITLE.search(text) else ""


def table_name(entity: str, comment: str) -> tuple[str, str, str]:
    """Return a type name for an entity, its title, and why it is called so."""
    listed, title = words(), title_of(comment) or title_of(entity)
    short = TABLE_LAST.sub("", title)
    for text in dict.fromkeys((title, short)):
        if text in listed.tables:
            return listed.tables[text], title, f"its title says {text}"
    pieces = _pieces(entity)
    while len(pieces) > 1 and pieces[0] in TABLE_FIRST:
        pieces = pieces[1:]
    for start in range(len(pieces)):
        spelling = "".join(pieces[start:])
        if spelling in listed.table_spellings:
            known, chinese = listed.table_spellings[spelling]
            return known, title or chinese, f"`{spelling}` is a known spelling"
    translated = english(short) if short else ""
    made = translated or "".join(
        capitalised(plain_letters(piece)) for piece in pieces if plain_letters(piece)
    )
    name = capitalised(made)[:LONGEST_NAME] if made else "Row"
    name = name if TYPE_NAME.fullmatch(name) else f"T{name}"
    why = f"its title, word by word: {short}" if translated else "its own name; nothing about it is known"
    return name, title or entity, why


def _by_title(listed: Words, title: str) -> tuple[Word, ...]:
    """Return the meanings of a Chinese title, known whole or by its end, behind the words before it."""
    plain = title.replace(" ", "").replace("的", "")
    if not plain:
        return ()
    if plain in listed.titles:
        return listed.titles[plain]
    for start in range(1, len(plain) - 1):
        found = listed.titles.get(plain[start:])
        if found:
            first = english(plain[:start]) or "".join(
                capitalised(syllable) for syllable in pinyin(plain[:start]) if syllable.isalnum()
            )
            return tuple(_behind(word, first, title) for word in found)
    return ()


def _behind(word: Word, first: str, title: str) -> Word:
    name = f"{first[:1].lower()}{first[1:]}{capitalised(word.name)}"[:LONGEST_NAME]
    return replace(word, name=name if FIELD_NAME.fullmatch(name) else word.name, title=title)


def english(title: str) -> str:
    """Return a Chinese text in English words, longest first; '' where a piece of it is not known."""
    listed = words()
    made, place = "", 0
    while place < len(title):
        for size in range(min(listed.longest, len(title) - place), 0, -1):
            piece = title[place : place + size]
            known = listed.parts.get(piece) or _field_name(listed, piece)
            if known:
                made, place = made + (capitalised(known) if made else known), place + size
                break
        else:
            return ""
    return made


def _field_name(listed: Words, title: str) -> str:
    found = listed.titles.get(title, ())
    return found[0].name if found else ""


def _pieces(name: str) -> list[str]:
    return [piece.lower() for piece in WORD_ENDS.split(name) if piece]


def _by_spelling(listed: Words, column: str) -> tuple[tuple[Word, ...], str]:
    """Return the meanings of a column's letters, whole or by its last pieces, and what was recognised."""
    pieces = _pieces(column.rstrip("0123456789_") or column)
    if len(pieces) > 1 and pieces[0] in COLUMN_FIRST:
        pieces = pieces[1:]
    for start in range(len(pieces)):
        spelling = "".join(pieces[start:])
        found = listed.spellings.get(spelling, ())
        if not found:
            continue
        first, titles = _first_words(listed, pieces[:start])
        why = (
            f"`{spelling}` is short for {found[0].title}"
            if spelling != found[0].name
            else f"it is called `{spelling}`"
        )
        return tuple(_behind(word, first, titles + word.title) if first else word for word in found), why
    return _by_two(listed, "".join(pieces))


def _first_words(listed: Words, pieces: Sequence[str]) -> tuple[str, str]:
    """Return the pieces before a known spelling in English, and in Chinese where they are known."""
    known = [listed.part_spellings.get(piece, (plain_letters(piece), "")) for piece in pieces]
    english = "".join(capitalised(word) for word, _ in known if word)
    return english, "".join(title for _, title in known)


def _by_two(listed: Words, letters: str) -> tuple[tuple[Word, ...], str]:
    """Return the meanings of two known spellings in one, such as `syrsfzh`: the owner's identity number."""
    for cut in range(2, len(letters) - 1):
        first, last = letters[:cut], letters[cut:]
        if first in listed.part_spellings and last in listed.spellings:
            found = listed.spellings[last]
            part, title = listed.part_spellings[first]
            why = f"`{first}` and `{last}` are short for {title} and {found[0].title}"
            return tuple(_behind(word, part, title + word.title) for word in found), why
    return (), ""


def _plain(column: str, title: str) -> tuple[str, str]:
    """Return a name for a column that nothing is known of, and where it comes from."""
    chinese = title or title_of(column)
    translated = english(chinese)[:LONGEST_NAME] if chinese else ""
    if FIELD_NAME.fullmatch(translated):
        return translated, f"its title, word by word: {chinese}"
    pieces = [plain_letters(piece) for piece in _pieces(column)]
    if chinese and not (column.isascii() and any(pieces)):
        pieces = [plain_letters(syllable) for syllable in pinyin(chinese)]
    made = "".join(capitalised(piece) for piece in pieces if piece)[:LONGEST_NAME]
    name = f"{made[:1].lower()}{made[1:]}"
    if FIELD_NAME.fullmatch(name):
        return name, "its own name; nothing about it is known"
    return f"field{capitalised(made)}"[:LONGEST_NAME] if made else "field", "nothing about it is known"


def plain_letters(piece: str) -> str:
    """Return the ASCII letters and digits of a text, Chinese in pinyin."""
    if piece.isascii():
        return "".join(character for character in piece if character.isalnum())
    syllables = "".join(pinyin(piece))
    return "".join(character for character in syllables if character.isascii() and character.isalnum())
