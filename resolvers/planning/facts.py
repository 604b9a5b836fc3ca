"""Facts of a plan, gathered while it is made: what the record and the answer will say."""

from dataclasses import dataclass, field, replace

from audit.record import Coordinates
from auth.rights import Permissions, Rights
from resolvers.planning.plan import Facts
from schema.catalog import Link, Resource


@dataclass(slots=True)
class FactsDraft:
    """Gathers coordinates by what the plan does with them."""

    permissions: Permissions
    asked: set[str] = field(default_factory=set)
    masked: dict[str, str] = field(default_factory=dict)
    masks: dict[str, str] = field(default_factory=dict)
    predicate: set[str] = field(default_factory=set)
    policy: set[str] = field(default_factory=set)
    aggregated: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    resources: set[str] = field(default_factory=set)

    def read(self, resource: Resource, name: str, rights: Rights, path: tuple[str, ...]) -> None:
        """Note a field that the caller will see."""
        coordinate = f"{resource.name}.{name}"
        self.asked.add(coordinate)
        self.levels.add(resource.fields[name].level)
        if rights.mask is not None:
            self.masked[coordinate] = rights.mask.mask
            self.masks[".".join(path)] = rights.mask.mask
            self.policy.update(f"{resource.name}.{one.condition.field}" for one in rights.mask.exceptions)

    def matched(self, resource: Resource, name: str) -> None:
        """Note a field that is held against a value of the caller."""
        self.predicate.add(f"{resource.name}.{name}")
        self.levels.add(resource.fields[name].level)

    def summed(self, resource: Resource, names: tuple[str, ...]) -> None:
        """Note fields that are counted or summed up."""
        self.aggregated.update(f"{resource.name}.{name}" for name in names)
        self.levels.update(resource.fields[name].level for name in names)

    def chosen_by(self, resource: Resource, link: Link) -> None:
        """Note a link across which the caller chooses or orders rows."""
        self.predicate.add(f"{resource.name}.{link.name}")

    def shown(self, resource: Resource) -> None:
        """Note the subject of rows that are shown: the record counts the persons they are about."""
        if resource.subject:
            self.policy.add(f"{resource.name}.{resource.subject}")

    def touched(self, resource: Resource) -> None:
        """Note a resource that is read, with its row filter."""
        self.resources.add(resource.name)
        if (rows := self.permissions.row_filters.get(resource.name)) is not None:
            self.policy.update(f"{resource.name}.{one.field}" for one in rows.conditions)

    def joined(self, resource: Resource, names: tuple[str, ...]) -> None:
        """Note fields that a link compares."""
        self.policy.update(f"{resource.name}.{name}" for name in names)

    def row_filters(self) -> tuple[str, ...]:
        """Return the row filters of the resources read, in words: names and relations, no values."""
        filters = self.permissions.row_filters
        stated = [
            (name, one) for name in self.resources if name in filters for one in filters[name].conditions
        ]
        return tuple(sorted(f"{name}.{one.field} {one.operator}" for name, one in stated))

    def finished(self) -> Facts:
        """Return the facts, sorted."""
        coordinates = Coordinates(
            asked=tuple(sorted(self.asked)),
            masked=dict(sorted(self.masked.items())),
            used_in_predicate=tuple(sorted(self.predicate)),
            used_by_policy=tuple(sorted(self.policy - self.asked - self.predicate)),
            aggregated=tuple(sorted(self.aggregated)),
        )
        return Facts(
            coordinates=coordinates,
            all_returned=replace(coordinates, returned=coordinates.asked),
            masks=tuple(sorted(self.masks.items())),
            level=max(self.levels, default=""),
            row_filters=self.row_filters(),
            grants=tuple(sorted({self.permissions.grants[name] for name in self.resources})),
        )
