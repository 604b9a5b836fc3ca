"""Messages use the words of the glossary, and each word has its Chinese."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.architecture.reading import ROOT, packaged, place, tree

SPEAKERS = ("Error", "Problem", "Refusal")
"""A call whose name ends so carries a message to a person."""

TEXT_TABLES = ("server/cli/texts.py", "server/cli/audit/texts.py", "server/cli/source/texts.py")


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the glossary."""

    word: str
    chinese: str
    meaning: str
    instead_of: tuple[str, ...]


def glossary() -> list[Term]:
    """Return the rows of the table in `docs/glossary.md`."""
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [
        Term(word, chinese, meaning, tuple(filter(None, (other.strip() for other in others.split(",")))))
        for word, chinese, meaning, others in rows
        if word not in {"Term", "---"}
    ]


def constants(node: ast.AST) -> Iterator[str]:
    """Yield the texts written below a node, the fixed parts of f-strings among them."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def speaks(node: ast.AST) -> bool:
    """Return whether a node builds a message: a call of an error, or a `remedy` of a class."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith(SPEAKERS)
    return isinstance(node, ast.Assign) and any(ast.unparse(name) == "remedy" for name in node.targets)


def messages() -> Iterator[tuple[str, str]]:
    """Yield every message with the place it is written at."""
    for path in packaged():
        whole = place(path) in TEXT_TABLES
        for node in ast.walk(tree(path)):
            if speaks(node) or (whole and isinstance(node, ast.Module)):
                yield from ((f"{place(path)}:{getattr(node, 'lineno', 1)}", text) for text in constants(node))


def refused(text: str, terms: list[Term]) -> set[str]:
    """Return the words of a message that the glossary replaces by another."""
    plain = re.sub(r"`[^`]*`", " ", text.lower())
    for term in sorted(terms, key=lambda term: -len(term.word)):
        plain = re.sub(rf"\b{re.escape(term.word)}s?\b", " ", plain)
    others = [other.lower() for term in terms for other in term.instead_of]
    return {other for other in others if re.search(rf"\b{re.escape(other)}s?\b", plain)}


def test_every_term_has_its_chinese_and_its_meaning() -> None:
    terms = glossary()
    assert len(terms) > 40
    for term in terms:
        assert re.search(r"[一-鿿]", term.chinese), term.word
        assert term.meaning.endswith("."), term.word


def test_no_two_terms_mean_the_same() -> None:
    terms = glossary()
    assert len({term.word for term in terms}) == len(terms)
    assert len({term.chinese for term in terms}) == len(terms)
    assert not {term.word for term in terms} & {other for term in terms for other in term.instead_of}


def test_messages_use_the_words_of_the_glossary() -> None:
    terms = glossary()
    found = {
        (where, tuple(sorted(refused(text, terms)))) for where, text in messages() if refused(text, terms)
    }
    assert not found


def test_messages_were_found_at_all() -> None:
    assert len(list(messages())) > 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The permission is missing.", {"permission"}),
        ("The right is missing.", set()),
        ("Ask the organisation that owns the data source.", {"organisation", "data source", "datasource"}),
        ("The sharing attribute must be one of these.", set()),
    ],
)
def test_a_word_that_the_glossary_replaces_is_noticed(text: str, expected: set[str]) -> None:
    assert refused(text, glossary()) <= expected
    assert bool(refused(text, glossary())) == bool(expected)
