"""Sources open aside; a dead one never stops the platform, and comes back without a restart."""

from pathlib import Path

import pytest

from govgraph.egress import Egress, networks
from govgraph.file_access import SourceFolders
from schema.manifest import read_manifest_text
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
