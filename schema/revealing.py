"""What a grant shows in sum: parts that are harmless alone and together give a person away."""

from auth.filters import Attribute, Operator
from auth.grants import CLEAR, Grant
from auth.rights import Level, Right
from schema.catalog import CatalogField, Resource

FIRST_SIX_LAST_FOUR = "ID"


def too_revealing(grant: Grant, resource: Resource) -> bool:
    """Return whether identity numbers can be found out from what the grant gives on persons.

    First six and last four digits leave eight; a known birth year leaves the month, the day and one
    digit, and the check digit rules out all but about 33 candidates, which `match` then tests one by one.
    A grant that opens only the caller's own row gives nothing away.
    """
    if resource.key != (resource.subject,) or _own_row(grant, resource.subject):
        return False
    return _shows_ends(grant, resource) and _shows_year(grant, resource) and _matches(grant, resource)


def _own_row(grant: Grant, subject: str | None) -> bool:
    conditions = grant.rows.conditions if grant.rows else ()
    return any(
        condition.field == subject
        and condition.operator is Operator.EQ
        and condition.value == Attribute("subject")
        for condition in conditions
    )


def _shown(grant: Grant, field: CatalogField) -> str | None:
    """Return the mask a field is read through, `CLEAR` for none, None where it is not read."""
    given = grant.fields.get(field.name)
    if given is None or Right.READ not in given.rights:
        return None
    if given.mask is not None:
        return given.mask.mask
    return field.mask.mask if field.mask else CLEAR


def _shows_ends(grant: Grant, resource: Resource) -> bool:
    return any(
        field.type == "IdNumber" and _shown(grant, field) == FIRST_SIX_LAST_FOUR
        for field in resource.fields.values()
    )


def _shows_year(grant: Grant, resource: Resource) -> bool:
    """Return whether a sensitive day of the person, as the day of birth is, can be read to its year."""
    return any(
        field.type == "Date" and field.level >= Level.L3 and _shown(grant, field) in {"YR", CLEAR}
        for field in resource.fields.values()
    )


def _matches(grant: Grant, resource: Resource) -> bool:
    return any(
        field.type == "IdNumber" and name in grant.fields and Right.MATCH in grant.fields[name].rights
        for name, field in resource.fields.items()
    )
