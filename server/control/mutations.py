"""What can be changed in catalog, grants and secrets; each change leaves an intent and an outcome."""

import strawberry

from auth.roles import Duty
from schema.grant_file import read_grants_text
from schema.manifest import read_manifest_text
from server.control import operations, seats
from server.control.access import At
from server.control.auditing import AuditMutation
from server.control.client_types import ClientView
from server.control.files import check_files, read_files, shortened
from server.control.grant_wishes import GrantMutation
from server.control.granting import put_in_force
from server.control.inbox import InboxMutation
from server.control.keeping import KeepingMutation
from server.control.operations import OperationView
from server.control.own_readings import ReleaseMutation
from server.control.ranges import RangeMutation
from server.control.records import Change
from server.control.retention import RetentionMutation
from server.control.seat_types import KeysBackup, NewClient
from server.control.secrets import SecretMutation
from server.control.sources import SourceMutation
from server.control.suspending import SuspensionMutation
from server.control.types import (
    CheckResult,
    FileText,
    GrantView,
    Published,
    grant_view,
    problem_view,
)
from server.publishing import check
from server.registration.approving import refuse_alone


async def check_manifests(at: At, files: list[FileText]) -> CheckResult:
    """Return every problem, and the links that would sleep until their target is published."""
    await at.context.allow(Duty.CHECK_CATALOG)
    check_files(files)
    platform = at.context.platform
    given = [(file.name, file.text) for file in files]
    problems, warnings = await check(platform.catalog, platform.publisher, given)
    return CheckResult(
        ok=not problems,
        problems=[problem_view(problem) for problem in shortened(problems)],
        warnings=[problem_view(problem) for problem in shortened(warnings)],
    )


async def publish_manifests(at: At, files: list[FileText]) -> Published:
    """Return the new version; running queries finish on the one they began with."""
    session = at.context
    await session.allow_own(Duty.PUBLISH_CATALOG)
    drafts = await read_files(files, lambda file: read_manifest_text(file.text, file.name))
    departments = [draft.department.key for draft in drafts]
    for department in departments:
        await session.allow(Duty.PUBLISH_CATALOG, department)
    change = Change("catalog.publish", ",".join(departments))
    async with session.recorder.change(change) as detail:
        if not session.is_machine:
            await refuse_alone(session.platform.desk, drafts)
        version = await session.platform.publisher.publish(drafts)
        detail["version"] = str(version)
    return Published(version=version, departments=departments)


async def put_grants(at: At, files: list[FileText]) -> list[GrantView]:
    """Return the grants; a file with a problem is refused whole."""
    session = at.context
    await session.allow_own(Duty.GRANT)
    catalog = session.platform.publisher.snapshot().catalog
    clients = [client.id for client in await session.platform.auth.clients() if not client.revoked]
    read = await read_files(files, lambda file: read_grants_text(file.text, file.name, catalog, clients))
    grants = [grant for found in read for grant in found]
    for department in sorted({grant.department for grant in grants}):
        await session.allow(Duty.GRANT, department)
    await put_in_force(session, grants)
    return [grant_view(grant) for grant in grants]


async def revoke_grant(at: At, id: str) -> bool:  # noqa: A002 the name in the graph
    """Return true once the grant is revoked."""
    session = at.context
    await session.allow_own(Duty.REVOKE_GRANT)
    found = [grant for grant in await session.platform.auth.grants() if grant.id == id]
    department = found[0].department if found else None
    await session.allow(Duty.REVOKE_GRANT, department)
    async with session.recorder.change(Change("grant.revoke", id)):
        await session.platform.auth.revoke_grant(id)
    return True


async def set_secret(at: At, reference: str, value: str) -> bool:
    """Return true once the secret is sealed and the source opened with it."""
    session = at.context
    department = reference.partition("/")[0]
    await session.allow(Duty.SET_SECRET, department)
    async with session.recorder.change(Change("secret.set", reference)):
        await session.platform.catalog.put_secret(reference, value)
    await session.platform.publisher.reopen(department)
    return True


@strawberry.type
class Mutation(
    AuditMutation,
    GrantMutation,
    InboxMutation,
    KeepingMutation,
    RangeMutation,
    RetentionMutation,
    SecretMutation,
    SourceMutation,
    SuspensionMutation,
    ReleaseMutation,
):
    """Changes; each asks for its duty first."""

    check_manifests: CheckResult = strawberry.mutation(
        resolver=check_manifests,
        description="Check manifests against each other and the catalog; changes nothing.",
    )
    publish_manifests: Published = strawberry.mutation(
        resolver=publish_manifests, description="Publish one or more departments' manifests as a new version."
    )
    create_client: NewClient = strawberry.mutation(
        resolver=seats.create_client,
        description="Make a client; the answer is the only place that shows its secret. "
        "A seat is proposed, and made once the system administrator approves it.",
    )
    approve_client: NewClient = strawberry.mutation(
        resolver=seats.approve_client,
        description="Fill a seat that the security administrator proposed; shows its secret this once.",
    )
    renew_secret: NewClient = strawberry.mutation(
        resolver=seats.renew_secret,
        description="Give a client a new secret, shown this once; the old one is refused from now on. "
        "Every client renews its own, the holder of a seat alone.",
    )
    revoke_client: bool = strawberry.mutation(
        resolver=seats.revoke_client, description="Revoke a client; its tokens are refused from now on."
    )
    set_client: ClientView = strawberry.mutation(
        resolver=operations.set_client,
        description="Set what a client may ask and its limits, in the place of what was set before.",
    )
    register_operation: OperationView = strawberry.mutation(
        resolver=operations.register_operation,
        description="Register a document, to be asked by the SHA-256 of its text.",
    )
    remove_operation: bool = strawberry.mutation(
        resolver=operations.remove_operation, description="Remove a registered operation at once."
    )
    put_grants: list[GrantView] = strawberry.mutation(
        resolver=put_grants, description="Put the sharing grants of one or more grants files in force."
    )
    revoke_grant: bool = strawberry.mutation(
        resolver=revoke_grant, description="Revoke a sharing grant at once."
    )
    set_secret: bool = strawberry.mutation(
        resolver=set_secret, description="Store a secret that source settings name; it is never shown again."
    )
    backup_keys: KeysBackup = strawberry.mutation(
        resolver=seats.backup_keys,
        description="Copy the platform's keys into a new folder on the server's machine, once the audit "
        "administrator approves it; during set-up at once.",
    )
    approve_backup: KeysBackup = strawberry.mutation(
        resolver=seats.approve_backup, description="Copy the keys as the system administrator asked."
    )
    finish_set_up: bool = strawberry.mutation(
        resolver=seats.finish_set_up,
        description="End set-up for good: from now on the machine's own token changes nothing.",
    )
