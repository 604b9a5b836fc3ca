"""What the record must say of a question: which fields were used, and how, whatever rows there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.record import Coordinates
from schema.catalog import Link, Resource
from schema.meaning import (
    Along,
    AlongPages,
    ByKey,
    EdgeCursor,
    Figure,
    Listing,
    PageFact,
    Summary,
    Total,
    Value,
    Verify,
)
from tests.resolvers.generated.asking import Asked, walk
from tests.resolvers.generated.cities import City
from tests.resolvers.generated.model import Path, Told
from tests.resolvers.generated.values import normal

ROWS = ByKey | Listing | Along | AlongPages
"""What rows are shown of."""
CURSORS = ("startCursor", "endCursor")


class Expected:
    """The coordinates of a question by what is done with them, and the keys it looks up."""

    def __init__(self, city: City, roots: Sequence[Asked]) -> None:
        self.city = city
        self.permissions = city.permissions
        self.asked: set[str] = set()
        self.predicate: set[str] = set()
        self.policy: set[str] = set()
        self.aggregated: set[str] = set()
        self.masked: dict[str, str] = {}
        self.resources: set[str] = set()
        self.keys: set[str] = set()
        self.links: set[str] = set()
        self.shown: dict[Path, set[str]] = defaultdict(set)
        for path in walk(roots):
            self.note(path)

    def resource(self, name: str) -> Resource:
        """Return a resource."""
        return self.city.catalog.resources[name]

    def note(self, path: tuple[Asked, ...]) -> None:  # noqa: C901 - one match over the meanings
        """Note one field of the question; `path` holds those above it."""
        asked, names = path[-1], tuple(one.name for one in path)
        match asked.meaning:
            case ByKey(name) | Verify(name):
                self.touched(self.resource(name), shown=True)
                for key, value in asked.arguments.items():
                    self.matched(self.resource(name), key, [value])
            case Listing(name) | Summary(name):
                self.chosen(self.resource(name), asked)
                if isinstance(asked.meaning, Summary):
                    self.grouped(self.resource(name), asked, names)
            case Along(name, link) | AlongPages(name, link):
                self.followed(self.resource(name), link)
                self.links.add(f"{name}.{link.name}")
                self.chosen(self.resource(link.target), asked)
            case Value(name, field):
                self.read(self.resource(name), field, names[: place(path)])
            case Total(name):
                self.aggregated |= coordinates(name, self.resource(name).key)
            case Figure(name, field, part) if part != "key":
                self.aggregated.add(f"{name}.{field}")
            case EdgeCursor():
                self.paged(path)
            case PageFact(name) if name in CURSORS:
                self.paged(path)

    def read(self, resource: Resource, name: str, path: Path) -> None:
        """Note a field that is shown, with the fields that its mask looks at."""
        coordinate = f"{resource.name}.{name}"
        self.asked.add(coordinate)
        self.shown[path].add(coordinate)
        mask = self.permissions.rights[coordinate].mask
        if mask is not None:
            self.masked[coordinate] = mask.mask
            self.policy |= coordinates(resource.name, (one.condition.field for one in mask.exceptions))

    def touched(self, resource: Resource, *, shown: bool) -> None:
        """Note a resource whose rows are read: its row filter, and whom the rows shown are about."""
        self.resources.add(resource.name)
        rows = self.permissions.row_filters.get(resource.name)
        self.policy |= coordinates(resource.name, (one.field for one in rows.conditions) if rows else ())
        if shown and resource.subject:
            self.policy.add(f"{resource.name}.{resource.subject}")

    def chosen(self, resource: Resource, asked: Asked) -> None:
        """Note rows that a caller chooses and orders."""
        self.touched(resource, shown=True)
        self.where(resource, asked.given("where") or {})
        for pair in asked.given("orderBy") or ():
            self.ordered(resource, pair)

    def where(self, resource: Resource, where: Mapping[str, Any]) -> None:
        """Note what a condition looks at."""
        for name, below in where.items():
            if below is None:
                continue
            if name in ("and", "or", "not"):
                for one in below if isinstance(below, list) else [below]:
                    self.where(resource, one)
            elif name in resource.links:
                self.across(resource, resource.links[name], below)
            else:
                self.predicate.add(f"{resource.name}.{name}")
                for operator, value in below.items():
                    if operator in ("eq", "in"):
                        self.matched(resource, name, value if isinstance(value, list) else [value])

    def ordered(self, resource: Resource, step: Mapping[str, Any]) -> None:
        """Note what rows are ordered by, here or across links."""
        for name, way in step.items():
            self.predicate.add(f"{resource.name}.{name}")
            if isinstance(way, Mapping):
                link = resource.links[name]
                self.followed(resource, link)
                self.touched(self.resource(link.target), shown=False)
                self.ordered(self.resource(link.target), way)

    def across(self, resource: Resource, link: Link, below: Mapping[str, Any]) -> None:
        """Note a condition on the rows of a link."""
        target = self.resource(link.target)
        for where in [below] if link.one else below.values():
            if where is not None:
                self.predicate.add(f"{resource.name}.{link.name}")
                self.followed(resource, link)
                self.touched(target, shown=False)
                self.where(target, where)

    def followed(self, resource: Resource, link: Link) -> None:
        """Note the fields that a link compares, and those of its constant conditions."""
        self.policy |= coordinates(resource.name, (*(own for own, _ in link.by), *dict(link.when)))
        theirs = (*(one for _, one in link.by), *dict(link.target_when))
        self.policy |= coordinates(link.target, theirs)

    def matched(self, resource: Resource, name: str, values: Iterable[Any]) -> None:
        """Note values that a caller holds against a field: they count as looked up."""
        self.predicate.add(f"{resource.name}.{name}")
        forms = {normal(resource.fields[name], str(one)) for one in values if one is not None}
        self.keys |= {form for form in forms if form is not None}

    def grouped(self, resource: Resource, asked: Asked, path: Path) -> None:
        """Note what rows are counted and grouped by."""
        by = asked.given("groupBy") or ()
        self.aggregated |= coordinates(resource.name, (*resource.key, *by))
        self.shown[path] = coordinates(resource.name, by)
        self.asked |= self.shown[path]

    def paged(self, path: tuple[Asked, ...]) -> None:
        """Note the key of the rows that a cursor marks."""
        meaning: Any = path[place(path) - 1].meaning
        name = meaning.resource if isinstance(meaning, Listing) else meaning.link.target
        self.policy |= coordinates(name, self.resource(name).key)

    def coordinates(self, told: Told) -> Coordinates:
        """Return the coordinates; fields of a place without rows were not given out, links were followed."""
        given = [names for path, names in self.shown.items() if told.rows.get(path) or path in told.grouped]
        asked, returned = self.asked | self.links, self.links.union(*given)
        return Coordinates(
            asked=tuple(sorted(asked)),
            returned=tuple(sorted(returned)),
            masked={name: mask for name, mask in sorted(self.masked.items()) if name in returned},
            used_in_predicate=tuple(sorted(self.predicate)),
            used_by_policy=tuple(sorted(self.policy - asked - self.predicate)),
            aggregated=tuple(sorted(self.aggregated)),
        )

    def level(self) -> str:
        """Return the highest level of the fields that were shown, held against values or summed up."""
        used = (one.split(".") for one in self.asked | self.predicate | self.aggregated)
        known = (self.resource(name).fields.get(field) for name, field in used)
        return max((one.level for one in known if one is not None), default="")


def place(path: tuple[Asked, ...]) -> int:
    """Return how much of a path leads to the place whose rows the end of it shows."""
    rows = [number for number, one in enumerate(path, 1) if isinstance(one.meaning, ROWS)]
    return rows[-1]


def coordinates(name: str, fields: Iterable[str]) -> set[str]:
    """Return the coordinates of some fields of a resource."""
    return {f"{name}.{field}" for field in fields}
