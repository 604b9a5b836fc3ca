"""Discover: what the source holds becomes a proposed manifest, each field with its reasons."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from anyio import to_thread

from schema.catalog import Catalog
from schema.discovery.looking import look
from schema.discovery.proposing import Proposal, SourceHead, propose
from schema.errors import Problem
from schema.naming import RESERVED_TYPES, root_names, type_names
from server.registration.desk import Desk
from server.registration.draft import Content, SourceDraft


@dataclass(frozen=True, slots=True)
class Discovered:
    """The new draft with what was proposed, and what the clerk has to decide."""

    draft: SourceDraft
    problems: Sequence[Problem]


async def discover(desk: Desk, department: str, author: str, only: Sequence[str] = ()) -> Discovered:
    """Return a new draft whose manifest is proposed from tables, columns, comments and samples.

    `only` names entities; none stands for all. No value of the source is in what comes back.
    """
    before = await desk.newest(department)
    async with desk.opened(before.content) as (_, connector):
        looked = await look(connector, only)
    catalog = desk.publisher.snapshot().catalog
    head = _head(before.content)
    taken, others = names_taken(catalog, department), list(catalog.resources.values())
    proposal: Proposal = await to_thread.run_sync(propose, head, looked, taken, others)
    fields = tuple({**asdict(one), "reasons": list(one.reasons)} for one in proposal.fields)
    content = replace(before.content, manifest=proposal.manifest, fields=fields)
    return Discovered(await desk.drafts.begin(content, author), proposal.problems)


def _head(content: Content) -> SourceHead:
    return SourceHead(
        code=content.code,
        title=content.title,
        source=content.department,
        kind=content.kind,
        settings=content.settings,
    )


def names_taken(catalog: Catalog, department: str) -> Collection[str]:
    """Return the names of types and root fields that other departments hold."""
    others = [one for one in catalog.resources.values() if one.department != department]
    taken = set(RESERVED_TYPES)
    for one in others:
        enums = [field.name for field in one.fields.values() if field.codes]
        taken.update(type_names(one.name, enums), root_names(one.name).all())
    return frozenset(taken)
