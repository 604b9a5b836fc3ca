"""What a field of the caller's schema stands for; kept in `GraphQLField.extensions["meaning"]`.

The planner reads these and nothing else of the schema, so it never guesses from names.
"""

from dataclasses import dataclass

from schema.catalog import Link

MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class ByKey:
    """A root field that finds one row by its whole key; arguments are named after the key's fields."""

    resource: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A root field that lists rows: `where`, `orderBy`, `first`; yields a connection."""

    resource: str


@dataclass(frozen=True, slots=True)
class Nodes:
    """The field `nodes` of a connection."""

    resource: str


@dataclass(frozen=True, slots=True)
class Verify:
    """A root field that compares; `key` are the arguments that find the row, `compared` the others."""

    resource: str
    key: tuple[str, ...]
    compared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The field `match` of a verification."""

    resource: str


@dataclass(frozen=True, slots=True)
class Value:
    """A field of a resource."""

    resource: str
    field: str


@dataclass(frozen=True, slots=True)
class Along:
    """A link from one resource to another; to-many links take `where`, `orderBy`, `first`."""

    resource: str
    link: Link


Meaning = ByKey | Listing | Nodes | Verify | Match | Value | Along
