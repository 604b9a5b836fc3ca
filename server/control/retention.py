"""What is kept for how long: pruning, legal holds, and lists of persons that two seats erase."""

from typing import Final

import strawberry

from audit.errors import HoldRefusedError, HoldUnknownError
from audit.index.terms import BEGINNING, MICROSECOND, microseconds
from audit.pruning import Policy, erase_lists, lists_of, plan_pruning, prune, standing_of
from audit.standing import PARTS, Hold, written_ranges
from audit.tree import TILE_WIDTH
from auth.proposals.store import Act
from auth.roles import Duty
from govgraph.clock import rfc3339
from schema.types import names_a_person
from server.control.access import At, Session
from server.control.records import Change
from server.control.seats import taken
from server.errors import ReceiptUnknownError

LONGEST: Final = 200
"""Signs of the name or reason of a hold that are recorded."""


@strawberry.input(description="A legal hold; records that fit every part given are kept. None given: all.")
class HoldDraft:
    """Times are RFC 3339; `reason` names the order, never a person."""

    name: str
    reason: str = ""
    receipt: str = ""
    client: str = ""
    case_number: str = ""
    since: str = ""
    until: str = ""


@strawberry.type(description="A legal hold that stands.")
class HoldView:
    """What it covers and why."""

    name: str
    reason: str
    receipt: str
    client: str
    case_number: str
    since: str
    until: str


@strawberry.type(description="Whole tiles of 256 records that must stay though their time began to be over.")
class KeptTiles:
    """Why: `time` (one record's is not over), `hold`, or `order` (a record that orders something)."""

    reason: str
    tiles: int


@strawberry.type(description="What was pruned, or would be.")
class Pruning:
    """How many records are emptied now, how many are empty in all, and what stays."""

    records: int
    empty: int
    kept: list[KeptTiles]
    done: bool


async def holds(at: At) -> list[HoldView]:
    """Return the holds that stand, in the order they were set; reading them is recorded."""
    session = at.context
    await session.allow(Duty.HOLD_AUDIT)
    async with session.recorder.reading(Change("retention.holds")) as told:
        found = (await standing_of(session.platform.log)).holds.values()
        told.detail["holds"] = str(len(found))
    return [
        HoldView(
            name=hold.name,
            reason=hold.reason,
            receipt=hold.receipt,
            client=hold.client,
            case_number=hold.case_number,
            since=hold.since,
            until=hold.until,
        )
        for hold in found
    ]


async def hold_records(at: At, hold: HoldDraft) -> bool:
    """Return true once the hold stands. Raises `HoldRefusedError`, also where one of its name stands."""
    session = at.context
    await session.allow(Duty.HOLD_AUDIT)
    try:
        detail = _parts_of(hold)
    except HoldRefusedError as error:
        await session.recorder.refused("retention.hold", error)
        raise
    name = detail.pop("name")
    async with session.recorder.change(Change("retention.hold", name, detail)):
        if name in (await standing_of(session.platform.log)).holds:
            raise HoldRefusedError(
                "A hold of this name stands",
                where="name",
                remedy="Take another name; what stands is lifted by two audit administrators.",
            )
    return True


def _parts_of(hold: HoldDraft) -> dict[str, str]:
    """Return the parts that are given, times as records write theirs. Raises `HoldRefusedError`."""
    parts = {part: str(value).strip() for part, value in strawberry.asdict(hold).items()}
    if not parts["name"]:
        raise HoldRefusedError("A hold without a name keeps nothing", where="name")
    for part, value in parts.items():
        if len(value) > LONGEST or names_a_person(value):
            raise HoldRefusedError(
                "A part of the hold is too long, or reads as a person's number", where=part
            )
    times = {part: _instant(parts[part], part) for part in ("since", "until") if parts[part]}
    return {part: value for part, value in {**parts, **times}.items() if value}


def _instant(text: str, where: str) -> str:
    try:
        return rfc3339(BEGINNING + microseconds(text) * MICROSECOND)
    except (ValueError, OverflowError):
        raise HoldRefusedError("A time of the hold is no instant of RFC 3339", where=where) from None


async def lift_hold(at: At, name: str) -> str:
    """Return the number under which lifting a hold waits for another audit administrator."""
    session = at.context
    await session.allow(Duty.HOLD_AUDIT)
    hold = (await standing_of(session.platform.log)).holds.get(name)
    async with session.recorder.change(Change("retention.propose_lift", name if hold else "")) as detail:
        if hold is None:
            raise HoldUnknownError("No hold of this name stands")
        proposal = await session.platform.proposals.propose(
            Act.LIFT_HOLD, _document(hold), session.principal.client
        )
        detail["proposal"] = proposal.number
    return proposal.number


async def approve_lift(at: At, number: str) -> bool:
    """Return true once the hold stands no more, as another audit administrator asked."""
    session = at.context
    await session.allow(Duty.APPROVE_LIFT)
    proposal = await taken(session, number, Act.LIFT_HOLD)
    name = proposal.document["target"] or ""
    detail = {"proposal": number, "asked by": proposal.asked_by}
    async with session.recorder.change(Change("retention.lift", name, detail)):
        hold = (await standing_of(session.platform.log)).holds.get(name)
        if hold is None or _document(hold) != proposal.document:
            raise HoldUnknownError("The hold that was to be lifted stands no more")
    return True


def _document(hold: Hold) -> dict[str, str | None]:
    """Return a hold as a proposal names it: one that was set anew under the name is another."""
    return {"target": hold.name, **{part: str(getattr(hold, part)) for part in PARTS}}


async def prune_log(at: At, dry_run: bool = True) -> Pruning:
    """Return what was emptied; without `dry_run` false only what would be."""
    session = at.context
    await session.allow(Duty.PRUNE_AUDIT)
    platform = session.platform
    policy = Policy(platform.settings.retention_days, platform.settings.retention_days_others)
    plan = await plan_pruning(platform.log, policy, platform.clock.now())
    done = bool(plan.fresh) and not dry_run
    if done:
        days = {"personal": str(policy.personal), "others": str(policy.others)}
        detail = {"tiles": written_ranges(plan.tiles), **days}
        async with session.recorder.change(Change("retention.prune", detail=detail)):
            await prune(platform.log, plan)
    return Pruning(
        records=len(plan.fresh) * TILE_WIDTH,
        empty=len(plan.tiles) * TILE_WIDTH,
        kept=[KeptTiles(reason=reason, tiles=count) for reason, count in sorted(plan.kept.items())],
        done=done,
    )


async def erase_subjects(at: At, receipt: str) -> str:
    """Return the number under which erasing the lists of a receipt waits for the security administrator."""
    session = at.context
    await session.allow(Duty.ERASE_SUBJECTS)
    async with session.recorder.change(Change("retention.propose")) as detail:
        await _lists(session, receipt)
        document = {"target": receipt}
        proposal = await session.platform.proposals.propose(
            Act.ERASE_SUBJECTS, document, session.principal.client
        )
        detail |= {"proposal": proposal.number, "receipt": receipt}
    return proposal.number


async def approve_erasure(at: At, number: str) -> int:
    """Return how many lists are erased, as the audit administrator asked."""
    session = at.context
    await session.allow(Duty.APPROVE_ERASURE)
    proposal = await taken(session, number, Act.ERASE_SUBJECTS)
    receipt = proposal.document["target"] or ""
    positions = await _lists(session, receipt)
    detail = {"records": written_ranges(positions), "proposal": number, "asked by": proposal.asked_by}
    async with session.recorder.change(Change("retention.erase", receipt, detail)):
        await erase_lists(session.platform.log, positions)
    return len(positions)


async def _lists(session: Session, receipt: str) -> list[int]:
    positions = list(await lists_of(session.platform.log, receipt))
    if not positions:
        raise ReceiptUnknownError("No record of this receipt has a list of persons")
    return positions


@strawberry.type
class RetentionQuery:
    """What is on hold."""

    holds: list[HoldView] = strawberry.field(
        resolver=holds, description="The legal holds that stand, in the order they were set."
    )


@strawberry.type
class RetentionMutation:
    """What is kept for how long."""

    hold_records: bool = strawberry.mutation(resolver=hold_records, description="Set a legal hold.")
    lift_hold: str = strawberry.mutation(
        resolver=lift_hold, description="Ask for lifting a legal hold; the answer is the proposal's number."
    )
    approve_lift: bool = strawberry.mutation(
        resolver=approve_lift, description="Lift a hold as another audit administrator asked."
    )
    prune_log: Pruning = strawberry.mutation(
        resolver=prune_log,
        description="Empty the records whose time is over, by whole tiles; hashes stay. `dryRun` only tells.",
    )
    erase_subjects: str = strawberry.mutation(
        resolver=erase_subjects,
        description="Ask for erasing the lists of persons of a receipt; the answer is the proposal's number.",
    )
    approve_erasure: int = strawberry.mutation(
        resolver=approve_erasure, description="Erase the lists as the audit administrator asked."
    )
