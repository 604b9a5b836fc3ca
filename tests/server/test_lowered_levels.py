"""Nobody lowers the level of a field alone, whichever way round: by withdrawing first, or by going back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.cli.source import drafts as asked
from server.cli.source import turns as source_turns
from tests.server.living import Living
from tests.server.registering import DEPARTMENT, FILE, added, checked, harmless, library, manifest
from tests.server.test_control import PUBLISH, code_of

pytestmark = pytest.mark.anyio
LOWERED = (
    manifest(FILE)
    .replace("type: IdNumber", "type: IdNumber, level: L2")
    .replace("type: PersonName", "type: PersonName, level: L2")
)


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform with two clerks of a department that has added its source."""
    async with library(tmp_path) as platform:
        await added(await platform.control("clerk-library-1"), FILE)
        yield platform


async def published(city: Living, text: str) -> str:
    """Check and publish a manifest and return where its draft stands, once two persons did what it takes."""
    first, second = await city.control("clerk-library-1"), await city.control("clerk-library-2")
    await checked(first, text)
    draft = (await first.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    if draft["state"] != "published":
        await second.ask(asked.APPROVE, department=DEPARTMENT, number=draft["number"])
    return str(draft["state"])


async def test_who_withdraws_first_lowers_no_level_alone_either(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    assert await published(city, manifest(FILE)) == "waiting for approval"
    await clerk.ask(source_turns.WITHDRAW, department=DEPARTMENT)
    files = [{"name": "library.yaml", "text": LOWERED}]
    assert await code_of(clerk, PUBLISH, f=files) == "APPROVAL_NEEDED"
    await checked(clerk, LOWERED)
    draft = (await clerk.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    assert draft["state"] == "waiting for approval"
    assert "Reader" not in city.platform.publisher.snapshot().catalog.resources


async def test_no_way_back_lowers_a_level_alone(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    assert await published(city, LOWERED) == "waiting for approval"
    assert await published(city, manifest(FILE)) == "waiting for approval"
    shown = city.platform.publisher.snapshot().catalog.version
    assert await code_of(clerk, source_turns.ROLLBACK, department=DEPARTMENT) == "APPROVAL_NEEDED"
    assert city.platform.publisher.snapshot().catalog.version == shown
    await clerk.ask(source_turns.WITHDRAW, department=DEPARTMENT)
    versions = await city.platform.catalog.versions(DEPARTMENT)
    first = versions[-1].version
    assert await code_of(clerk, source_turns.ROLLBACK, department=DEPARTMENT, to=first) == "APPROVAL_NEEDED"


async def test_the_way_back_to_fewer_fields_or_to_the_same_levels_takes_one_person(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await published(city, harmless(FILE))
    await published(city, manifest(FILE))
    await clerk.ask(source_turns.ROLLBACK, department=DEPARTMENT)
    assert set(city.platform.publisher.snapshot().catalog.resources["Reader"].fields) == {"cardNo", "since"}
    await clerk.ask(source_turns.WITHDRAW, department=DEPARTMENT)
    await clerk.ask(source_turns.ROLLBACK, department=DEPARTMENT)
    assert "Reader" in city.platform.publisher.snapshot().catalog.resources


async def test_nobody_states_a_lower_level_than_a_type_brings_alone(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await checked(clerk, LOWERED)
    draft = (await clerk.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    assert draft["state"] == "waiting for approval"
    assert "Reader" not in city.platform.publisher.snapshot().catalog.resources


@pytest.mark.parametrize("closed", ["mask: RD", "rights: []", "mask: ID, alternatives: []"])
async def test_no_way_back_opens_alone_what_two_persons_closed(city: Living, closed: str) -> None:
    clerk = await city.control("clerk-library-1")
    freely = manifest(FILE).replace("type: IdNumber", "type: IdNumber, mask: none, alternatives: [HS]")
    await published(city, freely)
    await published(city, manifest(FILE).replace("type: IdNumber", f"type: IdNumber, {closed}"))
    assert await code_of(clerk, source_turns.ROLLBACK, department=DEPARTMENT) == "APPROVAL_NEEDED"
