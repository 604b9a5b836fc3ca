"""What one caller may use of the catalog (可见范围), and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from auth.masking.rule import MaskRule
from auth.rights import Ceiling, Permissions, Right
from schema.catalog import Catalog, CatalogField, Department, Link, Resource

OPERATORS = ("eq", "ne", "in", "notIn", "gt", "gte", "lt", "lte", "startsWith", "contains", "isNull")
MATCH_OPERATORS = frozenset({"eq", "in"})
RANGE_OPERATORS = frozenset(OPERATORS) - MATCH_OPERATORS
SIZES = frozenset({"gt", "gte", "lt", "lte"})
PARTS = frozenset({"startsWith", "contains"})
UNORDERED = frozenset({"Enum", "Boolean"})
"""Types on which greater and less mean nothing to a person."""
WHOLE = frozenset({"Int", "Long", "Decimal", "Date", "DateTime"})
"""Types of which no part means anything; bytes take no operator but equality."""


@dataclass(frozen=True, slots=True)
class VisibleField:
    """A field the caller may use in some way; `mask` is what it is seen through."""

    field: CatalogField
    readable: bool
    mask: MaskRule | None
    operators: tuple[str, ...]
    sortable: bool

    @property
    def clear(self) -> bool:
        """Return whether the value is seen whole."""
        return self.readable and self.mask is None


@dataclass(frozen=True, slots=True)
class VisibleType:
    """A type of the caller's schema. `compared` is empty where nothing may be verified.

    `aggregable` are the fields that may be summed up, whether or not single values may be read.
    `chosen_by` are the links across which its rows may be chosen: `where` of the other type.
    `ordered_by` are the to-one links across which they may be ordered: `orderBy` of the other type.
    `summed_by` are the to-many links whose rows may be summed up below each of its rows.
    """

    resource: Resource
    department: Department
    fields: Mapping[str, VisibleField]
    links: Mapping[str, Link]
    by_key: bool
    listing: bool
    compared: tuple[str, ...]
    aggregable: tuple[str, ...] = ()
    chosen_by: Mapping[str, Link] = field(default_factory=dict)
    ordered_by: Mapping[str, Link] = field(default_factory=dict)
    summed_by: Mapping[str, Link] = field(default_factory=dict)

    @property
    def counted(self) -> bool:
        """Return whether rows may be counted: that takes the right to aggregate a field of the key."""
        return not set(self.resource.key).isdisjoint(self.aggregable)

    @property
    def increment(self) -> VisibleField | None:
        """Return the field by which changes are read: that takes to range over it and to sort by it."""
        changes = self.resource.changes
        seen = self.fields.get(changes.name) if changes else None
        return seen if seen is not None and seen.sortable and "gte" in seen.operators else None

    @property
    def compares(self) -> bool:
        """Return whether at least one field takes a condition."""
        return any(field.operators for field in self.fields.values())

    @property
    def sorts(self) -> bool:
        """Return whether rows can be ordered by at least one field."""
        return any(field.sortable for field in self.fields.values())

    @property
    def readable(self) -> bool:
        """Return whether at least one field may be read, so that rows can be shown."""
        return any(field.readable for field in self.fields.values())


@dataclass(frozen=True, slots=True)
class View:
    """The part of one catalog version that one caller may use, by type name."""

    version: int
    types: Mapping[str, VisibleType]


def view(catalog: Catalog, permissions: Permissions) -> View:
    """Return exactly what the permissions open; a type on which nothing may be done is not there."""
    named = {coordinate.partition(".")[0] for coordinate in permissions.rights}
    granted = {name: resource for name, resource in catalog.resources.items() if name in named}
    fields = {name: _fields(resource, permissions) for name, resource in granted.items()}
    shown = {name for name, visible in fields.items() if any(field.readable for field in visible.values())}
    types: dict[str, VisibleType] = {}
    for name, resource in granted.items():
        aggregable = _aggregable(resource, permissions)
        if not fields[name] and not aggregable:
            continue
        found = all(permissions.allows(f"{name}.{key}", Right.MATCH) for key in resource.key)
        types[name] = VisibleType(
            resource,
            catalog.departments[resource.department],
            fields[name],
            {link.name: link for link in resource.links.values() if _joins(name, link, permissions, shown)},
            by_key=found and name in shown,
            listing=name in shown and _may_be_listed(resource, fields[name]),
            compared=_compared(resource, permissions) if found else (),
            aggregable=aggregable,
        )
    return View(catalog.version, _across(types, permissions))


class Ceilings(Mapping[str, Ceiling]):
    """The most that grants may give, by coordinate; each is read off the catalog when it is asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self._resources = catalog.resources

    def __getitem__(self, coordinate: str) -> Ceiling:
        """Return the ceiling of a field."""
        type_name, _, name = coordinate.partition(".")
        owner = self._resources[type_name]
        field = owner.fields[name]
        return Ceiling(
            coordinate, field.level, field.rights, field.mask, field.alternatives, owner.department
        )

    def __iter__(self) -> Iterator[str]:
        """Yield every coordinate."""
        return (f"{name}.{field}" for name, resource in self._resources.items() for field in resource.fields)

    def __len__(self) -> int:
        """Return how many fields there are."""
        return sum(len(resource.fields) for resource in self._resources.values())


def ceilings(catalog: Catalog) -> Mapping[str, Ceiling]:
    """Return the most that grants may give, by coordinate."""
    return Ceilings(catalog)


def _fields(resource: Resource, permissions: Permissions) -> Mapping[str, VisibleField]:
    visible = {name: _field(resource.name, field, permissions) for name, field in resource.fields.items()}
    return {name: field for name, field in visible.items() if field is not None}


def _field(type_name: str, field: CatalogField, permissions: Permissions) -> VisibleField | None:
    rights = permissions.rights.get(f"{type_name}.{field.name}")
    if rights is None:
        return None
    clear = rights.allows(Right.READ) and rights.mask is None
    allowed = MATCH_OPERATORS if rights.allows(Right.MATCH) else frozenset()
    # Range and order over a value that is masked would give it away, step by step.
    if rights.allows(Right.RANGE) and clear:
        allowed |= ranging(field.type)
    operators = tuple(operator for operator in OPERATORS if operator in allowed)
    sortable = rights.allows(Right.SORT) and clear and field.type != "Bytes"
    usable = rights.allows(Right.READ) or operators
    return (
        VisibleField(field, rights.allows(Right.READ), rights.mask, operators, sortable) if usable else None
    )


def ranging(type_name: str) -> frozenset[str]:
    """Return the operators beyond equality that mean something on a type."""
    if type_name == "Bytes":
        return frozenset()
    allowed = RANGE_OPERATORS - PARTS if type_name in WHOLE | UNORDERED else RANGE_OPERATORS
    return allowed - SIZES if type_name in UNORDERED else allowed


def _across(types: Mapping[str, VisibleType], permissions: Permissions) -> dict[str, VisibleType]:
    """Return the types with the links across which their rows may be chosen, ordered and summed up."""
    joined = {
        name: {
            link.name: link
            for link in one.resource.links.values()
            if link.target in types and _joined(name, link, permissions)
        }
        for name, one in types.items()
    }
    leading = {name: {key: link for key, link in links.items() if link.one} for name, links in joined.items()}
    choosing = _reaching(joined, {name for name, one in types.items() if one.compares})
    sorting = _reaching(leading, {name for name, one in types.items() if one.sorts})
    return {
        name: replace(
            one,
            chosen_by={key: link for key, link in joined[name].items() if link.target in choosing},
            ordered_by={key: link for key, link in leading[name].items() if link.target in sorting},
            summed_by={
                key: link
                for key, link in joined[name].items()
                if not link.one and types[link.target].aggregable
            },
        )
        for name, one in types.items()
    }


def _reaching(joined: Mapping[str, Mapping[str, Link]], able: set[str]) -> set[str]:
    """Return the types that are able themselves or reach one that is by links, however far away."""
    leading: dict[str, list[str]] = {}
    for name, links in joined.items():
        for link in links.values():
            leading.setdefault(link.target, []).append(name)
    found, waiting = set(able), [*able]
    while waiting:
        more = [name for name in leading.get(waiting.pop(), ()) if name not in found]
        found.update(more)
        waiting.extend(more)
    return found


def _joins(type_name: str, link: Link, permissions: Permissions, shown: set[str]) -> bool:
    return link.target in shown and _joined(type_name, link, permissions)


def _joined(type_name: str, link: Link, permissions: Permissions) -> bool:
    return all(
        permissions.allows(f"{type_name}.{own}", Right.JOIN)
        and permissions.allows(f"{link.target}.{theirs}", Right.JOIN)
        for own, theirs in link.by
    )


def _may_be_listed(resource: Resource, fields: Mapping[str, VisibleField]) -> bool:
    """Nobody browses who cannot tell rows apart or choose among them, and nobody browses people.

    A resource about persons is listed only where the subject's key is seen whole.
    """
    clear = {name for name, field in fields.items() if field.clear}
    chosen = any(fields[name].operators or fields[name].sortable for name in clear)
    return (chosen or clear.issuperset(resource.key)) and (
        resource.subject is None or resource.subject in clear
    )


def _aggregable(resource: Resource, permissions: Permissions) -> tuple[str, ...]:
    return tuple(
        name for name in resource.fields if permissions.allows(f"{resource.name}.{name}", Right.AGGREGATE)
    )


def _compared(resource: Resource, permissions: Permissions) -> tuple[str, ...]:
    return tuple(
        name
        for name in resource.verify
        if name not in resource.key and permissions.allows(f"{resource.name}.{name}", Right.MATCH)
    )
