"""The types of the control graph that speak of sources on their way to the graph."""

from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime

import strawberry
from strawberry.scalars import JSON

from govgraph.clock import rfc3339
from schema.diff import CatalogChange
from server.control.types import ProblemView
from server.registration.draft import SourceDraft
from server.registration.errors import UploadRefusedError
from server.registration.previewing import Seen
from server.registration.uploading import Piece
from server.statements import Sent


@strawberry.input(description="A source to register; settings are YAML, as in a manifest, without `kind`.")
class SourceWish:
    """Department, kind and settings; title and code where the department has published nothing yet."""

    department: str
    kind: str
    settings: str = ""
    title: str = ""
    code: str = ""


@strawberry.input(description="A piece of a file; content in base64.")
class FilePiece:
    """`upload` is a random name of the delivery, 16 hex digits; pieces follow each other without a gap."""

    name: str
    upload: str
    offset: int
    content: str
    last: bool


@strawberry.type(description="Where one draft of a source stands; never data.")
class SourceDraftView:
    """A draft by department and number."""

    department: str
    number: int
    title: str
    kind: str
    state: str
    author: str
    decided_by: str | None
    version: int | None
    changed_at: str
    waived: bool


@strawberry.type(description="A draft with what it says; its settings tell where the source stands.")
class SourceDraftDetail:
    """A draft, its manifest, what was proposed with reasons, and what a check found."""

    draft: SourceDraftView
    manifest: str
    fields: JSON
    findings: JSON


@strawberry.type(description="A source just added, and the entities it offers.")
class SourceAdded:
    """The draft and the names of tables, views, files or end points."""

    draft: SourceDraftView
    entities: list[str]


@strawberry.type(description="What was proposed for a source.")
class SourceDiscovered:
    """The draft, its manifest, its fields with reasons, and what the clerk has to decide."""

    draft: SourceDraftView
    manifest: str
    fields: JSON
    problems: list[ProblemView]


@strawberry.type(description="What a check of a source found.")
class SourceChecked:
    """Whether it can be published, everything that is wrong, and counts of dirt."""

    ok: bool
    draft: SourceDraftView
    problems: list[ProblemView]
    warnings: list[ProblemView]
    findings: JSON


@strawberry.type(description="A draft taken back, or a version in which the department shows nothing.")
class SourceWithdrawn:
    """The draft, where there was one, and the catalog's version."""

    draft: SourceDraftView | None
    version: int


@strawberry.type(description="An earlier version that is shown again.")
class SourceRolledBack:
    """The earlier version, and the number under which it is shown now."""

    department: str
    shown: int
    version: int


@strawberry.type(description="A version that one department made.")
class VersionView:
    """Its number, and whether it shows anything."""

    version: int
    shown: bool


@strawberry.type(description="What one kind of caller would see of a resource.")
class SeenView:
    """Rows as shown, masks in force, and the codes of what failed."""

    resource: str
    caller: str
    masks: JSON
    rows: JSON
    codes: list[str]


@strawberry.type(description="One change that a publication would bring.")
class CatalogChangeView:
    """How heavily it weighs, where, what, and the operations and grants it touches."""

    weight: str
    coordinate: str
    what: str
    operations: list[str]
    grants: list[str]


@strawberry.type(description="A statement that was sent to a source, without values.")
class SentView:
    """A statement and its time."""

    time: str
    statement: str


def draft_view(draft: SourceDraft) -> SourceDraftView:
    """Return where a draft stands."""
    return SourceDraftView(
        department=draft.department,
        number=draft.number,
        title=draft.content.title,
        kind=draft.content.kind,
        state=draft.state.value,
        author=draft.author,
        decided_by=draft.decided_by or None,
        version=draft.version or None,
        changed_at=draft.changed_at,
        waived=draft.waived,
    )


def draft_detail(draft: SourceDraft) -> SourceDraftDetail:
    """Return a draft with what it says."""
    return SourceDraftDetail(
        draft=draft_view(draft),
        manifest=draft.content.manifest,
        fields=JSON(list(draft.content.fields)),
        findings=JSON(list(draft.findings)),
    )


def piece_of(piece: FilePiece) -> Piece:
    """Return a piece as it is kept. Raises `UploadRefusedError` where its content is no base64."""
    try:
        content = b64decode(piece.content, validate=True)
    except ValueError:
        raise UploadRefusedError("The content is not base64", where="content") from None
    return Piece(piece.name, piece.upload, max(piece.offset, 0), content, piece.last)


def seen_view(seen: Seen) -> SeenView:
    """Return what one kind of caller would see."""
    return SeenView(
        resource=seen.resource,
        caller=seen.caller,
        masks=JSON(dict(seen.masks)),
        rows=JSON(list(seen.rows)),
        codes=list(seen.codes),
    )


def change_view(change: CatalogChange) -> CatalogChangeView:
    """Return one change."""
    return CatalogChangeView(
        weight=change.weight.value,
        coordinate=change.coordinate,
        what=change.what,
        operations=list(change.operations),
        grants=list(change.grants),
    )


def sent_views(sent: Sequence[Sent]) -> list[SentView]:
    """Return statements with their times in RFC 3339."""
    return [
        SentView(time=rfc3339(datetime.fromtimestamp(one.moment, UTC)), statement=one.statement)
        for one in sent
    ]
