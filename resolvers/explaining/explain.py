"""Explains a question: the plan it would run and why, without asking any source.

The same parts as in `resolvers.pipeline` read the question, so that what is told is what would run.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from auth.principal import Principal
from govgraph.cache import BoundedCache, Value
from govgraph.clock import rfc3339
from resolvers.admission import Admitted, admit
from resolvers.explaining.explanation import Cost, ExplainedField, ExplainedStep, Explanation, Lookups
from resolvers.explaining.explanation_steps import explained_steps
from resolvers.planning.binds import Moment
from resolvers.planning.cursor import Cursors
from resolvers.planning.paging import Bookmarks, check_pages
from resolvers.planning.plan import Plan
from resolvers.question import Question
from resolvers.reading import Asking, caller_schema, plan_of, read
from resolvers.rooms import Caches, Rooms
from resolvers.running.bulk import BulkBound
from resolvers.snapshot import Snapshot
from resolvers.streams.streaming import streamed
from resolvers.trail import Trail, begin

BY_POLICY = (
    "not granted; read for policy alone: a key, a row filter, a mask's exception or the person counted"
)
LINK = "the grants of both sides allow to join"


@dataclass(frozen=True, slots=True)
class Known:
    """Stands in for the verifier of tokens where the caller is known already."""

    who: Principal

    async def principal(self, authorization_header: str) -> Principal:
        """Return the caller."""
        del authorization_header
        return self.who


class Watched(BoundedCache[Value]):
    """A cache of the platform that notes whether anything was found in it."""

    def __init__(self, kept: BoundedCache[Value]) -> None:
        super().__init__(kept.count, kept.weight)
        self.kept = kept
        self.found = False

    def get(self, key: Hashable) -> Value | None:
        """Return what the platform's cache holds."""
        value = self.kept.get(key)
        self.found = self.found or value is not None
        return value

    def put(self, key: Hashable, value: Value, weight: int = 1) -> None:
        """Keep a value in the platform's cache."""
        self.kept.put(key, value, weight)


async def explain(question: Question, caller: Principal, rooms: Rooms, trail: Trail) -> Explanation:
    """Return how the question would be answered for a caller. Raises the refusals that asking it would.

    `trail` gathers what was asked for, as for an answer; recording it is left to who asked.
    """
    kept = watched(rooms.caches)
    own = replace(rooms, verifier=Known(caller), caches=kept)
    admitted = await admit(question, own, trail)
    schema = await caller_schema(admitted, own)
    asking = await read(question, schema, admitted, own, trail)
    plan = await plan_of(asking, admitted, own, trail)
    moment = Moment(asking.variables, admitted.principal, rooms.today(), rooms.clock.now())
    bookmarks = Bookmarks(
        Cursors(rooms.cursors), moment, admitted.permissions, rooms.smallest_group, rooms.page_limit
    )
    binds = moment.binds(plan.binds) | bookmarks.places(plan)
    check_pages(plan, binds, rooms.page_limit)
    BulkBound(admitted.permissions, rooms.bulk_limit, rooms.page_limit).check_asked(plan, binds)
    steps = explained_steps(plan, binds, admitted.snapshot)
    whole = explanation(plan, steps, asking, admitted, told(kept))
    return replace(whole, streams=streamed(replace(question, in_pieces=True), plan, binds, rooms) is not None)


def begun(question: Question, rooms: Rooms) -> Trail:
    """Return the trail of a question that is to be explained."""
    return begin(question, "", rfc3339(rooms.clock.now()))


@dataclass(slots=True)
class WatchedCaches(Caches):
    """The platform's caches, noting what is found in them."""

    platform: Caches = field(default_factory=Caches)

    def of(self, snapshot: Snapshot) -> Caches:
        """Return the caches, empty where the platform's were filled for another snapshot."""
        self.platform.of(snapshot)
        return self

    def hold(self, snapshot: Snapshot) -> bool:
        """Return whether the platform may keep what was made for a snapshot."""
        return self.platform.hold(snapshot)


def watched(platform: Caches) -> Caches:
    """Return the platform's caches, to be watched for one question."""
    return WatchedCaches(
        schemas=Watched(platform.schemas),
        documents=Watched(platform.documents),
        plans=Watched(platform.plans),
        permissions=Watched(platform.permissions),
        platform=platform,
    )


def told(kept: Caches) -> dict[str, bool]:
    """Return which parts of the way to a plan were kept ready."""
    parts = {
        "rights": kept.permissions,
        "schema": kept.schemas,
        "document": kept.documents,
        "plan": kept.plans,
    }
    return {name: isinstance(cache, Watched) and cache.found for name, cache in parts.items()}


def explanation(
    plan: Plan, steps: tuple[ExplainedStep, ...], asking: Asking, admitted: Admitted, kept: dict[str, bool]
) -> Explanation:
    """Return everything that is told of a plan."""
    allowed = admitted.permissions
    return Explanation(
        client=allowed.client,
        purpose=allowed.purpose,
        catalog=admitted.snapshot.catalog.version,
        policy=allowed.fingerprint,
        operation=asking.parsed.operation_hash,
        level=str(plan.facts.level),
        streams=False,
        kept=kept,
        cost=cost(steps),
        steps=steps,
        fields=explained_fields(plan, admitted),
        row_filters=plan.facts.row_filters,
        lookups=lookups(plan, asking),
    )


def cost(steps: tuple[ExplainedStep, ...]) -> Cost:
    """Return the bounds of all steps together."""
    return Cost(
        sources=len({step.source for step in steps}),
        statements=len(steps),
        keys=whole([step.most.keys or 0 for step in steps]),
        rows=whole([step.most.fetched for step in steps]),
    )


def whole(counts: list[int | None]) -> int | None:
    """Return the sum of some bounds; None where one of them has none."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def explained_fields(plan: Plan, admitted: Admitted) -> tuple[ExplainedField, ...]:
    """Return the fields of the plan by coordinate, those that serve policy alone among them."""
    used = plan.facts.coordinates
    uses = {"shown": used.asked, "held against": used.used_in_predicate, "policy": used.used_by_policy}
    names = sorted({name for several in uses.values() for name in several if "." in name})
    return tuple(
        explained_field(name, tuple(use for use, several in uses.items() if name in several), plan, admitted)
        for name in names
        if told_of(name, admitted)
    )


def told_of(coordinate: str, admitted: Admitted) -> bool:
    """Return whether a field is told of: of a hidden resource only what was granted, and its links."""
    type_name, _, name = coordinate.partition(".")
    resource = admitted.snapshot.catalog.resources[type_name]
    return not resource.hidden or name in resource.links or coordinate in admitted.permissions.rights


def explained_field(coordinate: str, uses: tuple[str, ...], plan: Plan, admitted: Admitted) -> ExplainedField:
    """Return what is told of one field or link, with the reason of its rights."""
    type_name, _, name = coordinate.partition(".")
    resource = admitted.snapshot.catalog.resources[type_name]
    one, link = resource.fields.get(name), resource.links.get(name)
    rights = admitted.permissions.rights.get(coordinate)
    title = one.title if one else link.title if link else ""
    return ExplainedField(
        field=coordinate,
        title=title,
        level=str(one.level) if one else "",
        uses=("link",) if link else uses,
        rights=tuple(sorted(right.value for right in rights.granted)) if rights else (),
        mask=plan.facts.coordinates.masked.get(coordinate, ""),
        grant=rights.grant if rights else admitted.permissions.grants.get(type_name, "") if link else "",
        reason=rights.reason if rights else LINK if link else BY_POLICY,
    )


def lookups(plan: Plan, asking: Asking) -> tuple[Lookups, ...]:
    """Return how many values the question would have charged, by field."""
    counted: dict[tuple[str, str], tuple[int, int | None]] = {}
    for one in plan.charges:
        value = one.leaf.value(asking.variables)
        values = value if isinstance(value, list | tuple) else [value]
        key = (one.coordinate, one.grant)
        before = counted.get(key, (0, None))[0]
        counted[key] = (before + sum(item is not None for item in values), one.quota.lookups_per_day)
    return tuple(Lookups(field, grant, *counts) for (field, grant), counts in sorted(counted.items()))
