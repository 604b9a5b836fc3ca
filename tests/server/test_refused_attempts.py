"""Whatever is asked of the control graph from a wrong seat is refused, and the attempt is in the log."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from auth.principal import Principal
from auth.roles import Duty, may
from server.cli.connection import Connection
from server.control.view import control_graph
from tests.server.living import CLIENTS, Living, stored_log
from tests.server.small_city import CHEN
from tests.server.test_control import code_of

pytestmark = pytest.mark.anyio
OPEN: Final = frozenset({"catalog", "explain", "inbox", "operations", "search"})
"""Reads that everybody signed in may do, for the own part at least."""
OWN: Final = frozenset({"markRead", "setWebhook", "removeWebhook"})
"""Changes to the own inbox."""
FIELDS: Final[Mapping[str, Duty]] = {
    "alerts": Duty.READ_ALERTS,
    "alertRecords": Duty.READ_ALERTS,
    "affected": Duty.READ_AUDIT,
    "records": Duty.READ_AUDIT,
    "departmentRecords": Duty.READ_DEPARTMENT_AUDIT,
    "ownReadings": Duty.READ_OWN_AUDIT,
    "counts": Duty.READ_AUDIT,
    "trace": Duty.READ_AUDIT,
    "holds": Duty.HOLD_AUDIT,
    "record": Duty.READ_AUDIT,
    "checkpoint": Duty.VERIFY_AUDIT,
    "reindexAudit": Duty.READ_AUDIT,
    "backupLog": Duty.BACKUP_AUDIT,
    "rotateDigests": Duty.ROTATE_KEYS,
    "holdRecords": Duty.HOLD_AUDIT,
    "liftHold": Duty.HOLD_AUDIT,
    "approveLift": Duty.APPROVE_LIFT,
    "pruneLog": Duty.PRUNE_AUDIT,
    "eraseSubjects": Duty.ERASE_SUBJECTS,
    "approveErasure": Duty.APPROVE_ERASURE,
    "suspendGrant": Duty.SUSPEND_GRANT,
    "resumeGrant": Duty.SUSPEND_GRANT,
    "releaseReadings": Duty.PROPOSE_RELEASE,
    "approveRelease": Duty.APPROVE_RELEASE,
    "egressRanges": Duty.READ_STATUS,
    "allowEgress": Duty.ALLOW_RANGE,
    "withdrawEgress": Duty.ALLOW_RANGE,
    "status": Duty.READ_STATUS,
    "manifest": Duty.EXPORT_CATALOG,
    "clients": Duty.LIST_CLIENTS,
    "grants": Duty.LIST_GRANTS,
    "proposals": Duty.LIST_PROPOSALS,
    "createGrant": Duty.GRANT,
    "putGrants": Duty.GRANT,
    "revokeGrant": Duty.REVOKE_GRANT,
    "checkManifests": Duty.CHECK_CATALOG,
    "publishManifests": Duty.PUBLISH_CATALOG,
    "setSecret": Duty.SET_SECRET,
    "rotateSecrets": Duty.ROTATE_SECRETS,
    "createClient": Duty.CREATE_CLIENT,
    "approveClient": Duty.APPROVE_CLIENT,
    "renewSecret": Duty.RENEW_SECRET,
    "revokeClient": Duty.REVOKE_CLIENT,
    "setClient": Duty.SET_CLIENT,
    "registerOperation": Duty.REGISTER_OPERATION,
    "removeOperation": Duty.REGISTER_OPERATION,
    "backupKeys": Duty.BACKUP_KEYS,
    "approveBackup": Duty.APPROVE_BACKUP,
    "finishSetUp": Duty.FINISH_SET_UP,
    "sources": Duty.LIST_SOURCES,
    "sourceDraft": Duty.REGISTER_SOURCE,
    "previewSource": Duty.PREVIEW_SOURCE,
    "sourceDiff": Duty.REGISTER_SOURCE,
    "sourceVersions": Duty.LIST_SOURCES,
    "statements": Duty.REGISTER_SOURCE,
    "addSource": Duty.REGISTER_SOURCE,
    "discoverSource": Duty.REGISTER_SOURCE,
    "checkSource": Duty.REGISTER_SOURCE,
    "publishSource": Duty.REGISTER_SOURCE,
    "approveSource": Duty.APPROVE_SOURCE,
    "withdrawSource": Duty.REGISTER_SOURCE,
    "rollBackSource": Duty.REGISTER_SOURCE,
    "uploadSource": Duty.REGISTER_SOURCE,
    "admitFolder": Duty.ADMIT_FOLDER,
}
SCHEMA: Final = build_schema(control_graph().as_str())
SEATS: Final = {name: Principal(name, name, role, department) for name, role, department in CLIENTS}


def fields() -> dict[str, tuple[str, GraphQLField]]:
    """Return every field of the control graph with the kind of operation that asks it."""
    roots = (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type))
    return {name: (kind, one) for kind, root in roots if root for name, one in root.fields.items()}


def document(name: str) -> str:
    """Return a question for one field, with something in the place of each argument."""
    kind, field = fields()[name]
    given = ", ".join(f"{key}: {value(one.type)}" for key, one in field.args.items())
    shown = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{kind} {{ {name}{f'({given})' if given else ''}{shown} }}"


def value(kind: GraphQLInputType) -> str:
    match kind:
        case GraphQLNonNull():
            return value(kind.of_type)
        case GraphQLList():
            return "[]"
        case GraphQLEnumType():
            return next(iter(kind.values))
        case GraphQLInputObjectType():
            needed = {key: one for key, one in kind.fields.items() if isinstance(one.type, GraphQLNonNull)}
            return f"{{{', '.join(f'{key}: {value(one.type)}' for key, one in needed.items())}}}"
    return {"Int": "1", "Boolean": "true"}.get(str(kind), '"x"')


async def last(platform: Living) -> dict[str, Any]:
    """Return the last record of the log."""
    log = platform.platform.log
    found: dict[str, Any] = orjson.loads((await log.entries(log.size - 1, 1))[0])
    return found


def test_the_table_names_every_field_of_the_control_graph() -> None:
    assert FIELDS.keys() | OPEN | OWN == fields().keys()


@pytest.mark.parametrize("client", sorted(SEATS))
async def test_every_field_is_refused_to_a_wrong_seat_and_the_attempt_recorded(
    platform: Living, client: str
) -> None:
    control, seat = await platform.control(client), SEATS[client]
    for name, duty in FIELDS.items():
        if may(seat, duty, seat.department):
            continue
        size = platform.platform.log.size
        assert await code_of(control, document(name)) == "ROLE_NOT_ALLOWED", name
        assert platform.platform.log.size == size + 1, name
        record = await last(platform)
        told = {part: record[part] for part in ("kind", "event", "outcome", "client", "role", "detail")}
        assert told == {
            "kind": "management",
            "event": duty.value,
            "outcome": "refused",
            "client": client,
            "role": seat.role.value,
            "detail": {"code": "ROLE_NOT_ALLOWED"},
        }, name


REFUSED: Final = (
    (f'records(search: {{text: "{CHEN}"}}) {{ behind }}', "SEARCH_REFUSED", "audit.search"),
    ('records(search: {}, after: "x") { behind }', "CURSOR_NOT_VALID", "audit.search"),
    ('affected(search: {}, persons: ["x"]) { records }', "SEARCH_REFUSED", "audit.affected"),
    ('counts(by: DAY, since: "x") { name }', "SEARCH_REFUSED", "audit.counts"),
    (f'trace(caseNumber: "{CHEN}") {{ more }}', "SEARCH_REFUSED", "audit.trace"),
    (f'record(receipt: "{CHEN}")', "RECEIPT_UNKNOWN", "audit.read"),
)


@pytest.mark.parametrize(("query", "code", "event"), REFUSED)
async def test_a_reading_of_the_log_that_is_refused_leaves_its_code_and_nothing_that_was_asked(
    platform: Living, query: str, code: str, event: str
) -> None:
    auditor = await platform.control("audit-administrator")
    assert await code_of(auditor, f"{{ {query} }}") == code
    record = await last(platform)
    assert (record["event"], record["outcome"], record["detail"]) == (event, "refused", {"code": code})
    assert "subject" not in record
    assert CHEN not in stored_log(platform.home)


@pytest.mark.parametrize(
    ("client", "query", "code", "event"),
    [
        ("security-administrator", 'alerts(after: "x") { behind }', "CURSOR_NOT_VALID", "alert.read"),
        (
            "security-administrator",
            'alertRecords(receipt: "x") { behind }',
            "RECEIPT_UNKNOWN",
            "alert.records",
        ),
        (
            "clerk-housing",
            'departmentRecords(search: {}, after: "x") { behind }',
            "CURSOR_NOT_VALID",
            "audit.department",
        ),
    ],
)
async def test_other_seats_readings_that_are_refused_are_recorded_too(
    platform: Living, client: str, query: str, code: str, event: str
) -> None:
    control: Connection = await platform.control(client)
    assert await code_of(control, f"{{ {query} }}") == code
    record = await last(platform)
    assert (record["event"], record["outcome"], record["client"]) == (event, "refused", client)


@pytest.mark.parametrize("path", ["tile/entries/999", "evidence/x"])
async def test_entries_and_evidence_that_are_not_there_are_recorded(platform: Living, path: str) -> None:
    headers = {"Authorization": f"Bearer {await platform.token('audit-administrator')}"}
    assert (await platform.http.get(f"/audit/log/{path}", headers=headers)).status_code == 404
    record = await last(platform)
    assert (record["outcome"], record["client"]) == ("refused", "audit-administrator")


async def test_looking_at_the_holds_is_recorded(platform: Living) -> None:
    auditor = await platform.control("audit-administrator")
    await auditor.ask("{ holds { name } }")
    record = await last(platform)
    assert (record["event"], record["outcome"], record["detail"]) == (
        "retention.holds",
        "answered",
        {"holds": "0"},
    )
