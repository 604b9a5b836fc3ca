"""Which types of a caller's graph there are, told from the view alone, without making any of them."""

from collections.abc import Iterator, Mapping
from enum import Enum, auto

from schema.naming import paged_name
from schema.visibility import View, VisibleType


class Part(Enum):
    """A type that a resource brings to the graph, beside what hangs on its root fields alone."""

    OBJECT = auto()
    PAGES = auto()
    WHERE = auto()
    MANY_WHERE = auto()
    ORDER = auto()


Step = tuple[str, Part]


def reach(view: View) -> Mapping[str, frozenset[Part]]:
    """Return the parts of each resource that some root field leads to."""
    found: dict[str, set[Part]] = {}
    waiting = [step for visible in view.types.values() for step in from_roots(visible)]
    while waiting:
        name, part = waiting.pop()
        parts = found.setdefault(name, set())
        if part not in parts and there(view.types[name], part):
            parts.add(part)
            waiting.extend(onward(view.types[name], part))
    return {name: frozenset(parts) for name, parts in found.items()}


def there(visible: VisibleType, part: Part) -> bool:
    """Return whether a resource has the part at all: nothing to choose by makes no `where`."""
    if part in {Part.WHERE, Part.MANY_WHERE}:
        return bool(visible.chosen_by) or visible.compares
    return part is not Part.ORDER or bool(visible.ordered_by) or visible.sorts


def from_roots(visible: VisibleType) -> Iterator[Step]:
    """Yield the parts that the root fields of a resource lead to."""
    name = visible.resource.name
    if visible.by_key:
        yield name, Part.OBJECT
    if visible.listing:
        yield from ((name, part) for part in (Part.PAGES, Part.WHERE, Part.ORDER))
    if visible.aggregable:
        yield name, Part.WHERE


def onward(visible: VisibleType, part: Part) -> Iterator[Step]:
    """Yield the parts that a part leads to."""
    match part:
        case Part.PAGES:
            yield visible.resource.name, Part.OBJECT
        case Part.OBJECT:
            yield from along(visible)
        case Part.ORDER:
            yield from ((link.target, Part.ORDER) for link in visible.ordered_by.values())
        case Part.WHERE | Part.MANY_WHERE:
            for link in visible.chosen_by.values():
                yield link.target, Part.WHERE if link.one else Part.MANY_WHERE
                yield link.target, Part.WHERE


def along(visible: VisibleType) -> Iterator[Step]:
    """Yield the parts that the links of a row lead to."""
    for link in visible.links.values():
        yield link.target, Part.OBJECT
        if not link.one:
            yield from ((link.target, part) for part in (Part.WHERE, Part.ORDER))
        if not link.one and paged_name(link.name) not in visible.resource.fields:
            yield link.target, Part.PAGES
