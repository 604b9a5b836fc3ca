"""Links that may be: where the source declares them, and where two resources hold the same kind of key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.model import Entity
from schema.discovery.writing import Written, scalar
from schema.errors import Problem
from schema.naming import capitalised
from schema.types import SEMANTIC_TYPES

LINK_OPEN = "LINK_OPEN"
JOINING = frozenset({"IdNumber", "UnifiedSocialCreditCode", "PlateNumber", "UnitNumber", "DivisionCode"})


@dataclass(frozen=True, slots=True)
class MayLink:
    """A link that may be, by fields of both resources, to-one; and why."""

    name: str
    target: str
    title: str
    by: tuple[tuple[str, str], ...]
    why: str

    def line(self, department: str) -> str:
        """Return the link as a line of a manifest."""
        pairs = ", ".join(f"{own}: {other}" for own, other in self.by)
        parts = [
            f"to: {department}.{self.target}",
            "one: true",
            f"by: {{{pairs}}}",
            f"title: {scalar(self.title)}",
        ]
        return f"{self.name}: {{{', '.join(parts)}}}  # {self.why}"

    def question(self, type_name: str, file: str) -> Problem:
        """Return the question whether to have it."""
        fields = ", ".join(f"`{own}`" for own, _ in self.by)
        what = f"By {fields} a row may lead to `{self.target}`: {self.why}"
        remedy = f"Uncomment the link `{self.name}` and give both sides the right `join`, or remove it."
        return Problem(file, 0, f"resources.{type_name}", what, remedy, LINK_OPEN)


def declared(one: Written, entity: Entity, resources: Sequence[Written]) -> Iterator[MayLink]:
    """Yield the links that the source's own constraints declare between its entities."""
    names = _by_column(one)
    for reference in entity.references:
        for other in resources:
            columns = _by_column(other)
            known = set(reference.columns) <= names.keys() and set(reference.targets) <= columns.keys()
            if other.entity == reference.entity and other.key and known:
                pairs = zip(reference.columns, reference.targets, strict=True)
                by = tuple((names[own], columns[target]) for own, target in pairs)
                yield MayLink(_name(one, by, other), other.type, other.title, by, "its source declares it")


def alike(one: Written, resources: Sequence[Written]) -> Iterator[MayLink]:
    """Yield links from a field to the resource whose whole key is of the same semantic type."""
    for name, (_, field) in one.fields.items():
        if field.type not in JOINING or one.key == (name,):
            continue
        for other in resources:
            if other is not one and len(other.key) == 1 and other.fields[other.key[0]][1].type == field.type:
                by = ((name, other.key[0]),)
                why = f"both hold {SEMANTIC_TYPES[field.type].title}"
                yield MayLink(_name(one, by, other), other.type, other.title, by, why)


def _by_column(one: Written) -> dict[str, str]:
    return {column: name for name, (column, _) in one.fields.items()}


def _name(one: Written, by: Sequence[tuple[str, str]], other: Written) -> str:
    """Return a name for a link: `partner` by `partnerIdNo`, else the target's own, apart from all fields."""
    own, target = by[0]
    ending = capitalised(target)
    name = own[: -len(ending)] if own.endswith(ending) else f"{other.type[0].lower()}{other.type[1:]}"
    return f"{name}Link" if name in one.fields else name
