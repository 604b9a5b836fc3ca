"""What a client's grants show in sum: parts that are harmless alone and together give a person away."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from auth.errors import GrantTooRevealingError
from auth.filters import Attribute, Operator
from auth.grants import CLEAR, FieldGrant, Grant
from auth.rights import Level, Right
from schema.catalog import Catalog, CatalogField, Resource

FIRST_SIX_LAST_FOUR = "ID"
YEAR_SHOWN = frozenset({"YR", CLEAR})
ASKED = frozenset({Right.MATCH, Right.RANGE, Right.AGGREGATE})
"""Rights that find a day out by asking, without reading it."""


def too_revealing(grants: Collection[Grant], catalog: Catalog) -> bool:
    """Return whether identity numbers can be found out from what one client's grants give in sum.

    First six and last four digits leave eight; a known birth year leaves the month, the day and one
    digit, and the check digit rules out all but about 33 candidates, which `match` then tests one by one.
    It does not matter which resource or purpose gives which part: a client keeps what it was told.
    A grant that opens only the caller's own row gives nothing away.
    """
    given = list(_given(grants, catalog))
    return any(map(_ends, given)) and any(map(_year, given)) and any(map(_tested, given))


def refuse_revealing(grants: Sequence[Grant], catalog: Catalog, today: date) -> None:
    """Raise `GRANT_TOO_REVEALING` where what a client's grants give in sum gives numbers away.

    Grants of several clients are judged client by client; those that ended before `today` do not count.
    """
    standing = [grant for grant in grants if grant.valid_to >= today]
    for client in sorted({grant.client for grant in standing}):
        if too_revealing([grant for grant in standing if grant.client == client], catalog):
            raise GrantTooRevealingError(
                "The client's grants, taken together, show both ends of identity numbers and the birth "
                "year, and let numbers be matched",
                where=client,
            )


def with_changes(stored: Sequence[Grant], changes: Sequence[Grant]) -> list[Grant]:
    """Return the grants as they stand once `changes` are put: one of the same number is replaced."""
    numbers = {grant.id for grant in changes}
    return [*(grant for grant in stored if grant.id not in numbers), *changes]


_Given = tuple[Resource, CatalogField, FieldGrant]


def _given(grants: Collection[Grant], catalog: Catalog) -> Iterator[_Given]:
    """Yield what is granted of other people's rows, field by field."""
    for grant in grants:
        resource = catalog.resources.get(grant.resource)
        if resource is not None and not _own_row(grant, resource.subject):
            for name, given in grant.fields.items():
                if name in resource.fields:
                    yield resource, resource.fields[name], given


def _own_row(grant: Grant, subject: str | None) -> bool:
    conditions = grant.rows.conditions if grant.rows else ()
    return any(
        condition.field == subject
        and condition.operator is Operator.EQ
        and condition.value == Attribute("subject")
        for condition in conditions
    )


def _shown(field: CatalogField, given: FieldGrant) -> frozenset[str]:
    """Return the masks a field is read through, on whatever rows; `CLEAR` for none, empty if never read."""
    if Right.READ not in given.rights:
        return frozenset()
    chosen = given.mask or field.mask
    rules = [rule for rule in (chosen, field.mask) if rule is not None]
    exceptions = {one.mask for rule in rules for one in rule.exceptions}
    return frozenset({chosen.mask if chosen else CLEAR, *exceptions})


def _ends(part: _Given) -> bool:
    """Return whether a number's two ends are read, wherever the number stands."""
    _, field, given = part
    return field.type == "IdNumber" and FIRST_SIX_LAST_FOUR in _shown(field, given)


def _year(part: _Given) -> bool:
    """Return whether a sensitive day of a person, as the day of birth is, can be learnt to its year."""
    resource, field, given = part
    if resource.key != (resource.subject,) or field.type != "Date" or field.level < Level.L3:
        return False
    return bool(_shown(field, given) & YEAR_SHOWN or given.rights & ASKED)


def _tested(part: _Given) -> bool:
    """Return whether a number can be tried out: looked up, filtered by or verified."""
    _, field, given = part
    return field.type == "IdNumber" and Right.MATCH in given.rights
