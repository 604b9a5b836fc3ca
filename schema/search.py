"""Finding resources and fields in the catalog by words a person remembers."""

from collections.abc import Iterator
from dataclasses import dataclass

from schema.catalog import Catalog, Resource

MOST_HITS = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A resource or field that fits; `field` is empty for the resource itself. Metadata only, never data."""

    coordinate: str
    title: str
    resource: str
    field: str
    department: str
    level: str
    summary: str
    score: int


def search(catalog: Catalog, text: str) -> list[Hit]:
    """Return what holds every word of the text, best first; hidden resources are left out.

    Names, titles, summaries and departments are searched, capitals or not.
    """
    words = text.casefold().split()
    shown = (resource for resource in catalog.resources.values() if not resource.hidden)
    found = [hit for resource in shown for hit in _hits(catalog, resource, words)] if words else []
    return sorted(found, key=lambda hit: (-hit.score, hit.coordinate))[:MOST_HITS]


def _hits(catalog: Catalog, resource: Resource, words: list[str]) -> Iterator[Hit]:
    department = catalog.departments[resource.department]
    around = (department.key, department.title)
    level = max((field.level for field in resource.fields.values()), default=None)
    score = _score(words, (resource.name, resource.title), (*around, resource.summary, resource.code))
    if score:
        yield Hit(
            resource.name, resource.title, resource.name, "", department.key,
            str(level or ""), resource.summary, score,
        )  # fmt: skip
    for field in resource.fields.values():
        own, wider = (field.name, field.title), (resource.name, resource.title, *around)
        score = _score(words, own, wider) if _touches(words, own) else 0
        if score:
            yield Hit(
                f"{resource.name}.{field.name}", field.title, resource.name, field.name, department.key,
                str(field.level), "", score,
            )  # fmt: skip


def _touches(words: list[str], texts: tuple[str, ...]) -> bool:
    return any(word in text.casefold() for word in words for text in texts)


def _score(words: list[str], own: tuple[str, ...], wider: tuple[str, ...]) -> int:
    """Return 0 unless every word is found; an equal name counts most, then a part of it, then the rest."""
    total = 0
    for word in words:
        folded = [text.casefold() for text in own]
        if word in folded:
            total += 8
        elif any(word in text for text in folded):
            total += 4
        elif any(word in text.casefold() for text in wider):
            total += 1
        else:
            return 0
    return total
