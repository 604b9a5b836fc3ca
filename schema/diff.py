"""What a publication would change for those who use the graph: breaking, dangerous or safe.

Breaking: a question that is answered today is refused tomorrow. Dangerous: it is answered, but means or
shows something else. Safe: nothing that was asked before is answered differently.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from auth.rights import Right
from schema.catalog import Catalog, CatalogField, Link, Resource
from schema.output import masked_output
from schema.types import SEMANTIC_TYPES


class Weight(StrEnum):
    """How heavily a change weighs on those who use the graph."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """One change at a coordinate, `Type` or `Type.field`; `operations` and `grants` are what it touches."""

    weight: Weight
    coordinate: str
    what: str
    operations: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()


def changes(before: Catalog, after: Catalog, department: str) -> tuple[CatalogChange, ...]:
    """Return what changes about a department's resources, the heaviest first."""
    found = [*_source(before, after, department)]
    old = {name: one for name, one in before.resources.items() if one.department == department}
    new = {name: one for name, one in after.resources.items() if one.department == department}
    for name in [*old, *(name for name in new if name not in old)]:
        found += _resource(name, old.get(name), new.get(name))
    order = list(Weight)
    return tuple(sorted(found, key=lambda one: (order.index(one.weight), one.coordinate)))


def touching(
    found: tuple[CatalogChange, ...], operations: Mapping[str, set[str]], grants: Mapping[str, set[str]]
) -> tuple[CatalogChange, ...]:
    """Return the changes with the operations and grants they touch; both by name, with their coordinates.

    A change of a type touches whoever uses a field of it. What is safe touches nobody.
    """
    return tuple(
        one
        if one.weight is Weight.SAFE
        else replace(one, operations=_users(one, operations), grants=_users(one, grants))
        for one in found
    )


def _users(change: CatalogChange, named: Mapping[str, set[str]]) -> tuple[str, ...]:
    place = change.coordinate
    return tuple(
        sorted(
            name
            for name, used in named.items()
            if any(one == place or one.startswith(f"{place}.") for one in used)
        )
    )


def _source(before: Catalog, after: Catalog, department: str) -> Iterator[CatalogChange]:
    old, new = before.sources.get(department), after.sources.get(department)
    if old is None or new is None or old == new:
        return
    what = "kind" if old.kind != new.kind else "settings"
    touched = [name for name, one in before.resources.items() if one.department == department]
    for name in touched:
        yield CatalogChange(Weight.DANGEROUS, name, f"the {what} of its source change")


def _resource(name: str, old: Resource | None, new: Resource | None) -> Iterator[CatalogChange]:
    if new is None:
        yield CatalogChange(Weight.BREAKING, name, "the resource goes")
        return
    if old is None:
        yield CatalogChange(Weight.SAFE, name, "the resource is new")
        return
    yield from _identity(name, old, new)
    for field in [*old.fields, *(one for one in new.fields if one not in old.fields)]:
        yield from _field(f"{name}.{field}", old.fields.get(field), new.fields.get(field))
    for link in [*old.links, *(one for one in new.links if one not in old.links)]:
        yield from _link(f"{name}.{link}", old.links.get(link), new.links.get(link))


def _identity(name: str, old: Resource, new: Resource) -> Iterator[CatalogChange]:
    if old.key != new.key:
        yield CatalogChange(Weight.BREAKING, name, "rows are found by another key")
    if old.changed_at != new.changed_at:
        yield CatalogChange(Weight.BREAKING, name, "another column tells when a row changed")
    for what, one, other in (
        ("its rows come from another entity", old.entity, new.entity),
        ("the subject of its rows changes", old.subject, new.subject),
        ("other rows count as deleted", old.deleted, new.deleted),
        ("its purposes change", old.purposes, new.purposes),
        ("how it is shared changes", old.share, new.share),
    ):
        if one != other:
            yield CatalogChange(Weight.DANGEROUS, name, what)
    if (old.title, old.summary) != (new.title, new.summary):
        yield CatalogChange(Weight.SAFE, name, "title or summary change")


def _field(place: str, old: CatalogField | None, new: CatalogField | None) -> Iterator[CatalogChange]:
    if new is None:
        yield CatalogChange(Weight.BREAKING, place, "the field goes")
        return
    if old is None:
        yield CatalogChange(Weight.SAFE, place, "the field is new")
        return
    yield from _shown(place, old, new)
    lost = [right.value for right in Right if right in old.rights - new.rights]
    if lost:
        yield CatalogChange(Weight.BREAKING, place, f"the ceiling loses {', '.join(lost)}")
    elif old.rights != new.rights:
        yield CatalogChange(Weight.SAFE, place, "the ceiling gains rights")
    gone = sorted(old.alternatives - new.alternatives)
    if gone:
        yield CatalogChange(Weight.BREAKING, place, f"grants may no longer choose {', '.join(gone)}")
    if old.column != new.column:
        yield CatalogChange(Weight.DANGEROUS, place, "its values come from another column")
    if old.level != new.level:
        yield CatalogChange(Weight.DANGEROUS, place, f"its level changes from {old.level} to {new.level}")


def _shown(place: str, old: CatalogField, new: CatalogField) -> Iterator[CatalogChange]:
    """Yield what changes about the values that are shown: their type, codes and mask."""
    if scalar(old) != scalar(new):
        yield CatalogChange(Weight.BREAKING, place, f"its type changes from {scalar(old)} to {scalar(new)}")
    elif old.type != new.type:
        yield CatalogChange(Weight.DANGEROUS, place, f"it means {new.type} instead of {old.type}")
    kept = {code.name for code in new.codes}
    lost = [code.name for code in old.codes if code.name not in kept]
    if lost and new.codes:
        yield CatalogChange(Weight.BREAKING, place, f"the codes {', '.join(lost)} go")
    elif old.codes != new.codes and new.codes:
        yield CatalogChange(Weight.DANGEROUS, place, "its code table changes")
    if old.mask != new.mask:
        same = _masked(old) == _masked(new)
        weight = Weight.DANGEROUS if same else Weight.BREAKING
        yield CatalogChange(weight, place, f"its mask changes from {_named(old)} to {_named(new)}")
    if old.title != new.title:
        yield CatalogChange(Weight.SAFE, place, "its title changes")


def scalar(field: CatalogField) -> str:
    """Return the type a field has in the graph while it is shown clear."""
    return "Enum" if field.codes else SEMANTIC_TYPES[field.type].scalar


def _masked(field: CatalogField) -> str:
    return masked_output(field.mask) if field.mask else scalar(field)


def _named(field: CatalogField) -> str:
    return field.mask.mask if field.mask else "none"


def _link(place: str, old: Link | None, new: Link | None) -> Iterator[CatalogChange]:
    if new is None:
        yield CatalogChange(Weight.BREAKING, place, "the link goes")
    elif old is None:
        yield CatalogChange(Weight.SAFE, place, "the link is new")
    elif (old.target, old.one) != (new.target, new.one):
        yield CatalogChange(Weight.BREAKING, place, "the link leads elsewhere")
    elif old != new:
        yield CatalogChange(Weight.DANGEROUS, place, "the link joins or chooses otherwise")
