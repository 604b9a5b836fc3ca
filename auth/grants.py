"""The sharing grant (共享授权): what one client may do with one resource, for one purpose."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from auth.disclosure import AT_ONCE, Disclosure
from auth.errors import GrantRefusedError, GrantSealedError, GrantShownError, GrantSuspendedError
from auth.filters import RowFilter
from auth.masking.rule import MaskRule
from auth.rights import Quota, Right

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PURPOSE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,63}")
"""What a purpose code looks like: it travels in a header, so it is ASCII."""

CLEAR = "CLEAR"
"""The mask code by which a grant asks for the clear value; only where the ceiling's alternatives hold it."""

ALWAYS_ALLOWED = frozenset({"RD", "NU"})
"""Masks that hide everything: the stricter side needs no reason."""


@dataclass(frozen=True, slots=True)
class FieldGrant:
    """Rights on one field.

    `mask` None takes the default of the manifest, `MaskRule(CLEAR)` the clear value; any other
    names the mask. The owner's exceptions stay in force beside a mask that a grant names.
    """

    rights: frozenset[Right]
    mask: MaskRule | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """An approved sharing request, as it is enforced.

    `resource` is a type name, `fields` are by field name, `rows` None opens every row. The grant
    is in force from `valid_from` to `valid_to`, both days included. `department` owns the resource.
    `bulk` lets one request have more rows than the platform hands out otherwise. A `suspended` grant
    gives nothing until it is resumed. `disclosure` says when citizens are shown readings under it.
    """

    id: str
    client: str
    purpose: str
    resource: str
    fields: Mapping[str, FieldGrant]
    valid_from: date
    valid_to: date
    rows: RowFilter | None = None
    quota: Quota = field(default_factory=Quota)
    legal_basis: str = ""
    agreement: str = ""
    department: str = ""
    bulk: bool = False
    suspended: bool = False
    disclosure: Disclosure = AT_ONCE

    def in_force(self, today: date) -> bool:
        """Return whether the grant counts on this day."""
        return not self.suspended and self.valid_from <= today <= self.valid_to

    def overlaps(self, other: "Grant") -> bool:
        """Return whether both would give rights on the same resource, for the same use, on a same day."""
        return (
            (self.client, self.purpose, self.resource) == (other.client, other.purpose, other.resource)
            and self.department == other.department
            and self.valid_from <= other.valid_to
            and other.valid_from <= self.valid_to
        )


Judge = Callable[[Sequence[Grant]], None]
"""Raises where one client's grants may not stand together."""


def accept(_grants: Sequence[Grant]) -> None:
    """Accept whatever stands together."""


def check_grant(grant: Grant) -> None:
    """Raise `GRANT_REFUSED` where the grant's own words do not hold together.

    Whether its fields, rights and masks exist in the catalog is checked where the catalog is known.
    """
    if not NUMBER.fullmatch(grant.id):
        raise GrantRefusedError("The number is not made of 1 to 64 letters, digits and . _ -", where="id")
    if not PURPOSE.fullmatch(grant.purpose):
        raise GrantRefusedError(
            "The purpose is not a code of 1 to 64 capitals, digits and . _ -", where=grant.id
        )
    if grant.valid_to < grant.valid_from:
        raise GrantRefusedError("The grant ends before it begins", where=grant.id)
    if grant.quota.lookups_per_day is not None and grant.quota.lookups_per_day < 0:
        raise GrantRefusedError("The quota is negative", where=grant.id)


def check_replacement(earlier: Grant, grant: Grant, today: date) -> None:
    """Raise `GRANT_SUSPENDED`, or `GRANT_SEALED` where citizens would be shown what was kept back,
    or `GRANT_SHOWN` where what they are shown would be kept back from now on.
    """
    if earlier.suspended:
        raise GrantSuspendedError("The grant is suspended", where=grant.id)
    if grant.disclosure.opens(earlier.disclosure):
        raise GrantSealedError("The grant keeps its readings back for longer", where=grant.id)
    if earlier.disclosure.shown_on(today) and not grant.disclosure.shown_on(today):
        raise GrantShownError("Readings under the grant are shown to those they are about", where=grant.id)
