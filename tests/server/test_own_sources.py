"""A department's manifest opens its own files and secrets, and nobody else's."""

from pathlib import Path

import pytest

from govgraph.errors import SettingsRefusedError
from govgraph.settings import Settings
from schema.draft import Draft
from schema.manifest import inspect_manifest
from server.app import build
from tests.server.living import Living, living
from tests.server.small_city import HOUSING
from tests.server.test_control import PUBLISH, code_of

pytestmark = pytest.mark.anyio
CHECK = "mutation ($f: [FileText!]!) { checkManifests(files: $f) { ok problems { path code what remedy } } }"
OTHERS = (
    "${DEPARTMENT_FOLDER}/../public-security/people.db",
    "${DEPARTMENT_FOLDER}/../../audit/log.db",
    "${DEPARTMENT_FOLDER}/../../keys/token-signing.pem",
    "${DEPARTMENT_FOLDER}/../../admin.json",
    "/etc/passwd",
)
CERTIFICATE = "  certificate: {secret: medical-insurance/api-key}\n  secret:"


def housing(source: str) -> str:
    """Return the housing fund's manifest with another source over the same columns."""
    before, _, after = HOUSING.partition("source:")
    return f"{before}source: {source}\nresources:{after.partition('resources:')[2]}"


def sql(path: str) -> str:
    return housing(f'{{kind: sql, url: "sqlite:///{path}"}}')


def files(path: str) -> str:
    return housing(f'{{kind: files, entities: {{rows: {{path: "{path}"}}}}}}')


def given(text: str) -> list[dict[str, str]]:
    return [{"name": "housing.yaml", "text": text}]


async def problems(platform: Living, text: str) -> list[dict[str, str]]:
    """Return the problems told to the clerk; publishing must be refused for them."""
    clerk = await platform.control("clerk-housing")
    version = platform.platform.publisher.snapshot().catalog.version
    assert await code_of(clerk, PUBLISH, f=given(text)) == "MANIFEST_REFUSED"
    assert platform.platform.publisher.snapshot().catalog.version == version
    checked = (await clerk.ask(CHECK, f=given(text)))["checkManifests"]
    assert not checked["ok"]
    return list(checked["problems"])


@pytest.mark.parametrize("path", OTHERS)
@pytest.mark.parametrize("source", [sql, files])
async def test_a_clerk_opens_no_file_of_others(platform: Living, source: object, path: str) -> None:
    assert callable(source)
    found = await problems(platform, source(path))
    assert [(one["path"], one["code"]) for one in found] == [("source", "SOURCE_FILE_NOT_ALLOWED")]
    assert "housing-fund" in found[0]["what"]
    assert "GOVGRAPH_SOURCE_FOLDERS" in found[0]["remedy"]
    assert str(platform.home) not in str(found)


@pytest.mark.parametrize("name", ["GOVGRAPH_HOME", "MEDICAL_PORT", "GOVGRAPH_DATABASE_URL", "HOME"])
async def test_a_clerk_uses_no_names_of_others(platform: Living, name: str) -> None:
    found = await problems(platform, sql(f"${{{name}}}/x.db"))
    assert [(one["path"], one["code"]) for one in found] == [("source.url", "INVALID")]
    assert "use one of DEPARTMENT_FOLDER, HOUSING_PORT" in found[0]["remedy"].replace("Use", "use")


@pytest.mark.parametrize(
    "reference", ["medical-insurance/api-key", "housing-fund", "housing-fund-2/api-key", "${X}/api-key"]
)
async def test_a_clerk_sends_no_secret_of_others(platform: Living, reference: str) -> None:
    found = await problems(platform, HOUSING.replace("housing-fund/api-key", reference))
    assert ("source.secret", "SECRET_NOT_OWN") in [(one["path"], one["code"]) for one in found]


async def test_what_was_stored_before_the_rules_is_not_opened(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        parts, requests = platform.platform, platform.medical.requests
        for text, code in (
            (HOUSING.replace("housing-fund/api-key", "medical-insurance/api-key"), "SECRET_NOT_OWN"),
            (HOUSING.replace("  secret:", CERTIFICATE), "SECRET_NOT_OWN"),
            (sql("${DEPARTMENT_FOLDER}/../public-security/people.db"), "SOURCE_FILE_NOT_ALLOWED"),
            (sql("${GOVGRAPH_HOME}/people.db"), "SOURCE_SETTINGS_REFUSED"),
        ):
            await parts.catalog.publish(draft(text))
            await parts.publisher.load()
            assert parts.publisher.states()["housing-fund"] == code
        assert platform.medical.requests == requests


async def test_own_and_allowed_folders_are_opened(tmp_path: Path) -> None:
    home, outside = tmp_path / "home", tmp_path / "delivered"
    own = home / "sources" / "housing-fund"
    for folder in (own, outside):
        folder.mkdir(parents=True)
        (folder / "fund.csv").write_text("idNo,state\n330799199003071013,PAYING\n", encoding="utf-8")
    async with living(home, source_folders=f"housing-fund={outside}") as platform:
        machine = await platform.control()
        for path in ("${DEPARTMENT_FOLDER}/fund.csv", f"{outside}/fund.csv"):
            await machine.ask(PUBLISH, f=given(files(path)))
            assert platform.platform.publisher.states()["housing-fund"] == "OPEN"


@pytest.mark.parametrize("folders", ["housing-fund", "housing-fund=relative", "housing-fund={home}/keys"])
async def test_the_start_refuses_folders_that_cannot_be(tmp_path: Path, folders: str) -> None:
    settings = Settings(home=tmp_path, source_folders=folders.format(home=tmp_path))
    with pytest.raises(SettingsRefusedError, match="GOVGRAPH_SOURCE_FOLDERS"):
        async with build(settings, clock=None):  # type: ignore[arg-type]
            pass


def draft(text: str) -> Draft:
    found, _ = inspect_manifest(text, "housing.yaml")
    assert found is not None
    return found
