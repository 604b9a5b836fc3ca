"""Who looked at my data: what a citizen is shown of readings about them, and what two persons release."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import strawberry

from audit.entry import Entry, opened
from audit.search import Search, positions
from auth.clients import Client
from auth.grants import Grant
from auth.proposals.store import Act
from auth.releases.store import Releases
from auth.roles import Duty
from schema.catalog import Catalog
from server.control.access import At, Session
from server.control.audit_cursor import NEWEST, AuditCursors
from server.control.auditing import PATIENCE
from server.control.records import Change
from server.control.seats import taken
from server.registration.previewing import PURPOSE as PREVIEW

MOST: Final = 100
"""Most readings of one page."""


@strawberry.type(description="A field that was read, as its owner calls it.")
class FieldRead:
    """A field by coordinate and title; never its value."""

    coordinate: str
    title: str


@strawberry.type(description="One reading about the person who asks.")
class Reading:
    """When, who, what for, by which right, which fields; no value, no other person, no official's name."""

    time: str
    client: str
    department: str | None
    own: bool
    purpose: str
    agreement: list[str]
    legal_basis: list[str]
    fields: list[FieldRead]
    receipt: str


@strawberry.type(description="Readings about the person who asks, the newest first.")
class ReadingPage:
    """`cursor` leads to older ones; readings that are kept back are left out without a trace."""

    readings: list[Reading]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What readings are told with: the catalog, the clients by name, and who asks."""

    catalog: Catalog
    clients: Mapping[str, Client]
    asking: str


async def own_readings(at: At, first: int = 20, after: str = "") -> ReadingPage:
    """Return who read about the caller, where the grants of the reading let it be shown; recorded."""
    session = at.context
    await session.allow(Duty.READ_OWN_AUDIT)
    async with session.recorder.reading(Change("audit.own")) as read:
        page = await _page(session, max(1, min(first, MOST)), after)
        read.detail["readings"] = str(len(page.readings))
    return page


async def _page(session: Session, first: int, after: str) -> ReadingPage:
    platform, principal = session.platform, session.principal
    digests = frozenset(platform.log.opened.desk.seal.digests_of(principal.subject or "").values())
    wanted = Search(named={"kind": "access"}, persons=tuple(sorted(digests)))
    cursors = AuditCursors.of(platform.keyring, principal.client, wanted)
    below = cursors.open(after) if after else NEWEST
    clients = {client.id: client for client in await platform.auth.clients()}
    known = Known(platform.publisher.snapshot().catalog, clients, principal.client)
    readings: list[Reading] = []
    last = more = 0
    async for entry, grants in _shown(session, wanted, below, digests):
        if len(readings) >= first:
            more = 1
            break
        readings.append(reading_of(entry.leaf, grants, known))
        last = entry.position
    return ReadingPage(readings=readings, cursor=cursors.seal(last) if more else None)


async def _shown(
    session: Session, wanted: Search, below: int, digests: Collection[bytes]
) -> AsyncIterator[tuple[Entry, list[Grant]]]:
    """Yield the accesses that showed the person's data, with their grants, if all of these let it be told.

    A grant that is not known any more keeps back what it was used for. A clerk's preview needs none.
    """
    platform, today = session.platform, session.platform.clock.today()
    releases, seal = Releases(platform.auth), platform.log.opened.desk.seal
    await platform.index.catch_up(PATIENCE)
    async for position in positions(wanted, platform.index.store, platform.index.terms, below):
        for row in await platform.log.range(position, 1):
            entry = opened(row, seal)
            numbers = entry.leaf.get("grants", ())
            grants = await releases.grants(numbers)
            known = [grants[number] for number in numbers if number in grants]
            told = all(grant.disclosure.shown_on(today) for grant in known)
            told = told and {*numbers} <= {*grants, PREVIEW}
            if told and not set(digests).isdisjoint(entry.digests.subjects):
                yield entry, known


def reading_of(leaf: Mapping[str, Any], grants: Collection[Grant], known: Known) -> Reading:
    """Return what a citizen is told of one access: fields of resources about persons, and why."""
    client = known.clients.get(leaf["client"])
    department = known.catalog.departments.get(client.department or "") if client else None
    named = leaf.get("coordinates", {})
    shown = {*named.get("returned", ()), *named.get("aggregated", ()), *named.get("used_in_predicate", ())}
    return Reading(
        time=leaf["time"],
        client=client.title if client else leaf["client"],
        department=department.title if department else None,
        own=leaf["client"] == known.asking,
        purpose=leaf.get("purpose", ""),
        agreement=sorted({grant.agreement for grant in grants if grant.agreement}),
        legal_basis=sorted({grant.legal_basis for grant in grants if grant.legal_basis}),
        fields=[field for name in sorted(shown) if (field := _field(name, known.catalog))],
        receipt=leaf["receipt"],
    )


def _field(coordinate: str, catalog: Catalog) -> FieldRead | None:
    """Return a field of a resource about persons; None for any other, and for links."""
    type_name, _, name = coordinate.partition(".")
    resource = catalog.resources.get(type_name)
    if resource is None or resource.subject is None or name not in resource.fields:
        return None
    return FieldRead(coordinate=coordinate, title=resource.fields[name].title)


async def release_readings(at: At, grant: str) -> str:
    """Return the number of the proposal to show citizens what a grant kept back."""
    session = at.context
    await session.allow(Duty.PROPOSE_RELEASE)
    async with session.recorder.change(Change("readings.propose", grant)) as detail:
        await Releases(session.platform.auth).held_back(grant)
        document: dict[str, str | None] = {"target": grant}
        proposal = await session.platform.proposals.propose(
            Act.RELEASE_READINGS, document, session.principal.client
        )
        detail["proposal"] = proposal.number
    return proposal.number


async def approve_release(at: At, number: str) -> bool:
    """Return true once citizens are shown what the grant kept back."""
    session = at.context
    await session.allow(Duty.APPROVE_RELEASE)
    proposal = await taken(session, number, Act.RELEASE_READINGS)
    grant = proposal.document["target"] or ""
    change = Change("readings.release", grant, {"proposal": number, "asked by": proposal.asked_by})
    async with session.recorder.change(change):
        await Releases(session.platform.auth).release(grant)
    return True


@strawberry.type
class OwnReadingQuery:
    """A citizen's question to the log."""

    own_readings: ReadingPage = strawberry.field(
        resolver=own_readings, description="Who read about the person who asks, and why; recorded."
    )


@strawberry.type
class ReleaseMutation:
    """What two persons release."""

    release_readings: str = strawberry.mutation(
        resolver=release_readings,
        description="Propose that citizens be shown what a grant kept back (audit administrator).",
    )
    approve_release: bool = strawberry.mutation(
        resolver=approve_release, description="Approve a release that was proposed (security administrator)."
    )
