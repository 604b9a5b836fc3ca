"""The steps of a plan as they are explained: who does which part of the work, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.filters import Attribute, YearsBeforeToday
from auth.masking.masks import MASKS
from connectors.model import Capability, Read
from govgraph.expressions.terms import Bind, Column, Constant
from govgraph.expressions.walk import binds_of
from resolvers.documents.arguments import Leaf
from resolvers.explaining.explanation import ExplainedStep, Most, Origin, ReadField, Work
from resolvers.planning.plan import MOST_KEYS, Feed, Plan, Settled, Step, Way
from resolvers.planning.pushdown import expressions_of, split, wanted
from resolvers.snapshot import Snapshot

FILTER, ORDER, LIMIT, LOOKUP = "filter", "order", "limit", "look-up by key"
PER_KEY, COMPUTE = "limit within each key", "masks and normal forms"
WRITE = "write JSON"
PARTS: Mapping[Capability, str] = {
    Capability.COMPUTE: COMPUTE,
    Capability.FILTER: FILTER,
    Capability.ORDER: ORDER,
    Capability.LIMIT: LIMIT,
    Capability.PER_KEY_LIMIT: PER_KEY,
}
LINKED = "sources are not joined to each other: one batch of keys for each link and depth"
RANKED = "the values across the link are brought here, and bound to this order beside their keys"
CROSSED = "the keys of the other side's rows are brought here and bound to this filter"
HELD = "rows whose keys others are held against; never shown"
COMPLETED = "values take the form of their type here, whatever their source's spelling"


def explained_steps(plan: Plan, binds: Mapping[str, Any], snapshot: Snapshot) -> tuple[ExplainedStep, ...]:
    """Return the steps in the order of the plan."""
    bounds = Bounds(plan, binds, snapshot)
    return tuple(explained_step(step, plan, snapshot, bounds.of(step.number)) for step in plan.steps)


def explained_step(step: Step, plan: Plan, snapshot: Snapshot, most: Most) -> ExplainedStep:
    """Return what is told of one step."""
    offered = snapshot.connectors[step.source].capabilities
    pushed, _ = split(step.read, offered)
    secret = snapshot.catalog.resources[step.resource].hidden
    branches = [branch for branch in plan.branches if branch.step == step.number]
    return ExplainedStep(
        number=step.number,
        source=step.source,
        title=snapshot.catalog.departments[step.source].title,
        resource=step.resource,
        depth=step.depth,
        places=tuple(f"{'.'.join(branch.path)} ({branch.way.value})" for branch in branches) or (HELD,),
        fields=tuple(
            one
            for one in read_fields(step, plan, pushed)
            if not secret or one.field not in plan.facts.coordinates.used_by_policy
        ),
        work=work(step, pushed, offered),
        feeds=feeds(step, plan),
        fed_by=feeding(step),
        binds=origins(step.read, plan),
        statement="" if secret else (step.splice or step).prepared.statement,
        most=most,
    )


def feeding(step: Step) -> tuple[int, ...]:
    """Return the numbers of the steps whose rows bring keys."""
    several = step.lookup.feeds if step.lookup else ()
    found = {feed.step for feed in several if feed.step is not None}
    return tuple(sorted(found | {keys.step for keys in step.key_sets}))


def read_fields(step: Step, plan: Plan, pushed: Read) -> tuple[ReadField, ...]:
    """Return what the step reads of each field, each use once."""
    keys = {cell for key in step.keys for cell in key.cells}
    conditions = {cell for key in step.keys for cell, _ in key.when}
    found: dict[ReadField, None] = {}
    for position, cell in enumerate(step.cells):
        if position in keys or position in conditions or position == step.subject:
            use = "key" if position in keys else "condition" if position in conditions else "person counted"
            found[ReadField(cell.coordinate, use)] = None
            if position == step.subject:
                found[ReadField(cell.coordinate, "person counted")] = None
            continue
        mask = plan.facts.coordinates.masked.get(cell.coordinate, "")
        found[ReadField(cell.coordinate, "value", mask, masked_by(mask, pushed, step.read))] = None
    return tuple(found)


def masked_by(mask: str, pushed: Read, whole: Read) -> str:
    """Return who hides the value: the source wherever it can."""
    if not mask:
        return ""
    return "source" if not MASKS[mask].keyed and pushed.outputs == whole.outputs else "platform"


def work(step: Step, pushed: Read, offered: frozenset[Capability]) -> tuple[Work, ...]:
    """Return each piece of the step's work with who does it, and why where it is not the source."""
    read = step.read
    asked = {
        Capability.COMPUTE: (computes(read), pushed.outputs == read.outputs),
        Capability.FILTER: (read.predicate is not None, pushed.predicate == read.predicate),
        Capability.ORDER: (bool(read.order), pushed.order == read.order),
        Capability.LIMIT: (read.limit is not None, pushed.limit == read.limit),
        Capability.PER_KEY_LIMIT: (read.per_key is not None, pushed.per_key == read.per_key),
    }
    lacking = sorted(PARTS[one] for one in wanted(read) - offered if one in PARTS)
    parts = [Work(LOOKUP, "source")] if read.keys else []
    for capability, (needed, taken) in asked.items():
        if needed and taken:
            parts.append(Work(PARTS[capability], "source"))
        elif needed:
            parts.append(Work(PARTS[capability], "platform", reason(capability, offered, lacking)))
    if step.lookup is not None and any(feed.step is not None for feed in step.lookup.feeds):
        parts.append(Work("link", "platform", LINKED))
    if any(keys.value is None for keys in step.key_sets):
        parts.append(Work("condition across a link", "platform", CROSSED))
    if any(keys.value is not None for keys in step.key_sets):
        parts.append(Work("order across a link", "platform", RANKED))
    if any(cell.complete is not None for cell in step.cells):
        parts.append(Work("complete values", "platform", COMPLETED))
    return (*parts, *writing(step))


def writing(step: Step) -> tuple[Work, ...]:
    """Return who writes the rows as JSON, where a source is set to it."""
    if step.splice is not None:
        return (Work(WRITE, "source"),)
    return (Work(WRITE, "platform", step.why_rows),) if step.why_rows else ()


def reason(capability: Capability, offered: frozenset[Capability], lacking: Sequence[str]) -> str:
    """Return why the source does not do a piece of work."""
    if capability not in offered:
        return "the source does not take this over"
    return f"it goes with what the source does not take over: {', '.join(lacking)}"


def computes(read: Read) -> bool:
    """Return whether a read asks for more than bare columns."""
    return bool(read.derived) or any(not isinstance(one.expression, Column) for one in read.outputs)


def feeds(step: Step, plan: Plan) -> tuple[str, ...]:
    """Return in words what brings the keys of a look-up."""
    several = step.lookup.feeds if step.lookup is not None and step.read.keys is not None else ()
    crossed = [
        f"step {keys.step}, for the {'filter' if keys.value is None else 'order'}" for keys in step.key_sets
    ]
    return tuple(dict.fromkeys([*(fed(feed, plan) for feed in several), *crossed]))


def fed(feed: Feed, plan: Plan) -> str:
    """Return in words what one feed brings."""
    if feed.step is None:
        return ", ".join(origin(leaf) for leaf in feed.arguments)
    other = plan.steps[feed.step]
    cells = other.keys[feed.key].cells
    return f"step {feed.step}: {', '.join(other.cells[cell].coordinate for cell in cells)}"


def origins(read: Read, plan: Plan) -> tuple[Origin, ...]:
    """Return where the binds of a read come from."""
    names = {name for one in expressions_of(read) for name in binds_of(one)}
    names |= {count.name for count in (read.limit, read.per_key) if isinstance(count, Bind)}
    return tuple(
        Origin(name, origin(plan.binds[name].operand))
        for name in sorted(names, key=lambda name: (len(name), name))
        if name in plan.binds
    )


def origin(operand: object) -> str:
    """Return in words where a value comes from; what it is, is not said."""
    match operand:
        case Leaf(variable=name):
            written = "written in the document or its default"
            return f"argument, variable ${name}" if name else f"argument, {written}"
        case Attribute(name):
            return f"caller: {name}"
        case YearsBeforeToday(years):
            return f"today, {years} years before"
        case Settled(seconds):
            return f"now, {seconds} seconds before"
        case list() | tuple() if operand and all(isinstance(one, Leaf) for one in operand):
            return ", ".join(dict.fromkeys(origin(one) for one in operand))
    return "written in the grant or the catalog"


class Bounds:
    """Bounds of the steps: keys come from the rows of the steps that feed, wherever these stand."""

    def __init__(self, plan: Plan, binds: Mapping[str, Any], snapshot: Snapshot) -> None:
        self._plan = plan
        self._binds = binds
        self._snapshot = snapshot
        self._known: dict[int, Most] = {}

    def of(self, number: int) -> Most:
        """Return the bounds of one step."""
        if number not in self._known:
            self._known[number] = self._most(self._plan.steps[number])
        return self._known[number]

    def _most(self, step: Step) -> Most:
        read = step.read
        pushed, _ = split(read, self._snapshot.connectors[step.source].capabilities)
        keys = self._keys(step)
        ways = {branch.way for branch in self._plan.branches if branch.step == step.number}
        one = bool(ways) and Way.TO_MANY not in ways
        each = 1 if one else count_of(read.per_key, self._binds)
        rows = step.most if step.most is not None else count_of(read.limit, self._binds)
        if rows is None and keys is not None and each is not None:
            rows = keys * each
        whole = (read.predicate, read.limit, read.per_key) == (
            pushed.predicate,
            pushed.limit,
            pushed.per_key,
        )
        return Most(keys, rows, rows if whole else keys if one else None)

    def _keys(self, step: Step) -> int | None:
        if step.lookup is None:
            return None
        asked = sum(feed.step is None for feed in step.lookup.feeds)
        above = [self.of(feed.step).rows for feed in step.lookup.feeds if feed.step is not None]
        return min(MOST_KEYS, asked + sum(MOST_KEYS if count is None else count for count in above))


def count_of(count: Constant | Bind | None, binds: Mapping[str, Any]) -> int | None:
    """Return the number that bounds rows; None where there is none."""
    if count is None:
        return None
    return int(str(binds[count.name] if isinstance(count, Bind) else count.value))
