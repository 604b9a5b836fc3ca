"""Registering a source through the control graph: each step asks for its duty and leaves its records."""

import strawberry
from strawberry.scalars import JSON

from auth.roles import Duty
from resolvers.question import Question
from server.control.access import At
from server.control.files import shortened
from server.control.records import Change
from server.control.source_types import (
    CatalogChangeView,
    FilePiece,
    SeenView,
    SentView,
    SourceAdded,
    SourceChecked,
    SourceDiscovered,
    SourceDraftDetail,
    SourceDraftView,
    SourceRolledBack,
    SourceWish,
    SourceWithdrawn,
    VersionView,
    change_view,
    draft_detail,
    draft_view,
    piece_of,
    seen_view,
    sent_views,
)
from server.control.types import problem_view
from server.registration import (
    adding,
    approving,
    checking,
    comparing,
    discovering,
    folders,
    previewing,
    uploading,
    withdrawing,
)
from server.registration.draft import SourceDraft


async def sources(at: At, department: str | None = None) -> list[SourceDraftView]:
    """Return the newest draft of each department, or every draft of one; a clerk's own only."""
    session = at.context
    own = session.principal.department
    await session.allow(Duty.LIST_SOURCES, department or own)
    found = [
        one for one in await session.platform.desk.drafts.all(department) if session.may_see(one.department)
    ]
    newest = {one.department: one for one in reversed(found)}
    return [draft_view(one) for one in (found if department else newest.values())]


async def source_draft(at: At, department: str, number: int | None = None) -> SourceDraftDetail:
    """Return a draft with its manifest; it tells where the source stands, so reading it is recorded."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    drafts = session.platform.desk.drafts
    async with session.recorder.change(Change("source.read", department)):
        if number is not None:
            return draft_detail(await drafts.numbered(department, number))
        return draft_detail(await session.platform.desk.newest(department))


async def preview_source(at: At, department: str) -> list[SeenView]:
    """Return masked sample rows; each kind of caller is an access in the log."""
    session = at.context
    await session.allow(Duty.PREVIEW_SOURCE, department)
    recorder = session.recorder
    asked = Question(None, None, None, request=recorder.request, address=recorder.address)
    async with recorder.change(Change("source.preview", department)) as detail:
        seen = await previewing.preview(session.platform.desk, department, session.principal, asked)
        detail["resources"] = ",".join(sorted({one.resource for one in seen}))
    return [seen_view(one) for one in seen]


async def source_diff(at: At, department: str) -> list[CatalogChangeView]:
    """Return what the newest draft would change."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    return [change_view(one) for one in await comparing.compare(session.platform.desk, department)]


async def source_versions(at: At, department: str) -> list[VersionView]:
    """Return the versions of a department, the newest first."""
    session = at.context
    await session.allow(Duty.LIST_SOURCES, department)
    found = await session.platform.desk.catalog.versions(department)
    return [VersionView(version=one.version, shown=one.shown) for one in found]


async def statements(at: At, department: str) -> list[SentView]:
    """Return what was sent to the department's source lately, the newest first."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    return sent_views(session.platform.publisher.statements.latest(department))


async def add_source(at: At, source: SourceWish) -> SourceAdded:
    """Return the draft; nothing is kept of a source that cannot be opened."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, source.department)
    wish = adding.Wish(source.department, source.kind, source.settings, source.title, source.code)
    async with session.recorder.change(Change("source.add", source.department)) as detail:
        draft, entities = await adding.add(session.platform.desk, wish, session.principal.client)
        detail.update(_told(draft))
    return SourceAdded(draft=draft_view(draft), entities=list(entities))


async def discover_source(at: At, department: str, only: list[str] | None = None) -> SourceDiscovered:
    """Return what was proposed, as a new draft."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    desk, author = session.platform.desk, session.principal.client
    async with session.recorder.change(Change("source.discover", department)) as detail:
        found = await discovering.discover(desk, department, author, only or ())
        detail.update(_told(found.draft))
    return SourceDiscovered(
        draft=draft_view(found.draft),
        manifest=found.draft.content.manifest,
        fields=JSON(list(found.draft.content.fields)),
        problems=[problem_view(problem) for problem in shortened(found.problems)],
    )


async def check_source(
    at: At, department: str, manifest: str | None = None, waive: bool = False
) -> SourceChecked:
    """Return what was found; a manifest that is given becomes the new draft first."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    desk, author = session.platform.desk, session.principal.client
    detail = {"waive": "true"} if waive else {}
    async with session.recorder.change(Change("source.check", department, detail)) as outcome:
        if manifest is not None:
            await checking.revise(desk, department, manifest, author)
        found = await checking.check(desk, department, waive=waive)
        outcome.update(_told(found.draft) | {"problems": str(len(found.problems))})
    return SourceChecked(
        ok=found.ok,
        draft=draft_view(found.draft),
        problems=[problem_view(problem) for problem in shortened(found.problems)],
        warnings=[problem_view(problem) for problem in shortened(found.warnings)],
        findings=JSON(list(found.draft.findings)),
    )


async def publish_source(at: At, department: str) -> SourceDraftView:
    """Return the draft, published or waiting for a second person."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    async with session.recorder.change(Change("source.publish", department)) as detail:
        draft = await approving.publish(session.platform.desk, department, session.principal.client)
        detail.update(_told(draft))
    return draft_view(draft)


async def approve_source(at: At, department: str, number: int) -> SourceDraftView:
    """Return the draft, published."""
    session = at.context
    await session.allow(Duty.APPROVE_SOURCE, department)
    change = Change("source.approve", department, {"draft": str(number)})
    async with session.recorder.change(change) as detail:
        draft = await approving.approve(session.platform.desk, department, number, session.principal.client)
        detail.update(_told(draft))
    return draft_view(draft)


async def withdraw_source(at: At, department: str) -> SourceWithdrawn:
    """Return what was taken back: a draft, or everything the department shows."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    desk, by = session.platform.desk, session.principal.client
    async with session.recorder.change(Change("source.withdraw", department)) as detail:
        draft, version = await withdrawing.withdraw(desk, department, by)
        detail.update((_told(draft) if draft else {}) | {"version": str(version)})
    return SourceWithdrawn(draft=draft_view(draft) if draft else None, version=version)


async def roll_back_source(at: At, department: str, to: int | None = None) -> SourceRolledBack:
    """Return the version that is shown again, under a new number."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    async with session.recorder.change(Change("source.rollback", department)) as detail:
        shown, version = await withdrawing.roll_back(session.platform.desk, department, to)
        detail.update({"shown": str(shown), "version": str(version)})
    return SourceRolledBack(department=department, shown=shown, version=version)


async def upload_source(at: At, department: str, piece: FilePiece) -> int:
    """Return the bytes that have come; the record of a delivery is made with its last piece."""
    session = at.context
    await session.allow(Duty.REGISTER_SOURCE, department)
    folder = session.platform.publisher.folder(department)
    given = piece_of(piece)
    if not given.last:
        return await uploading.take(folder, given)
    async with session.recorder.change(Change("source.upload", department)) as detail:
        size = await uploading.take(folder, given)
        detail.update({"file": given.name, "bytes": str(size)})
    return size


async def admit_folder(at: At, department: str, folder: str, close: bool = False) -> bool:
    """Return true once the department's sources may open files of the folder, or may no longer."""
    session = at.context
    await session.allow(Duty.ADMIT_FOLDER)
    event = Change("source.folder", department, {"act": "close" if close else "admit"})
    async with session.recorder.change(event):
        desk, home = session.platform.desk, session.platform.settings.home
        if close:
            return await folders.close(desk, department, folder)
        await folders.admit(desk, department, folder, home, session.principal.client)
    return True


def _told(draft: SourceDraft) -> dict[str, str]:
    """Return what the record says of a draft: number, state, version, whether a second account was waived."""
    told = {"draft": str(draft.number), "state": draft.state.value, "author": draft.author}
    told |= {"version": str(draft.version)} if draft.version else {}
    return told | ({"waived": "true"} if draft.waived else {})


@strawberry.type
class SourceQuery:
    """What can be asked of sources on their way to the graph."""

    sources: list[SourceDraftView] = strawberry.field(
        resolver=sources, description="The newest draft of each department, or every draft of one."
    )
    source_draft: SourceDraftDetail = strawberry.field(
        resolver=source_draft, description="A draft with manifest, reasons and findings; recorded."
    )
    preview_source: list[SeenView] = strawberry.field(
        resolver=preview_source,
        description="Sample rows of the newest draft as each kind of caller would see them; recorded.",
    )
    source_diff: list[CatalogChangeView] = strawberry.field(
        resolver=source_diff, description="What the newest draft would change, and whom that touches."
    )
    source_versions: list[VersionView] = strawberry.field(
        resolver=source_versions, description="The versions with which a department changed what it shows."
    )
    statements: list[SentView] = strawberry.field(
        resolver=statements, description="What was sent to a department's source lately, without values."
    )


@strawberry.type
class SourceMutation:
    """The steps of registering a source."""

    add_source: SourceAdded = strawberry.mutation(
        resolver=add_source, description="Begin: the settings of a source, which must answer."
    )
    discover_source: SourceDiscovered = strawberry.mutation(
        resolver=discover_source, description="Propose a manifest from what the source holds."
    )
    check_source: SourceChecked = strawberry.mutation(
        resolver=check_source, description="Hold the draft, or a manifest given, against graph and source."
    )
    publish_source: SourceDraftView = strawberry.mutation(
        resolver=publish_source,
        description="Publish the checked draft; with fields of L3 or above it waits for a second person.",
    )
    approve_source: SourceDraftView = strawberry.mutation(
        resolver=approve_source, description="Publish what another person proposed."
    )
    withdraw_source: SourceWithdrawn = strawberry.mutation(
        resolver=withdraw_source, description="Take a draft back, or everything the department shows."
    )
    roll_back_source: SourceRolledBack = strawberry.mutation(
        resolver=roll_back_source, description="Show an earlier version again, as a new one."
    )
    upload_source: int = strawberry.mutation(
        resolver=upload_source,
        description="Deliver a piece of a file into the department's own folder; the last one puts it there.",
    )
    admit_folder: bool = strawberry.mutation(
        resolver=admit_folder, description="Let a department's sources open files of a folder, or no longer."
    )
