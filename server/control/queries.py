"""What can be asked of the control graph."""

from typing import cast

import strawberry
from strawberry.scalars import JSON

from auth.roles import Duty
from schema.search import search as found_by
from server.control import explaining, operations, seats
from server.control.access import At
from server.control.alerting import AlertQuery
from server.control.audit_reports import ReportQuery
from server.control.auditing import AuditQuery
from server.control.client_types import ClientView, client_view
from server.control.explaining import ExplanationView
from server.control.inbox import InboxQuery
from server.control.operations import OperationView
from server.control.own_readings import OwnReadingQuery
from server.control.ranges import RangeQuery
from server.control.records import Change
from server.control.retention import RetentionQuery
from server.control.seat_types import ProposalView
from server.control.sources import SourceQuery
from server.control.types import (
    CatalogView,
    GrantView,
    SearchHit,
    SourceState,
    Status,
    catalog_view,
    grant_view,
)
from server.errors import ReceiptUnknownError


async def status(at: At) -> Status:
    """Return versions, instance and the state of the sources."""
    await at.context.allow(Duty.READ_STATUS)
    platform = at.context.platform
    snapshot = platform.publisher.snapshot()
    states = platform.publisher.states()
    return Status(
        instance=platform.instance,
        version=snapshot.catalog.version,
        resources=len(snapshot.catalog.resources),
        set_up_finished=await platform.proposals.set_up_finished(),
        sources=[
            SourceState(department=source.department, kind=source.kind, state=states[source.department])
            for source in snapshot.catalog.sources.values()
        ],
    )


async def catalog(at: At, resources: list[str] | None = None) -> CatalogView:
    """Return departments, resources, fields and links that are open to look up."""
    await at.context.allow(Duty.READ_CATALOG)
    return catalog_view(at.context.platform.publisher.snapshot().catalog, resources)


async def search(at: At, text: str, first: int = 20) -> list[SearchHit]:
    """Return the best hits."""
    await at.context.allow(Duty.READ_CATALOG)
    hits = found_by(at.context.platform.publisher.snapshot().catalog, text)
    return [
        SearchHit(coordinate=hit.coordinate, title=hit.title, department=hit.department, level=hit.level)
        for hit in hits[: max(first, 0)]
    ]


async def manifest(at: At, department: str) -> str:
    """Return the manifest's text; it tells where the source stands, so reading it is recorded."""
    session = at.context
    await session.allow(Duty.EXPORT_CATALOG, department)
    known = department in session.platform.publisher.snapshot().catalog.departments
    async with session.recorder.change(Change("catalog.export", department if known else "")):
        return await session.platform.catalog.export(department)


async def clients(at: At) -> list[ClientView]:
    """Return all clients."""
    await at.context.allow(Duty.LIST_CLIENTS)
    return [client_view(client) for client in await at.context.platform.auth.clients()]


async def grants(at: At, client: str | None = None) -> list[GrantView]:
    """Return the grants."""
    session = at.context
    await session.allow(Duty.LIST_GRANTS, session.principal.department)
    store = session.platform.auth
    found = await (store.grants_of(client) if client else store.grants())
    return [grant_view(grant) for grant in found if session.may_see(grant.department)]


async def record(at: At, receipt: str) -> JSON:
    """Return the record with this receipt."""
    session = at.context
    await session.allow(Duty.READ_AUDIT)
    async with session.recorder.reading(Change("audit.read")) as read:
        found = await session.platform.log.find(receipt)
        if found is None:
            raise ReceiptUnknownError("No record carries this receipt")
        read.subject = receipt
    return cast("JSON", found)


async def checkpoint(at: At) -> str:
    """Return the checkpoint as a signed note."""
    await at.context.allow(Duty.VERIFY_AUDIT)
    return at.context.platform.log.checkpoint()


@strawberry.type
class Query(
    AlertQuery,
    AuditQuery,
    InboxQuery,
    OwnReadingQuery,
    RangeQuery,
    ReportQuery,
    RetentionQuery,
    SourceQuery,
):
    """Reads; each asks for its duty first."""

    status: Status = strawberry.field(resolver=status, description="How the platform stands.")
    catalog: CatalogView = strawberry.field(
        resolver=catalog, description="The catalog, or the named resources of it; never data."
    )
    search: list[SearchHit] = strawberry.field(
        resolver=search, description="Resources and fields whose names, titles or summaries hold the text."
    )
    manifest: str = strawberry.field(
        resolver=manifest, description="A department's manifest as YAML, as it would be published again."
    )
    clients: list[ClientView] = strawberry.field(
        resolver=clients, description="The clients, without their secrets."
    )
    grants: list[GrantView] = strawberry.field(
        resolver=grants, description="The sharing grants, or those of one client."
    )
    operations: list[OperationView] = strawberry.field(
        resolver=operations.operations,
        description="The registered operations, or those that one client may ask.",
    )
    proposals: list[ProposalView] = strawberry.field(
        resolver=seats.proposals, description="What waits until the holder of a second seat approves it."
    )
    record: JSON = strawberry.field(
        resolver=record, description="One record of the log; reading it is itself recorded."
    )
    explain: ExplanationView = strawberry.field(
        resolver=explaining.explain,
        description="How a question would be answered, without asking a source: for the client that asks, "
        "or for any client where the security administrator does; recorded.",
    )
    checkpoint: str = strawberry.field(
        resolver=checkpoint, description="The signed size and root of the log."
    )
