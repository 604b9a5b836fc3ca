"""Levels: what a department showed last says what takes a second person, also once it was withdrawn."""

from auth.rights import Level
from schema.catalog import Resource
from schema.draft import Draft
from server.registration.desk import Desk


async def last_shown(desk: Desk, department: str) -> Draft | None:
    """Return what a department showed last, withdrawn or not; None where it never showed anything.

    Who withdraws and then publishes anew lowers a level like anybody else.
    """
    shown = [one.version for one in await desk.catalog.versions(department) if one.shown]
    return await desk.catalog.draft_at(department, shown[0]) if shown else None


def sensitive(draft: Draft) -> tuple[str, ...]:
    """Return the coordinates of level L3 and above that a draft shows."""
    return tuple(
        coordinate
        for name, one in draft.resources.items()
        for coordinate in sensitive_fields(name, one.resource)
    )


def sensitive_fields(name: str, resource: Resource) -> tuple[str, ...]:
    """Return the coordinates of a resource's fields of level L3 and above."""
    fields = resource.fields.values()
    return tuple(f"{name}.{field.name}" for field in fields if field.level >= Level.L3)


def lowered(before: Draft, after: Draft) -> tuple[str, ...]:
    """Return the coordinates of a draft whose column had level L3 or above before, and a higher one.

    Columns are compared, not names: a field by another name shows the same.
    """
    levels: dict[tuple[str, str], Level] = {}
    for one in before.resources.values():
        for field in one.resource.fields.values():
            place = (one.resource.entity, field.column)
            levels[place] = max(field.level, levels.get(place, field.level))
    return tuple(
        f"{name}.{field.name}"
        for name, one in after.resources.items()
        for field in one.resource.fields.values()
        if field.level < (level := levels.get((one.resource.entity, field.column), field.level))
        and level >= Level.L3
    )
