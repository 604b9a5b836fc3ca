"""What the pipeline is handed: the parts it asks, made once in `server.app`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_bytes
from typing import Protocol

from audit.record import Record, SubjectList
from auth.client_settings import USUAL, ClientSettings
from auth.grants import Grant
from auth.principal import Principal
from auth.rights import Permissions, Quota
from govgraph.cache import BoundedCache
from govgraph.clock import Clock
from govgraph.deadlines import Deadlines
from govgraph.sealing import Sealer
from resolvers.documents.introspection import Descriptions
from resolvers.documents.limits import Limits
from resolvers.documents.plain_variables import Fitting
from resolvers.documents.validation import Rule, rules
from resolvers.planning.plan import Plan
from resolvers.sequences import Sequences
from resolvers.snapshot import Snapshot
from schema.unfolding import UnfoldingSchema

TOKENS = 100_000
"""Tokens of all kept documents together: about 1 kB of memory each."""

RESOURCES = 2000
"""Resources of all kept schemas together: about 0.1 MB of memory each."""

RIGHTS = 200_000
"""Rights of all kept permissions together: about 0.3 kB of memory each."""


LONGEST_WHOLE = 100_000
"""Rows of one list that is made whole, whatever page a client has; a longer list streams."""


@dataclass(frozen=True, slots=True)
class Streaming:
    """When a list streams, and what bounds it.

    Above so many rows, up to `most` where its client's own page allows as many, in batches of `batch`.
    A client has `wait` seconds to take a batch, and the whole answer `time` seconds.
    """

    above: int = 5000
    most: int = 200_000
    wait: float = 10.0
    time: float = 600.0
    batch: int = 1000


class Verifier(Protocol):
    """Tells who a token stands for (`auth.tokens.TokenVerifier`)."""

    async def principal(self, authorization_header: str) -> Principal:
        """Return the caller. Raises a coded error with status 401."""


class Recorder(Protocol):
    """Keeps records (`audit.log.Log`)."""

    async def append(
        self, record: Record, subjects: SubjectList = ..., operation: tuple[str, str] | None = None
    ) -> int:
        """Return the index of the record once it is durable."""


class Charger(Protocol):
    """Counts look-ups (`auth.quotas.Quotas`)."""

    async def charge(self, grant: str, lookups: int, quota: Quota) -> None:
        """Raise where the grant's look-ups of the day are used up."""


class Registered(Protocol):
    """Keeps operations by digest (`schema.operations.store.OperationStore`)."""

    async def text(self, digest: str, client: str) -> str | None:
        """Return the document that a client may ask by a digest; None where there is none for it."""


class NothingRegistered:
    """Keeps no operation."""

    async def text(self, digest: str, client: str) -> str | None:
        """Return None."""
        del digest, client
        return None


@dataclass(slots=True)
class Caches:
    """What was made for one snapshot; another snapshot empties it."""

    snapshot: Snapshot | None = None
    schemas: BoundedCache[UnfoldingSchema] = field(default_factory=lambda: BoundedCache(200, RESOURCES))
    documents: BoundedCache[tuple[str, Fitting]] = field(default_factory=lambda: BoundedCache(1000, TOKENS))
    plans: BoundedCache[Plan] = field(default_factory=lambda: BoundedCache(1000, TOKENS))
    permissions: BoundedCache[tuple[Sequence[Grant], Permissions]] = field(
        default_factory=lambda: BoundedCache(1000, RIGHTS)
    )
    descriptions: Descriptions = field(default_factory=Descriptions)

    def of(self, snapshot: Snapshot) -> "Caches":
        """Return the caches, empty where they were filled for another snapshot."""
        if snapshot is not self.snapshot:
            for cache in (self.schemas, self.documents, self.plans, self.permissions):
                cache.clear()
            self.descriptions.kept.clear()
            self.snapshot = snapshot
        return self

    def hold(self, snapshot: Snapshot) -> bool:
        """Return whether what was made for a snapshot may be kept: another may have come meanwhile."""
        return snapshot is self.snapshot


@dataclass(frozen=True, slots=True)
class Rooms:
    """The parts a query passes through.

    `grants` gives the grants of a client as they stand now, `snapshot` the current catalog with its
    connectors, `pseudonym_key` the key of a grant's pseudonyms, `receipt` a new receipt,
    `fault` is told of an internal fault by its kind and place, without values. `cursors` seals the
    places of rows; fewer persons than `smallest_group` are not told as a number. More rows of one
    resource than `bulk_limit` in one request need the bulk right. `own_page` are the rows of a list that
    the client has a limit of its own for, 0 where it has none.
    """

    clock: Clock
    verifier: Verifier
    grants: Callable[[str], Awaitable[Sequence[Grant]]]
    snapshot: Callable[[], Snapshot]
    log: Recorder
    quotas: Charger
    pseudonym_key: Callable[[str], bytes]
    receipt: Callable[[], str]
    fault: Callable[[str, BaseException], None]
    limits: Limits = field(default_factory=Limits)
    page_limit: int = 1000
    own_page: int = 0
    streaming: Streaming = field(default_factory=Streaming)
    bulk_limit: int = 500
    smallest_group: int = 5
    cursors: Sealer = field(default_factory=lambda: Sealer(token_bytes(32)))
    deadline: float = 10.0
    deadlines: Deadlines = field(default_factory=Deadlines)
    caches: Caches = field(default_factory=Caches)
    rules: tuple[Rule, ...] = field(default_factory=rules)
    sequences: Sequences = field(default_factory=Sequences)
    operations: Registered = field(default_factory=NothingRegistered)
    measure: str = ""

    def within(self, settings: ClientSettings) -> "Rooms":
        """Return the rooms with a client's own limits in the place of the platform's.

        `measure` tells its documents and plans from those made within other limits.
        """
        if settings == USUAL:
            return self
        given = {name: getattr(settings, name) for name in ("tokens", "fields", "depth")}
        limits = replace(self.limits, **{name: most for name, most in given.items() if most is not None})
        return replace(
            self,
            limits=limits,
            page_limit=min(settings.page or self.page_limit, LONGEST_WHOLE),
            own_page=settings.page or 0,
            deadline=settings.deadline or self.deadline,
            measure=f"{limits} {settings.page}",
        )

    @property
    def stream_limit(self) -> int:
        """Return the most rows of a list that streams: those of the client's own page, where it has one."""
        return max(self.page_limit, min(self.own_page, self.streaming.most))

    def today(self) -> date:
        """Return the calendar day that rules are decided on."""
        return self.clock.today()
