"""The platform verifies its own log, and raises an alert where it is not what was signed."""

import sqlite3
from contextlib import closing

import orjson
import pytest

from audit.alerts.alert import Rule
from audit.finding import Finding
from server.following import read_on
from server.verifying import verify_home
from tests.server.living import Living
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio
ASKED = "query ($a: IdNumber!) { person(idNo: $a) { name } }"


def rename(platform: Living, place: int, name: str, other: str) -> None:
    """Put one name in the place of another in a record, as whoever can write to the store may."""
    changed = "CAST(replace(CAST(leaf AS TEXT), ?, ?) AS BLOB)"
    with closing(sqlite3.connect(platform.home / "audit" / "log.db")) as store, store:
        store.execute(f"UPDATE leaf SET leaf = {changed} WHERE position = ?", (name, other, place))


async def test_a_log_that_is_what_was_signed_is_recorded_as_verified(platform: Living) -> None:
    parts = platform.platform
    size = parts.log.size
    assert await verify_home(platform.home, parts.log, parts.clock) is Finding.VERIFIED
    [leaf] = await parts.log.entries(parts.log.size - 1, 1)
    told = orjson.loads(leaf)
    assert told["event"] == "log.verified"
    assert int(told["detail"]["size"]) >= size
    assert told["detail"]["root"]


async def test_an_altered_record_is_found_where_it_is_and_raises_an_alert(platform: Living) -> None:
    answer = await platform.ask(ASKED, variables={"a": CHEN})
    parts, place = platform.platform, (await platform.record(answer))["index"]
    rename(platform, place, "app-one", "app-two")
    assert await verify_home(platform.home, parts.log, parts.clock) is Finding.LEAF_CHANGED
    rename(platform, place, "app-two", "app-one")
    [leaf] = await parts.log.entries(parts.log.size - 1, 1)
    told = orjson.loads(leaf)
    assert told["event"] == "log.verification_failed"
    assert told["detail"]["position"] == str(place)
    while await read_on(parts.watcher, parts.desk.inbox):
        pass
    raised = await parts.log.entries(0, parts.log.size)
    alerts = [one for one in raised if b'"event":"alert.raised"' in one]
    assert any(orjson.loads(one)["detail"]["rule"] == Rule.LOG.value for one in alerts)


async def test_a_store_that_cannot_be_read_is_told_as_such(platform: Living) -> None:
    parts = platform.platform
    elsewhere = platform.home / "nothing"
    assert await verify_home(elsewhere, parts.log, parts.clock) is Finding.STORE_UNREADABLE
