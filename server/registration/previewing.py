"""Preview: sample rows as each kind of caller would see them, masked by the expressions of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from anyio import to_thread

from auth.grants import Grant
from auth.masking.rule import MaskRule
from auth.policy import permissions
from auth.principal import Principal, Role
from auth.rights import Permissions, Right, Rights
from resolvers.question import Question
from resolvers.sampling import Sampling, sampled
from resolvers.snapshot import Snapshot
from schema.assemble import assemble
from schema.catalog import CatalogField, Resource
from schema.draft import Draft
from schema.errors import ManifestRefusedError
from schema.naming import root_names
from schema.visibility import ceilings
from server.registration.desk import Desk, manifest_of
from server.registration.draft import State
from server.registration.errors import SourceDraftRefusedError

PURPOSE = "PREVIEW"
SHOWN = (State.DRAFT, State.CHECKED, State.WAITING, State.PUBLISHED)
DEFAULT, STRICTEST = "default", "strictest"
"""Kinds of callers who are nobody yet: a grant that names no mask, and one that takes the strictest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one kind of caller sees of a resource: rows by field, the masks in force, codes of what failed.

    `caller` is `default`, `strictest`, or a client with a live grant, `client/PURPOSE`.
    """

    resource: str
    caller: str
    masks: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    codes: Sequence[str]


async def preview(desk: Desk, department: str, by: Principal, asked: Question) -> tuple[Seen, ...]:
    """Return what each kind of caller would see of the newest draft, resource by resource.

    Each of them is an access of its own in the log, for the purpose PREVIEW. A value that the manifest
    masks is never shown whole, whatever a grant says.
    """
    draft = await desk.standing(department, *SHOWN)
    if not draft.content.manifest:
        raise SourceDraftRefusedError("The draft describes no resource yet", where=department)
    written = await manifest_of(draft)
    content = replace(draft.content, settings=written.source.settings)
    async with desk.opened(content) as (_, connector):
        await connector.describe()
        snapshot = await _snapshot(desk, written, connector)
        seen = []
        for name in written.resources:
            resource = snapshot.catalog.resources[name]
            for caller, allowed, eyes in await _callers(desk, resource, snapshot, by):
                sampling = Sampling(name, allowed, eyes, by)
                answer = await sampled(sampling, snapshot, desk.rooms, asked)
                seen.append(_seen(resource, caller, allowed, answer))
    return tuple(seen)


async def _snapshot(desk: Desk, written: Draft, connector: Any) -> Snapshot:
    """Return the catalog as it would be, with the draft's source and no other open."""
    drafts = {**await desk.catalog.drafts(), written.department.key: written}
    version = desk.publisher.snapshot().catalog.version
    assembly = await to_thread.run_sync(assemble, drafts.values(), version)
    if assembly.problems:
        raise ManifestRefusedError(assembly.problems)
    return Snapshot(assembly.catalog, {written.department.key: connector}, ceilings(assembly.catalog))


async def _callers(
    desk: Desk, resource: Resource, snapshot: Snapshot, by: Principal
) -> list[tuple[str, Permissions, Principal]]:
    """Return each kind of caller by name, with its rights on the resource and the eyes it sees with."""
    nobody = Principal(by.client, by.title, Role.APPLICATION)
    found = [
        (DEFAULT, _permissions(resource, lambda field: field.mask), nobody),
        (STRICTEST, _permissions(resource, _strictest), nobody),
    ]
    for grant in await desk.auth.grants():
        if grant.resource == resource.name and (allowed := _granted(desk, grant, resource, snapshot)):
            client = await desk.auth.client(grant.client)
            eyes = Principal(grant.client, "", client.role, client.department) if client else nobody
            found.append((f"{grant.client}/{grant.purpose}", allowed, eyes))
    return found


def _permissions(resource: Resource, mask: Any) -> Permissions:
    rights = {
        f"{resource.name}.{field.name}": Rights(frozenset({Right.READ}), mask(field), PURPOSE, PURPOSE)
        for field in resource.fields.values()
        if Right.READ in field.rights
    }
    return Permissions(PURPOSE, PURPOSE, rights, {resource.name: PURPOSE}, "")


def _strictest(field: CatalogField) -> MaskRule | None:
    """Return the mask that hides all, of a field that has a mask at all."""
    return MaskRule("RD") if field.mask is not None else None


def _granted(desk: Desk, grant: Grant, resource: Resource, snapshot: Snapshot) -> Permissions | None:
    """Return what a live grant would open, hidden whole where it would show a masked field clear."""
    today = desk.rooms.today()
    allowed = permissions(grant.client, grant.purpose, [grant], snapshot.ceilings, today)
    rights = {
        name: _covered(one, resource.fields[name.partition(".")[2]]) for name, one in allowed.rights.items()
    }
    readable = any(one.allows(Right.READ) for one in rights.values())
    return replace(allowed, rights=rights, purpose=PURPOSE) if readable else None


def _covered(rights: Rights, field: CatalogField) -> Rights:
    if rights.mask is None and field.mask is not None:
        return replace(rights, mask=MaskRule("RD"), reason="clear to this caller; hidden in a preview")
    return rights


def _seen(resource: Resource, caller: str, allowed: Permissions, answer: Any) -> Seen:
    masks = {
        name.partition(".")[2]: one.mask.mask
        for name, one in allowed.rights.items()
        if one.mask is not None and one.allows(Right.READ)
    }
    data = orjson.loads(answer.data) if answer.data else {}
    listed = (data.get(root_names(resource.name).listing) or {}).get("nodes") or ()
    codes = tuple(sorted({str(error["extensions"]["code"]) for error in answer.errors}))
    return Seen(resource.name, caller, masks, tuple(listed), codes)
