"""Levels: what a department showed last says what takes a second person, also once it was withdrawn."""

from auth.grants import ALWAYS_ALLOWED
from auth.rights import Level
from schema.catalog import CatalogField, Resource
from schema.draft import Draft
from schema.types import SEMANTIC_TYPES
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
    """Return the coordinates of a resource's fields of level L3 and above.

    A field counts whose type brings such a level, though its author states a lower one.
    """
    return tuple(f"{name}.{field.name}" for field in resource.fields.values() if _weighs(field))


def opened(before: Draft, after: Draft) -> tuple[str, ...]:
    """Return the coordinates of a draft whose column, of level L3 or above before, was shown less freely.

    That is at a higher level, with fewer rights, or behind a mask that is gone. Columns are compared, not
    names: a field by another name shows the same.
    """
    shown: dict[tuple[str, str], list[CatalogField]] = {}
    for one in before.resources.values():
        for field in one.resource.fields.values():
            shown.setdefault((one.resource.entity, field.column), []).append(field)
    return tuple(
        f"{name}.{field.name}"
        for name, one in after.resources.items()
        for field in one.resource.fields.values()
        if any(
            _weighs(earlier) and _freer(field, earlier)
            for earlier in shown.get((one.resource.entity, field.column), ())
        )
    )


def _weighs(field: CatalogField) -> bool:
    semantic = SEMANTIC_TYPES.get(field.type)  # none of a field with codes
    return max(field.level, (semantic and semantic.level) or field.level) >= Level.L3


def _freer(field: CatalogField, earlier: CatalogField) -> bool:
    """Return whether a field gives more than an earlier one of the same column did."""
    rights, masks = field.rights - earlier.rights, field.alternatives - earlier.alternatives
    unmasked = earlier.mask is not None and (
        field.mask is None or (earlier.mask.mask in ALWAYS_ALLOWED and field.mask != earlier.mask)
    )
    return field.level < earlier.level or bool(rights) or bool(masks) or unmasked
