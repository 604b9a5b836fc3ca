"""Check: the manifest fits the graph and the source, the account may only read, and the dirt is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from connectors.protocol import Connector
from connectors.sql.writing_rights import Writable
from schema.discovery.counting import counts
from schema.draft import Draft
from schema.errors import Problem
from server import publishing
from server.registration.bounding import scarce, session_facts, session_of, unbound
from server.registration.desk import Desk, manifest_of
from server.registration.draft import Content, SourceDraft, State
from server.registration.errors import AccountCanWriteError, SourceDraftBusyError, SourceDraftRefusedError
from server.registration.missing import missing


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. With a problem the draft stays where it stood."""

    draft: SourceDraft
    problems: Sequence[Problem]
    warnings: Sequence[Problem] = ()

    @property
    def ok(self) -> bool:
        """Return whether the draft can be published."""
        return not self.problems


async def revise(desk: Desk, department: str, text: str, author: str) -> SourceDraft:
    """Return a new draft with the manifest that a clerk wrote, which names department and source too."""
    draft = await publishing.read_one(text)
    if draft.department.key != department:
        raise SourceDraftRefusedError("The manifest is that of another department", where=department)
    before = await desk.drafts.newest(department)
    content = Content(
        department=department,
        code=draft.department.code,
        title=draft.department.title,
        kind=draft.source.kind,
        settings=draft.source.settings,
        manifest=text,
        fields=before.content.fields if before is not None else (),
    )
    return await desk.drafts.begin(content, author)


async def check(desk: Desk, department: str, *, waive: bool = False) -> Checked:
    """Return every problem of the newest draft; without one it is checked, its findings beside it.

    Raises `AccountCanWriteError` unless that is waived, `SourceDraftBusyError` where others moved the draft
    meanwhile, and the source's own error where it does not answer.
    """
    draft = await desk.standing(department, State.DRAFT, State.CHECKED)
    if not draft.content.manifest:
        raise SourceDraftRefusedError(
            "The draft describes no resource yet",
            where=department,
            remedy="Have one proposed with `govgraph source discover`, or give a manifest with the check.",
        )
    files = [(f"{department} (draft {draft.number})", draft.content.manifest)]
    problems, warnings = await publishing.check(desk.catalog, desk.publisher, files)
    if problems:
        return Checked(draft, problems)
    written = await manifest_of(draft)
    async with desk.opened(replace(draft.content, settings=written.source.settings)) as (bare, connector):
        entities = await connector.describe()
        session = await session_of(bare)
        problems = [*missing(written, entities), *unbound(written, session)]
        if problems:
            return Checked(draft, problems)
        changeable = await _changeable(bare)
        if changeable and not waive:
            raise AccountCanWriteError("The account of the source may change data", where=_few(changeable))
        facts = [*_facts(written, changeable), *session_facts(session)]
        findings = [*facts, *await _counted(connector, written)]
    told: dict[str, Any] = {"findings": findings, "waived": bool(changeable)}
    if not await desk.drafts.move(draft, State.CHECKED, **told):
        raise SourceDraftBusyError("The draft was changed at this moment")
    warnings = [*warnings, *scarce(written, session)]
    return Checked(await desk.drafts.numbered(department, draft.number), (), warnings)


async def _changeable(connector: Connector) -> Sequence[str]:
    return await connector.writable() if isinstance(connector, Writable) else ()


def _few(names: Sequence[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _facts(draft: Draft, changeable: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return how the source is asked, as findings without a count."""
    settings = draft.source.settings
    facts = {"account": f"can write, waived: {_few(changeable)}" if changeable else "reads only"}
    for name in ("maxConnections", "statementTimeout", "timeout", "requestsPerSecond", "hours"):
        if name in settings:
            facts[name] = str(settings[name])
    return [
        {"coordinate": "source", "what": f"{name}: {told}", "rows": 0, "of": 0}
        for name, told in facts.items()
    ]


async def _counted(connector: Connector, draft: Draft) -> list[Mapping[str, Any]]:
    """Return the counts that are no zero, of what the source lets be read in bounded time."""
    return [asdict(count) for count in await counts(connector, draft) if count.rows]
