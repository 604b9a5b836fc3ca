"""The control graph: duties, intent and outcome of every change, and nothing of a library's words."""

from pathlib import Path
from typing import Any

import pytest

from server.cli.connection import Connection
from server.errors import ServerRefusedError
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN, PUBLIC_SECURITY, grants

pytestmark = pytest.mark.anyio
CREATE = "mutation ($c: ClientDraft!) { createClient(client: $c) { clientId clientSecret } }"
PUBLISH = "mutation ($f: [FileText!]!) { publishManifests(files: $f) { version departments } }"
CHECK = "mutation ($f: [FileText!]!) { checkManifests(files: $f) { ok problems { line path } } }"
PUT = "mutation ($f: [FileText!]!) { putGrants(files: $f) { id } }"


async def code_of(control: Connection, document: str, **variables: Any) -> str:
    """Return the code with which the control graph refuses."""
    with pytest.raises(ServerRefusedError) as caught:
        await control.ask(document, **variables)
    return str(caught.value.entry["extensions"]["code"])


async def test_without_a_token_nothing_is_told(platform: Living) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        response = await platform.http.post(
            "/control/graphql", json={"query": "{ status { version } }"}, headers=headers
        )
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert "data" not in response.json()


@pytest.mark.parametrize(
    ("client", "document", "variables"),
    [
        ("app-one", "{ clients { id } }", {}),
        ("app-one", "{ status { version } }", {}),
        ("system-administrator", CREATE, {"c": {"id": "xx", "title": "x", "role": "application"}}),
        ("system-administrator", 'query { record(receipt: "x") }', {}),
        ("security-administrator", 'query { record(receipt: "x") }', {}),
        ("security-administrator", PUBLISH, {"f": [{"name": "a", "text": PUBLIC_SECURITY}]}),
        ("audit-administrator", CREATE, {"c": {"id": "xx", "title": "x", "role": "application"}}),
        ("clerk-housing", PUBLISH, {"f": [{"name": "a", "text": PUBLIC_SECURITY}]}),
        ("clerk-housing", PUT, {"f": [{"name": "a", "text": grants("app-one", "CHECK-ONE", 1)}]}),
        ("clerk-housing", 'mutation { setSecret(reference: "public-security/x", value: "v") }', {}),
        ("operator", "{ grants { id } }", {}),
        ("operator", 'mutation { backupKeys(target: "/nowhere") { keys } }', {}),
        ("security-administrator", 'mutation { approveClient(number: "x") { clientId } }', {}),
        ("system-administrator", 'mutation { approveBackup(number: "x") { keys } }', {}),
        ("operator", "mutation { finishSetUp }", {}),
        ("reviewer-big-data", PUT, {"f": [{"name": "a", "text": grants("app-one", "CHECK-ONE", 1)}]}),
        ("reviewer-big-data", '{ manifest(department: "public-security") }', {}),
        ("clerk-housing", '{ manifest(department: "public-security") }', {}),
        ("app-one", '{ manifest(department: "public-security") }', {}),
        ("app-one", "mutation { publishManifests(files: []) { version } }", {}),
        ("app-one", "mutation { putGrants(files: []) { id } }", {}),
        ("app-one", "mutation { checkManifests(files: []) { ok } }", {}),
        ("app-one", PUT, {"f": [{"name": "a", "text": "grants: 2"}]}),
        ("app-one", PUBLISH, {"f": [{"name": "a", "text": "manifest: 2"}]}),
        ("app-one", 'mutation { revokeGrant(id: "T-1-1") }', {}),
        ("", 'query { record(receipt: "x") }', {}),
    ],
)
async def test_a_role_does_not_do_anothers_part(
    platform: Living, client: str, document: str, variables: dict[str, Any]
) -> None:
    control = await platform.control(client)
    before = platform.platform.log.checkpoint()
    assert await code_of(control, document, **variables) == "ROLE_NOT_ALLOWED"
    assert platform.platform.log.checkpoint() != before


async def test_a_change_leaves_an_intent_and_an_outcome_and_no_secret(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control("security-administrator")
        draft = {"id": "citizen-one", "title": "市民", "role": "citizen", "subject": CHEN}
        made = await (await platform.control()).ask(CREATE, c=draft)
        assert await code_of(control, CREATE, c=draft) == "CLIENT_EXISTS"
        secret = made["createClient"]["clientSecret"]
    text = stored_log(tmp_path)
    assert text.count('"event":"client.create"') >= 4
    assert '"phase":"intent"' in text
    assert "CLIENT_EXISTS" in text
    assert secret not in text
    assert CHEN not in text


async def test_a_manifest_is_refused_with_all_its_problems_at_once(platform: Living) -> None:
    broken = PUBLIC_SECURITY.replace("level: L2, codes", "level: L9, codes").replace(
        "type: Date", "type: Dat"
    )
    control = await platform.control()
    files = [{"name": "broken.yaml", "text": broken + "    no: {column: x}\n"}]
    version = platform.platform.publisher.snapshot().catalog.version
    checked = (await control.ask(CHECK, f=files))["checkManifests"]
    assert not checked["ok"]
    assert len(checked["problems"]) >= 3
    assert await code_of(control, PUBLISH, f=files) == "MANIFEST_REFUSED"
    assert platform.platform.publisher.snapshot().catalog.version == version


async def test_a_second_grant_for_the_same_use_is_refused(platform: Living) -> None:
    text = grants("app-one", "CHECK-ONE", 9)
    files = [{"name": "again.yaml", "text": text}]
    assert await code_of(await platform.control(), PUT, f=files) == "GRANTS_OVERLAP"


async def test_a_grant_with_the_bulk_right_is_told_and_its_record_says_so(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        text = grants("app-one", "CHECK-ONE", 1).replace(
            "    fields: {idNo", "    bulk: true\n    fields: {idNo", 1
        )
        control = await platform.control()
        put = PUT.replace("{ id", "{ id bulk", 1)
        made = (await control.ask(put, f=[{"name": "bulk.yaml", "text": text}]))["putGrants"]
        listed = (await control.ask("{ grants { id bulk } }"))["grants"]
    assert {one["id"] for one in made if one["bulk"]} == {"T-1-2"}
    assert {one["id"] for one in listed if one["bulk"]} == {"T-1-2"}
    assert stored_log(tmp_path).count('"bulk":"true"') == 2


async def test_nothing_of_a_library_passes(platform: Living) -> None:
    control = await platform.control()
    for document, variables in (
        (f'{{ {{ "{CHEN}" }}', {}),
        (f"{{ x{CHEN} }}", {}),
        (f'{{ search(text: "a", first: "{CHEN}") {{ title }} }}', {}),
        (CREATE, {"c": {"id": [CHEN]}}),
        (CREATE, {"c": {CHEN: 1}}),
    ):
        response = await platform.http.post(
            "/control/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {control.token}"},
        )
        for error in response.json()["errors"]:
            assert error["extensions"]["code"] == "CONTROL_REQUEST_REFUSED"
            assert error["message"].startswith("The document does not fit the control graph")
        assert CHEN not in response.text


async def test_a_body_that_is_no_request_is_refused(platform: Living) -> None:
    headers = {"Authorization": f"Bearer {platform.platform.administrator.token}"}
    for body, kind, status in (
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"{}", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"x" * 3_000_000, "application/json", 413),
    ):
        sent = {**headers, "Content-Type": kind}
        response = await platform.http.post("/control/graphql", content=body, headers=sent)
        assert response.status_code == status
    assert (await platform.http.get("/control/graphql", headers=headers)).status_code == 405


async def test_the_audit_administrator_reads_a_record_and_leaves_one(platform: Living) -> None:
    response = await platform.ask("{ nothing }")
    receipt = response.json()["extensions"]["govgraph"]["receipt"]
    control = await platform.control("audit-administrator")
    before = platform.platform.log.checkpoint().splitlines()[1]
    record = (await control.ask("query ($r: String!) { record(receipt: $r) }", r=receipt))["record"]
    assert record["codes"] == ["FIELD_NOT_AVAILABLE"]
    assert int(platform.platform.log.checkpoint().splitlines()[1]) > int(before)
    unknown = await code_of(control, 'query { record(receipt: "none") }')
    assert unknown == "RECEIPT_UNKNOWN"


async def test_the_status_tells_how_each_source_stands(platform: Living) -> None:
    control = await platform.control("operator")
    status = (await control.ask("{ status { version resources sources { department state } } }"))["status"]
    assert {source["department"]: source["state"] for source in status["sources"]} == {
        "public-security": "OPEN",
        "housing-fund": "OPEN",
        "medical-insurance": "OPEN",
    }
    assert status["resources"] == 3


async def test_a_revoked_client_is_refused_at_once(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        token = await platform.token("app-one")
        await (await platform.control("security-administrator")).ask(
            'mutation { revokeClient(id: "app-one") }'
        )
        response = await platform.http.post(
            "/graphql", json={"query": "{ a }"}, headers={"Authorization": f"Bearer {token}"}
        )
    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "CLIENT_REVOKED"


async def test_a_revoked_grant_closes_at_once(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control()
        document = f'{{ person(idNo: "{CHEN}") {{ name }} }}'
        assert (await platform.ask(document)).status_code == 200
        assert await code_of(control, 'mutation { revokeGrant(id: "none") }') == "GRANT_UNKNOWN"
        await control.ask('mutation { revokeGrant(id: "T-1-1") }')
        response = await platform.ask(document)
    assert response.json()["errors"][0]["extensions"]["code"] == "NOTHING_VISIBLE"


async def test_a_suspended_grant_gives_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        document = f'{{ person(idNo: "{CHEN}") {{ name }} }}'
        assert (await platform.ask(document)).status_code == 200
        token = await platform.token("app-one")
        control = await platform.control("security-administrator")
        await control.ask('mutation { suspendGrant(id: "T-1-1") }')
        refused = await platform.http.post(
            "/graphql", json={"query": document}, headers={"Authorization": f"Bearer {token}"}
        )
        assert refused.json()["errors"][0]["extensions"]["code"] == "NOTHING_VISIBLE"
        assert await code_of(control, 'mutation { suspendGrant(id: "T-1-1") }') == "GRANT_SUSPENDED"
        machine = await platform.control()
        assert await code_of(machine, 'mutation { resumeGrant(id: "T-1-1") }') == "ROLE_NOT_ALLOWED"
        assert stored_log(platform.home).count("grant.suspend") >= 2
        await control.ask('mutation { resumeGrant(id: "T-1-1") }')
        assert "data" in (await platform.ask(document)).json()


async def test_a_manifest_exports_as_it_was_published_and_its_reading_is_recorded(platform: Living) -> None:
    control = await platform.control("system-administrator")
    before = stored_log(platform.home).count("catalog.export")
    text = (await control.ask('{ manifest(department: "public-security") }'))["manifest"]
    assert stored_log(platform.home).count("catalog.export") > before
    checked = await control.ask(CHECK, f=[{"name": "exported.yaml", "text": text}])
    assert checked["checkManifests"] == {"ok": True, "problems": []}


async def test_the_owning_departments_clerk_reads_its_manifest(platform: Living) -> None:
    control = await platform.control("clerk-housing")
    shown = await control.ask('{ manifest(department: "housing-fund") }')
    assert shown["manifest"].startswith("manifest:")


async def test_no_file_too_many_and_too_long_ones_are_refused(platform: Living) -> None:
    control = await platform.control()
    for files in (
        [],
        [{"name": "a", "text": ""}] * 101,
        [{"name": "a", "text": "x" * 500_001}],
        [{"name": "a" * 301, "text": ""}],
    ):
        for document in (CHECK, PUBLISH, PUT):
            assert await code_of(control, document, f=files) == "FILES_REFUSED"


async def test_a_file_of_a_thousand_problems_gets_a_short_answer(platform: Living) -> None:
    control = await platform.control()
    text = "".join(f"{'k' * 400}{number}: 1\n" for number in range(1000))
    checked = (await control.ask(CHECK, f=[{"name": "a", "text": text}]))["checkManifests"]
    assert len(checked["problems"]) <= 101
    for document in (PUBLISH, PUT):
        with pytest.raises(ServerRefusedError) as caught:
            await control.ask(document, f=[{"name": "a", "text": text}])
        assert len(str(caught.value.entry)) < 120_000


@pytest.mark.parametrize("name", [CHEN, f"{CHEN[:6]}-{CHEN[6:]}", "x" * 70_000])
async def test_what_a_change_names_stands_in_the_log_bounded_and_without_a_person(
    platform: Living, name: str
) -> None:
    control = await platform.control("security-administrator")
    size = platform.platform.log.size
    assert (
        await code_of(control, "mutation ($i: String!) { revokeClient(id: $i) }", i=name) == "CLIENT_UNKNOWN"
    )
    written = b"".join(await platform.platform.log.entries(size, platform.platform.log.size - size))
    assert b'"event":"client.revoke"' in written
    assert name.encode() not in written
