"""What is asked of a source, and what a source says of itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from govgraph.egress import Egress
from govgraph.expressions.terms import Bind, Column, Constant, Expression, Kind
from govgraph.file_access import FileAccess

Binds = Mapping[str, Any]
Row = Sequence[Any]
KeyTuple = tuple[Any, ...]


class Capability(StrEnum):
    """Work that a source can take over; the planner does the rest itself."""

    COMPUTE = "compute"  # expressions in outputs and derived columns
    FILTER = "filter"  # a predicate
    ORDER = "order"
    LIMIT = "limit"
    LOOKUP = "lookup"  # a batch of keys in one call
    PER_KEY_LIMIT = "per_key_limit"  # a limit within each key of a batch
    AGGREGATE = "aggregate"
    JOIN = "join"
    JSON = "json"  # the rows of a read as one JSON text; declared where the source is set to it
    STREAM = "stream"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Output:
    """A value asked for, under a name."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Order:
    """One step of an order; text by code point. Nulls come last ascending and first descending."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """Rows whose `columns` equal one of the tuples bound under `bind`; the columns stay bare.

    The bound value is a sequence of tuples, as long as the columns, without nulls.
    """

    columns: tuple[Column, ...]
    bind: str


class Measure(StrEnum):
    """What is told of the rows of a group; nulls are left out, and a group without values gives null."""

    COUNT = "count"  # rows, or values where there is an expression; 0 where there are none
    DISTINCT = "distinct"  # different values; 0 where there are none
    SUM = "sum"
    LEAST = "min"  # text by code point
    GREATEST = "max"


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of a group, over the values of an expression."""

    measure: Measure
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of rows with equal `keys` (null equals null); without keys all rows are one group."""

    keys: tuple[Expression, ...]
    measures: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A read of the same source beneath another, joined on columns of both."""

    name: str
    read: "Read"
    parent: tuple[str, ...]
    child: tuple[str, ...]
    one: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON object, made of a row's outputs, which `value` names as columns.

    A text is written as the `kind` it spells. A name that a `caller` chose is data to a source.
    """

    name: str
    value: Expression
    kind: Kind = Kind.TEXT
    caller: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """How a source writes the rows of a read as one JSON array: an object of `members` for each row.

    A row is clean where outputs that are texts match their patterns whole, nulls apart, and all `clean`
    are true; of any other row the array of its outputs stands in its place. The first `size` rows are
    written, the last of them first where `backward`; the outputs `beside` are given of every row.
    """

    members: tuple[Member, ...]
    patterns: tuple[tuple[str, str], ...]
    clean: tuple[Expression, ...]
    beside: tuple[str, ...]
    size: Bind
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What a source wrote: the JSON text, None where there is no row, and what it tells beside it.

    `count` are all rows that were read, the one that tells of more among them; `unclean` are those of the
    text that are no objects. `beside` holds an output of every row, in their order, each.
    """

    text: bytes | None
    count: int
    unclean: int
    beside: tuple[Sequence[Any], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One question to one source.

    `derived` are computed once per row and may be used by name (`Column`) in `outputs` only;
    `predicate`, `keys` and `order` speak of the entity's own columns. `limit` bounds the rows
    of the read, `per_key` those of each key of the batch. Rows without an order come in any.
    With `grouping` the read yields one row for each group, its keys and then its measures; it has no
    outputs, no order and no `per_key`, and `limit` bounds the groups. With `writing`, which needs
    `Capability.JSON`, it is answered as JSON and not as rows.
    """

    entity: str
    outputs: tuple[Output, ...]
    derived: tuple[Output, ...] = ()
    predicate: Expression | None = None
    keys: Keys | None = None
    order: tuple[Order, ...] = ()
    limit: Constant | Bind | None = None
    per_key: Constant | Bind | None = None
    nested: tuple[Nested, ...] = ()
    grouping: Grouping | None = None
    writing: Writing | None = None


class ColumnType(StrEnum):
    """How a source stores a column, as far as reading it needs to know."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    BYTES = "bytes"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class EntityColumn:
    """A column as the source declares it."""

    name: str
    type: ColumnType
    nullable: bool = True
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that hold the values of another entity's `targets`, as the source itself declares it."""

    columns: tuple[str, ...]
    entity: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A table, view, file or end point on offer; `references` are none where the source tells of none."""

    name: str
    columns: tuple[EntityColumn, ...]
    key: tuple[str, ...] = ()
    comment: str = ""
    references: tuple[Reference, ...] = ()

    def column(self, name: str) -> EntityColumn | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connector is handed beside its settings.

    `secret` opens a sealed value by its reference. `observe` is told each statement or request
    as it is sent, with no values in it: the source's statement log. `egress` says which addresses
    may be connected to; by default no private one. `files` says which files may be opened; by
    default none.
    """

    source: str
    secret: Callable[[str], str]
    observe: Callable[[str], None] = field(default=lambda _statement: None)
    egress: Egress = field(default_factory=Egress)
    files: FileAccess = field(default_factory=FileAccess)
