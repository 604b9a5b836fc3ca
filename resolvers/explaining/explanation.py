"""What is told of a plan before it runs: names, counts and reasons, never a value."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of a step's work: `by` is `source` or `platform`, `why` says why it is not the source's."""

    what: str
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field that a step reads: what for, and the mask it is shown through."""

    field: str
    use: str
    mask: str = ""
    masked_by: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of a bind comes from; the value itself is not told."""

    bind: str
    origin: str


@dataclass(frozen=True, slots=True)
class Most:
    """The most a step may look up and give; None where its source alone decides.

    `fetched` are rows that leave the source: more than `rows` where the platform filters them.
    """

    keys: int | None
    rows: int | None
    fetched: int | None


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One statement at one source. `feeds` tells what brings its keys, `fed_by` the steps among them."""

    number: int
    source: str
    title: str
    resource: str
    depth: int
    places: tuple[str, ...]
    fields: tuple[ReadField, ...]
    work: tuple[Work, ...]
    feeds: tuple[str, ...]
    fed_by: tuple[int, ...]
    binds: tuple[Origin, ...]
    statement: str
    most: Most


@dataclass(frozen=True, slots=True)
class ExplainedField:
    """A field of the question: its uses, and the grant and reason that allow them.

    `grant` is empty for what was not granted and serves policy alone.
    """

    field: str
    title: str
    level: str
    uses: tuple[str, ...]
    rights: tuple[str, ...]
    mask: str
    grant: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lookups:
    """Values that this question holds against a field; `per_day` is the grant's quota, None for no bound."""

    field: str
    grant: str
    values: int
    per_day: int | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What the question may cost at most; None where a source alone decides."""

    sources: int
    statements: int
    keys: int | None
    rows: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A plan as it would run for one client and purpose.

    `kept` tells which of its parts were kept ready, `streams` whether the answer leaves batch by batch.
    """

    client: str
    purpose: str
    catalog: int
    policy: str
    operation: str
    level: str
    streams: bool
    kept: Mapping[str, bool]
    cost: Cost
    steps: tuple[ExplainedStep, ...]
    fields: tuple[ExplainedField, ...]
    row_filters: tuple[str, ...]
    lookups: tuple[Lookups, ...]

    def document(self) -> dict[str, Any]:
        """Return the explanation as JSON has it."""
        shown: dict[str, Any] = asdict(self)
        return shown
