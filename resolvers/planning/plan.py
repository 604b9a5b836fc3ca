"""A plan: which sources are asked what, in which order, and where each value stands in the answer.

A plan belongs to one document, one catalog version, one set of permissions and one shape of variables;
identity and values are binds. Nothing in it came from a source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from audit.record import Coordinates
from auth.filters import Attribute, YearsBeforeToday
from auth.rights import Quota
from connectors.model import Binds, Read, Row
from connectors.protocol import PreparedRead
from govgraph.errors import Location
from govgraph.expressions.terms import Kind
from resolvers.documents.arguments import Leaf, Tree
from resolvers.planning.splice import Splice
from resolvers.planning.summary import Summary
from schema.catalog import Coverage
from schema.numbering import Numbering, without_number


@dataclass(frozen=True, slots=True)
class Settled:
    """The moment before which a source's changes are settled: so many seconds ago."""

    seconds: int


Operand = Leaf | Attribute | YearsBeforeToday | Settled | str | bool | Sequence[Leaf] | tuple[str, ...]


MOST_KEYS = 10_000
"""Keys of one side that a look-up or a condition across a link may bind to the other."""


class Way(StrEnum):
    """How rows come to a place of the answer."""

    BY_KEY = "by key"
    LIST = "list"
    VERIFY = "verify"
    TO_ONE = "to one"
    TO_MANY = "to many"
    COUNT = "count"
    AGGREGATE = "aggregate"


class Dirty:
    """Stands for a value that its source holds and its type does not allow; shown as null and counted."""


DIRTY: Final = Dirty()


@dataclass(frozen=True, slots=True)
class BoundValue:
    """A bind: what it is taken from, and how it becomes what the source holds."""

    operand: Operand
    convert: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row: where the source's answer has it, and how it is completed.

    `flag` is the position of a truth that says the source's value was dirty.
    """

    coordinate: str
    output: int
    complete: Callable[[Any], Any] | None = None
    flag: int | None = None


@dataclass(frozen=True, slots=True)
class KeyOfRow:
    """Cells that make a key of a row, in normal form; none where a cell is null or `when` fails.

    `when` pairs a cell with the stored values that let the row take part.
    """

    cells: tuple[int, ...]
    when: tuple[tuple[int, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the keys of a look-up come from: the arguments of a root field, or the rows of another step.

    `key` is the position of the key among the parent row's keys.
    """

    arguments: tuple[Leaf, ...] = ()
    step: int | None = None
    key: int = 0


@dataclass(frozen=True, slots=True)
class Lookup:
    """A batch of keys: `normal` and `spell` per column give the normal form and the raw spellings to bind.

    `one_spelling` says that the normal form is the only spelling of every column.
    """

    bind: str
    own_key: int
    feeds: tuple[Feed, ...]
    normal: tuple[Callable[[Any], str | None], ...]
    spell: tuple[Callable[[str], Sequence[Any]], ...]
    one_spelling: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A cursor that rows come after, or before: where its text stands, and the binds it is opened into."""

    leaf: Leaf
    after: bool
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """How a connection is read: from the start or from the end, between which places.

    `cells` hold the place of a row, of these `kinds`; empty where no cursor is asked for. A cursor
    belongs to what `belongs`, `where` and `order` say.
    """

    backward: bool
    marks: tuple[Mark, ...]
    cells: tuple[int, ...]
    kinds: tuple[Kind, ...]
    belongs: tuple[Any, ...]
    where: Tree
    order: Tree


@dataclass(frozen=True, slots=True)
class Totals:
    """The cells of a group with the number of its rows, and of its persons where there are any."""

    rows: int
    persons: int | None


@dataclass(frozen=True, slots=True)
class Cut:
    """A page is read with one row more, to know whether there are more; `size` binds the page's number."""

    size: str
    backward: bool


@dataclass(frozen=True, slots=True)
class KeySet:
    """Keys that rows are held against: those of every row of another step; `spell` gives the raw
    spellings of each part to bind.

    With `value`, a cell of that step, each key it looked up is bound in normal form, beside that cell
    of the first row the key leads to.
    """

    bind: str
    step: int
    spell: tuple[Callable[[str], Sequence[Any]], ...]
    value: int | None = None


Completer = Callable[[Sequence[Row], Callable[[int], None]], list[Sequence[Any]]]
"""Completes the rows of a step, and tells the number of each cell that was dirty."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement at one source, whatever the number of rows.

    A completed row is its cells, then its keys backwards: key `k` stands at `-1 - k`. `finish` does what
    the source cannot, `complete` completes its rows, `as_of` tells when data that is not live was true,
    `subject` is the cell with the person of a row. `key_sets` are filled before. Rows with `most` are never
    shown: their keys, so many at most, are held against others. Steps `after` bring it keys. Its source
    `streams` rows in batches, or writes JSON by `splice`; `why_rows` says why one set to it does not.
    """

    number: int
    source: str
    resource: str
    depth: int
    read: Read
    prepared: PreparedRead
    as_of: Callable[[], datetime | None]
    finish: Callable[[Sequence[Row], Binds], Sequence[Row]] | None
    cells: tuple[Cell, ...]
    keys: tuple[KeyOfRow, ...]
    complete: Completer
    lookup: Lookup | None = None
    subject: int | None = None
    cut: Cut | None = None
    key_sets: tuple[KeySet, ...] = ()
    most: int | None = None
    after: frozenset[int] = frozenset()
    streams: bool = False
    splice: Splice | None = None
    why_rows: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """One place of the answer that rows flow to.

    `key` is the position of the link's key among the keys of the parent's rows; `limit` names the
    bind that bounds the rows of each parent, where there is one. `link` is the coordinate of the
    link itself, `width` the number of values one row shows, `paging` is there for a connection,
    `totals` for a count of rows, `summary` for an aggregation.
    """

    number: int
    path: tuple[str, ...]
    way: Way
    step: int
    resource: str
    coordinates: tuple[str, ...]
    parent: int | None = None
    key: int = 0
    arguments: tuple[Leaf, ...] = ()
    limit: str | None = None
    coverage: Coverage | None = None
    location: Location | None = None
    link: tuple[str, ...] = ()
    width: int = 1
    paging: Paging | None = None
    totals: Totals | None = None
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """The list of an answer that may leave batch by batch: its branch, and the response names of its root
    field, of the member that shows its rows, and of the members before that one."""

    branch: int
    root: str
    rows: str
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """Values that count as look-ups against the quota of a grant, and are recorded as digests.

    `numbered` tells the series and number of a normal form, where such keys can be tried in order.
    """

    grant: str
    quota: Quota
    coordinate: str
    leaf: Leaf
    normal: Callable[[Any], str | None]
    numbered: Numbering = without_number


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record and the answer say of a plan whatever its values.

    `coordinates` is what the record says before anything is returned, `all_returned` once all is.
    """

    coordinates: Coordinates
    all_returned: Coordinates
    masks: tuple[tuple[str, str], ...]
    level: str
    row_filters: tuple[str, ...]
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything needed to answer one shape of request.

    `before` gives by step those that wait for it, `places` by step the branches it has rows for.
    `stream` is there where the answer may leave batch by batch.
    """

    steps: tuple[Step, ...]
    before: tuple[tuple[int, ...], ...]
    branches: tuple[Branch, ...]
    places: Mapping[int, tuple[int, ...]]
    binds: Mapping[str, BoundValue]
    charges: tuple[Charge, ...]
    facts: Facts
    shape: Callable[[Sequence[Any], Mapping[str, Any]], dict[str, Any]]
    introspects: bool
    stream: StreamPlace | None = None
