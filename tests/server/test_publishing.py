"""Sources open aside; a dead one never stops the platform, and comes back without a restart."""

from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from govgraph.egress import Egress, networks
from govgraph.file_access import SourceFolders
from govgraph.sealing import Sealer
from schema.draft import Draft
from schema.errors import ManifestRefusedError
from schema.manifest import read_manifest_text
from schema.store import CatalogStore
from server.app import Surrounding, build
from server.publishing import OPEN, Publisher, check
from server.source_rules import SourceRules
from tests.server.living import Living, living
from tests.server.small_city import CHEN, HOUSING, PUBLIC_SECURITY

pytestmark = pytest.mark.anyio
ASKED = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} }} }}'


async def test_a_source_without_its_secret_fails_alone_until_the_secret_comes(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control()
        changed = HOUSING.replace("housing-fund/api-key", "housing-fund/other-key")
        publish = "mutation ($f: [FileText!]!) { publishManifests(files: $f) { version } }"
        await control.ask(publish, f=[{"name": "housing.yaml", "text": changed}])
        assert platform.platform.publisher.states()["housing-fund"] == "SECRET_MISSING"
        body = (await platform.ask(ASKED)).json()
        assert body["data"]["person"] == {"name": "陈**", "housingFund": None}
        assert body["errors"][0]["extensions"]["code"] == "SOURCE_NOT_OPENED"
        store = 'mutation ($v: String!) { setSecret(reference: "housing-fund/other-key", value: $v) }'
        await control.ask(store, v="small-city-key")
        assert platform.platform.publisher.states()["housing-fund"] == OPEN
        assert (await platform.ask(ASKED)).json()["data"]["person"]["housingFund"] == {"state": "PAYING"}


async def test_a_dead_source_does_not_stop_the_start(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        settings, clock = platform.platform.settings, platform.platform.clock
    async with build(settings, clock, Surrounding({"housing-fund": {"HOUSING_PORT": "1"}})) as again:
        states = again.publisher.states()
    assert states["public-security"] == OPEN
    assert states["medical-insurance"] == "SOURCE_SETTINGS_REFUSED"
    assert states["housing-fund"] != "SOURCE_SETTINGS_REFUSED"


async def test_a_publication_keeps_the_connections_of_the_other_sources(platform: Living) -> None:
    publisher = platform.platform.publisher
    before = publisher.snapshot()
    await publisher.publish([read_manifest_text(HOUSING, "housing.yaml")])
    after = publisher.snapshot()
    assert after.catalog.version == before.catalog.version + 1
    assert after.connectors["public-security"] is before.connectors["public-security"]


async def test_a_link_to_nowhere_is_told_before_it_is_published(platform: Living) -> None:
    text = HOUSING.replace("public-security.Person", "public-security.Nobody")
    parts = platform.platform
    problems, warnings = await check(parts.catalog, parts.publisher, [("housing.yaml", text)])
    assert [entry.path for entry in (*problems, *warnings)]
    assert all(entry.line for entry in (*problems, *warnings))


async def test_a_manifest_that_fits_has_no_problem(platform: Living) -> None:
    files = [("a.yaml", PUBLIC_SECURITY), ("b.yaml", HOUSING)]
    parts = platform.platform
    assert await check(parts.catalog, parts.publisher, files) == ((), ())


async def test_a_retired_source_is_let_go_of_after_the_grace(platform: Living) -> None:
    rules = SourceRules({}, SourceFolders(platform.home), Egress(networks("127.0.0.0/8")), 1.0, 0.0)
    publisher = Publisher(platform.platform.catalog, rules)
    await publisher.load()
    await publisher.reopen("public-security")
    await publisher.reopen("public-security")
    assert publisher.states()["public-security"] == OPEN
    await publisher.aclose()
    assert publisher.states() == {}


def formed(swapped: bool) -> list[Draft]:
    """Return two departments' drafts whose codes all mean one thing, or all the other."""
    first, second = ("GUEST", "LOCAL") if swapped else ("LOCAL", "GUEST")
    codes = f"codes: {{1: {first} 甲, 2: {second} 乙}}"
    people = PUBLIC_SECURITY.replace("codes: {1: LOCAL 本地, 2: GUEST 外来}", codes)
    state = f"codes: {{PAYING: {first} 甲, ENDED: {second} 乙}}"
    housing = HOUSING.replace("title: 状态, level: L2", f"title: 状态, level: L2, {state}")
    assert codes in people
    assert state in housing
    return [read_manifest_text(people, "people.yaml"), read_manifest_text(housing, "housing.yaml")]


SHOWN = f'{{ person(idNo: "{CHEN}") {{ kind housingFund {{ state }} }} }}'


def form(body: dict[str, Any]) -> tuple[str, str]:
    """Return what the codes of the two departments meant in an answer without errors."""
    assert "errors" not in body
    person = body["data"]["person"]
    return (person["kind"], person["housingFund"]["state"])


async def test_a_request_in_flight_finishes_on_the_version_it_began_with(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        publisher = platform.platform.publisher
        began_with = await publisher.publish(formed(swapped=False))
        await platform.ask(SHOWN)
        platform.housing.hang()
        answers: list[httpx2.Response] = []

        async def ask() -> None:
            answers.append(await platform.ask(SHOWN))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await platform.housing.asked.wait()
            assert await publisher.publish(formed(swapped=True)) > began_with
            platform.housing.release()
        assert form(answers[0].json()) == ("LOCAL", "LOCAL")
        assert (await platform.record(answers[0]))["catalog"] == began_with
        assert form((await platform.ask(SHOWN)).json()) == ("GUEST", "GUEST")


async def test_no_request_fails_or_mixes_versions_while_catalogs_are_published(tmp_path: Path) -> None:
    async with living(tmp_path, source_timeout=5.0, deadline=20.0) as platform:
        publisher = platform.platform.publisher
        forms = {await publisher.publish(formed(swapped=False)): "LOCAL"}
        answers: list[httpx2.Response] = []
        done = anyio.Event()

        async def ask() -> None:
            while not done.is_set():
                answers.append(await platform.ask(SHOWN))

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask)
            for number in range(1, 13):
                swapped = number % 2 == 1
                forms[await publisher.publish(formed(swapped))] = "GUEST" if swapped else "LOCAL"
                now = "GUEST" if swapped else "LOCAL"
                assert form((await platform.ask(SHOWN)).json()) == (now, now)
            done.set()
        assert len(answers) >= 12
        for answer in answers:
            version = (await platform.record(answer))["catalog"]
            assert form(answer.json()) == (forms[version], forms[version])
        assert len({(await platform.record(answer))["catalog"] for answer in answers}) > 2


async def test_drafts_published_together_come_in_force_together(platform: Living) -> None:
    publisher = platform.platform.publisher
    before = publisher.snapshot().catalog
    broken = PUBLIC_SECURITY.replace("key: public-security", "key: other-department")
    drafts = [read_manifest_text(HOUSING.replace("title: 状态", "title: 新状态"), "housing.yaml")]
    with pytest.raises(ManifestRefusedError):
        await publisher.publish([*drafts, read_manifest_text(broken, "broken.yaml")])
    assert (await platform.platform.catalog.current()) == before


async def test_what_another_replica_published_or_sealed_anew_is_taken_over_and_nothing_else_reopened(
    platform: Living,
) -> None:
    parts = platform.platform
    rules = SourceRules({}, SourceFolders(platform.home), Egress(networks("127.0.0.0/8")), 1.0, 0.0)
    replica = Publisher(CatalogStore(parts.database, Sealer(parts.keyring.secret("sealing"))), rules)
    await replica.load()
    before = replica.snapshot()
    await replica.refresh()
    assert replica.snapshot() is before
    await parts.catalog.put_secret("public-security/unused", "value")
    await replica.refresh()
    anew = replica.snapshot()
    assert anew.connectors["public-security"] is not before.connectors["public-security"]
    await parts.publisher.publish([read_manifest_text(HOUSING, "housing.yaml")])
    await replica.refresh()
    after = replica.snapshot()
    assert after.catalog.version == anew.catalog.version + 1
    assert after.connectors["public-security"] is anew.connectors["public-security"]
    await replica.aclose()
