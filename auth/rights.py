"""Rights: what one caller may do with each field, for one purpose, and why.

Fields are named by schema coordinates, `Type.field`; this package knows nothing else of the graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auth.filters import RowFilter
from auth.masking.rule import MaskRule


class Right(StrEnum):
    """The six things a caller may do with a field; none implies another."""

    READ = "read"
    MATCH = "match"
    RANGE = "range"
    SORT = "sort"
    AGGREGATE = "aggregate"
    JOIN = "join"


class Level(StrEnum):
    """Sensitivity of a field, DB33/T 2351: L1 not sensitive … L4 sensitive. Compares as text."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most a grant may give of one field, as its owner's manifest states it.

    `mask` is the default (None: clear). `alternatives` are other mask codes a grant may choose;
    `CLEAR` among them allows the clear value. `RD` and `NU` hide everything and are always allowed.
    `department` is the owner's key: no other department's grant opens the field.
    """

    coordinate: str
    level: Level
    rights: frozenset[Right]
    mask: MaskRule | None = None
    alternatives: frozenset[str] = frozenset()
    department: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a caller may do with one field.

    `mask` is None where the value is shown whole. A masked field holds no right beside `READ`
    that its grant does not name. `reason` says why, for `explain` and the record.
    """

    granted: frozenset[Right]
    mask: MaskRule | None
    grant: str
    reason: str

    def allows(self, right: Right) -> bool:
        """Return whether the right was granted."""
        return right in self.granted


@dataclass(frozen=True, slots=True)
class Quota:
    """How many look-ups (values of `match`) a grant allows in a calendar day; None: no bound."""

    lookups_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Permissions:
    """Everything one caller may do for one purpose.

    `rights` by coordinate; `row_filters`, `grants` and `quotas` by type name, the last two with
    the one grant that gives the rights on that type. `bulk` are the types of which one request may
    have many rows. Equal fingerprints mean equal permissions: it is the key of the caches of schema
    and plan.
    """

    client: str
    purpose: str
    rights: Mapping[str, Rights]
    grants: Mapping[str, str]
    fingerprint: str
    row_filters: Mapping[str, RowFilter] = field(default_factory=dict)
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    bulk: frozenset[str] = frozenset()

    def allows(self, coordinate: str, right: Right) -> bool:
        """Return whether the caller holds a right on a field."""
        rights = self.rights.get(coordinate)
        return rights is not None and rights.allows(right)
