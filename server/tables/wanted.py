"""Which table a client wants in the place of JSON, by its header `Accept` (RFC 9110, section 12.5.1)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

JSON_TYPES = frozenset({"application/json", "application/graphql-response+json"})


class TableKind(StrEnum):
    """The kinds of tables, by media type."""

    CSV = "text/csv"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kind of table, and whether its columns bear the titles of the catalog."""

    kind: TableKind
    titles: bool


@lru_cache(64)
def wanted_table(accept: str) -> Wanted | None:
    """Return the table that a client names and likes better than JSON, or None."""
    if not any(kind in accept.lower() for kind in TableKind):
        return None
    best, most = None, 0.0
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = _weight(parameters)
        if name in set(TableKind) and weight > most:
            best, most = Wanted(TableKind(name), "titles=true" in parameters), weight
        elif name in JSON_TYPES and weight >= most:
            best, most = None, weight
    return best


def _weight(parameters: list[str]) -> float:
    found = next((one.removeprefix("q=") for one in parameters if one.startswith("q=")), "1")
    try:
        return min(max(float(found), 0.0), 1.0)
    except ValueError:
        return 0.0
