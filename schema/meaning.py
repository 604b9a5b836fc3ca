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
    """A root field that lists rows, page by page; yields a connection."""

    resource: str


@dataclass(frozen=True, slots=True)
class Nodes:
    """The field `nodes` of a connection."""

    resource: str


@dataclass(frozen=True, slots=True)
class Edges:
    """The field `edges` of a connection: its rows, each with its cursor."""

    resource: str


@dataclass(frozen=True, slots=True)
class EdgeNode:
    """The row of an edge."""

    resource: str


@dataclass(frozen=True, slots=True)
class EdgeCursor:
    """The cursor of an edge."""

    resource: str


@dataclass(frozen=True, slots=True)
class EdgeDeleted:
    """Whether the source of an edge's row marks it as deleted."""

    resource: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The field `pageInfo` of a connection."""

    resource: str


@dataclass(frozen=True, slots=True)
class PageFact:
    """One fact of a page: `hasNextPage`, `hasPreviousPage`, `startCursor` or `endCursor`."""

    name: str


@dataclass(frozen=True, slots=True)
class Total:
    """The field `totalCount` of a connection: the rows of all its pages."""

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


@dataclass(frozen=True, slots=True)
class AlongPages:
    """The twin of a to-many link that is read page by page; yields a connection."""

    resource: str
    link: Link


@dataclass(frozen=True, slots=True)
class AlongSummary:
    """The twin of a to-many link that counts and sums up its rows: `where`, `groupBy`, `having`."""

    resource: str
    link: Link


@dataclass(frozen=True, slots=True)
class Summary:
    """A root field that counts and sums up rows: `where`, `groupBy`, `having`."""

    resource: str


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A part of an aggregation that holds others: `groups`, `key`, `distinct`, `sum`, `avg`, `min`, `max`."""

    name: str


@dataclass(frozen=True, slots=True)
class SummaryFact:
    """`suppressed` of an aggregation, `count` of a group."""

    name: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A field in a part of a group: its value as a key, or what was counted or summed up of it."""

    resource: str
    field: str
    part: str


Meaning = (
    ByKey
    | Listing
    | Nodes
    | Edges
    | EdgeNode
    | EdgeCursor
    | EdgeDeleted
    | PageFacts
    | PageFact
    | Total
    | Verify
    | Match
    | Value
    | Along
    | AlongPages
    | AlongSummary
    | Summary
    | SummaryPart
    | SummaryFact
    | Figure
)
