"""Links that may be: where the source declares them, and where two resources hold the same kind of key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.model import Entity
from schema.catalog import Resource
from schema.discovery.writing import Written, scalar
from schema.errors import Problem
from schema.naming import capitalised
from schema.types import SEMANTIC_TYPES

LINK_OPEN = "LINK_OPEN"
JOINING = frozenset({"IdNumber", "UnifiedSocialCreditCode", "PlateNumber", "UnitNumber", "DivisionCode"})


@dataclass(frozen=True, slots=True)
class Target:
    """A resource that is found by one field, `key`, of a semantic type; `resource` is `department.Type`."""

    resource: str
    title: str
    key: str
    type: str


@dataclass(frozen=True, slots=True)
class MayLink:
    """A link that may be, by fields of both resources, to-one; and why."""

    name: str
    target: str
    title: str
    by: tuple[tuple[str, str], ...]
    why: str

    def line(self) -> str:
        """Return the link as a line of a manifest."""
        pairs = ", ".join(f"{own}: {other}" for own, other in self.by)
        parts = [f"to: {self.target}", "one: true", f"by: {{{pairs}}}", f"title: {scalar(self.title)}"]
        return f"{self.name}: {{{', '.join(parts)}}}  # {self.why}"

    def question(self, type_name: str, file: str) -> Problem:
        """Return the question whether to have it."""
        fields = ", ".join(f"`{own}`" for own, _ in self.by)
        what = f"By {fields} a row may lead to `{self.target}`: {self.why}"
        remedy = f"Uncomment the link `{self.name}` and give both sides the right `join`, or remove it."
        return Problem(file, 0, f"resources.{type_name}", what, remedy, LINK_OPEN)


def targets_of(department: str, resources: Sequence[Written], others: Sequence[Resource]) -> Sequence[Target]:
    """Return what links may lead to by one key: the draft's own resources, then those of other departments.

    Resources that are hidden from the catalog are left out.
    """
    own = [
        Target(f"{department}.{one.type}", one.title, one.key[0], one.fields[one.key[0]][1].type)
        for one in resources
        if len(one.key) == 1
    ]
    published = [
        Target(f"{one.department}.{one.name}", one.title, one.key[0], one.fields[one.key[0]].type)
        for one in others
        if len(one.key) == 1 and not one.hidden and one.department != department
    ]
    return [target for target in (*own, *published) if target.type in JOINING]


def declared(
    department: str, one: Written, entity: Entity, resources: Sequence[Written]
) -> Iterator[MayLink]:
    """Yield the links that the source's own constraints declare between its entities."""
    names = _by_column(one)
    for reference in entity.references:
        for other in resources:
            columns = _by_column(other)
            known = set(reference.columns) <= names.keys() and set(reference.targets) <= columns.keys()
            if other.entity == reference.entity and other.key and known:
                pairs = zip(reference.columns, reference.targets, strict=True)
                by = tuple((names[own], columns[target]) for own, target in pairs)
                target = f"{department}.{other.type}"
                yield MayLink(_name(one, by, target), target, other.title, by, "its source declares it")


def alike(department: str, one: Written, targets: Sequence[Target]) -> Iterator[MayLink]:
    """Yield links from a field to the resources whose whole key is of the same semantic type."""
    for name, (_, field) in one.fields.items():
        for target in targets:
            itself = target.resource == f"{department}.{one.type}"
            both_wholes = one.key == (name,) and target.resource.startswith(f"{department}.")
            if target.type == field.type and not itself and not both_wholes:
                by = ((name, target.key),)
                why = f"both hold {SEMANTIC_TYPES[field.type].title}"
                yield MayLink(_name(one, by, target.resource), target.resource, target.title, by, why)


def _by_column(one: Written) -> dict[str, str]:
    return {column: name for name, (column, _) in one.fields.items()}


def _name(one: Written, by: Sequence[tuple[str, str]], target: str) -> str:
    """Return a name for a link: `partner` by `partnerIdNo`, else the target's own, apart from all fields."""
    own, key = by[0]
    ending, type_name = capitalised(key), target.rpartition(".")[2]
    name = own[: -len(ending)] if own.endswith(ending) else f"{type_name[0].lower()}{type_name[1:]}"
    return f"{name}Link" if name in one.fields else name
