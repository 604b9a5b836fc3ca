"""Sources that are down, slow or dirty, and a log that cannot be written."""

import json
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from audit.errors import LogPoisonedError
from connectors.errors import SourceUnavailableError
from connectors.guard import guarded
from connectors.memory import EVERYTHING, MemoryConnector, MemoryTable
from connectors.model import (
    Binds,
    Capability,
    ColumnType,
    Entity,
    EntityColumn,
    Read,
    Row,
    Surroundings,
    Written,
)
from connectors.protocol import Connector, PreparedRead
from connectors.registry import open_connector
from govgraph.file_access import FileAccess
from resolvers.documents.limits import Limits
from tests.resolvers.world import CITIZEN, CITY, H1, H1_VARIABLES, P1, P2, P3, PUBLIC, World

pytestmark = pytest.mark.anyio

EXPECTED = json.loads((CITY / "queries" / "h1-no-proof-city.expected.json").read_text(encoding="utf-8"))


class Broken:
    """A source whose every read does what it is told to do instead."""

    capabilities = EVERYTHING
    as_of = None
    statement = ""

    def __init__(self, act: Any) -> None:
        self.act = act

    async def describe(self) -> Sequence[Entity]:
        return []

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        return []

    def prepare(self, read: Read) -> PreparedRead:
        return self

    async def rows(self, binds: Binds) -> Sequence[Row]:
        await self.act()
        return []

    async def json(self, binds: Binds) -> Written:
        raise AssertionError

    def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        raise AssertionError

    async def aclose(self) -> None: ...


def copied(home: Path, department: str, target: Path) -> Path:
    """Copy a department's store, to be made dirty."""
    return Path(shutil.copy(next(home.rglob(f"{department}.db")), target))


async def opened_again(store: Path, department: str) -> Connector:
    """Open a copied store in the place of the department's own."""
    around = Surroundings(department, lambda _: "", files=FileAccess(allowed=(store.parent,)))
    connector = await open_connector("sql", {"url": f"sqlite:///{store}"}, around, {})
    await connector.describe()
    return connector


async def stopped() -> None:
    raise SourceUnavailableError("The source cannot be reached")


async def crashing() -> None:
    raise ValueError("330799199003071013 at db.internal:5432")


@pytest.mark.parametrize(
    ("department", "place", "act", "code"),
    [
        ("civil-affairs", "marriages", stopped, "SOURCE_UNAVAILABLE"),
        ("medical-insurance", "medicalInsurance", crashing, "SOURCE_UNAVAILABLE"),
        ("housing-fund", "housingFund", anyio.sleep_forever, "SOURCE_TIMEOUT"),
    ],
)
async def test_failed_source_is_null_with_a_typed_error_and_all_others_answer(
    world: World, department: str, place: str, act: Any, code: str
) -> None:
    world.replace(department, guarded(Broken(act), department, timeout=0.2, concurrency=4))
    given = await world.ask(H1, H1_VARIABLES)
    assert json.loads(given.data or b"") == EXPECTED | {"person": EXPECTED["person"] | {place: None}}
    assert [(one["path"], one["extensions"]["code"]) for one in given.errors] == [(["person", place], code)]
    assert "330799" not in repr(given.errors)
    assert "db.internal" not in repr(given)
    assert world.record.outcome == "partial"
    assert world.record.sources[department] == code
    assert f"Person.{place}" not in world.record.coordinates.returned


async def test_root_source_down_gives_null_and_one_error_for_each_root_field(world: World) -> None:
    world.replace("public-security", Broken(stopped))
    given = await world.ask(H1, H1_VARIABLES)
    assert json.loads(given.data or b"") == {"person": None, "personVerify": None}
    assert [one["path"] for one in given.errors] == [["person"], ["personVerify"]]
    assert world.record.sources == {"public-security": "SOURCE_UNAVAILABLE"}


async def test_deadline_of_the_request_cuts_a_source_that_its_own_guard_would_wait_for(world: World) -> None:
    world.replace("housing-fund", Broken(anyio.sleep_forever))
    with anyio.fail_after(5):
        given = await world.ask(H1, H1_VARIABLES, deadline=1.5)
    assert [one["extensions"]["code"] for one in given.errors] == ["SOURCE_TIMEOUT"]
    assert json.loads(given.data or b"")["person"]["name"] == "陈**"


async def test_fault_of_our_own_is_internal_and_tells_nothing(world: World) -> None:
    async def fault() -> None:
        raise ValueError(P1)

    world.replace("public-security", Broken(fault))
    given = await world.ask(H1, H1_VARIABLES)
    assert [one["extensions"]["code"] for one in given.errors] == ["INTERNAL"]
    assert given.status == 500
    assert P1 not in repr(given)
    assert world.record.outcome == "failed"
    assert len(world.faults) == 1


async def test_no_record_no_answer(world: World) -> None:
    world.log.broken = LogPoisonedError("A sync failed")
    given = await world.ask(H1, H1_VARIABLES)
    assert given.data is None
    assert given.errors[0]["extensions"]["code"] == "LOG_POISONED"
    assert given.status == given.json_status == 503
    assert (await world.ask("{ nothing }")).errors[0]["extensions"]["code"] == "LOG_POISONED"


HOUSEHOLD = "query($id: IdNumber!) { person(idNo: $id) { household { relation movedInOn } } }"


async def test_answer_whose_record_is_too_large_is_refused_and_that_is_recorded(world: World) -> None:
    world.log.largest = 3
    given = await world.ask(H1, H1_VARIABLES)
    assert given.data is None
    assert given.errors[0]["extensions"]["code"] == "RECORD_TOO_LARGE"
    assert world.record.codes == ("RECORD_TOO_LARGE",)
    assert world.record.coordinates.asked == ()


async def test_rows_that_share_rows_are_bounded_by_what_the_answer_writes_out(world: World) -> None:
    ring = "code"
    for _ in range(5):
        ring = f"parent {{ children {{ {ring} }} }}"
    with anyio.fail_after(5):
        given = await world.ask(f'{{ division(code: "330702001") {{ {ring} }} }}', None, PUBLIC)
    assert given.data is None
    assert given.errors[0]["extensions"]["code"] == "ANSWER_TOO_LARGE"
    assert world.record.codes == ("ANSWER_TOO_LARGE",)


async def test_large_answer_within_the_bound_is_whole(world: World) -> None:
    world.with_rooms(limits=Limits(values=200_000), bulk_limit=10_000)
    below = "children(first: 1000) { code name level }"
    query = f"{{ divisions(first: 1000) {{ nodes {{ code name level {below} }} }} }}"
    given = await world.ask(query, None, PUBLIC)
    nodes = json.loads(given.data or b"")["divisions"]["nodes"]
    assert len(nodes) == 1000
    assert sum(len(node["children"]) for node in nodes) > 1000


async def test_dirt_in_a_field_the_caller_did_not_ask_is_not_told(
    world: World, city_home: Path, tmp_path: Path
) -> None:
    copy = copied(city_home, "civil-affairs", tmp_path)
    with closing(sqlite3.connect(copy)) as store, store:
        store.execute("UPDATE t_hydj_dsr SET po_sfzh = 'not-an-id' WHERE sfzh = ?", (P1,))
    dirty = await opened_again(copy, "civil-affairs")
    world.replace("civil-affairs", dirty)
    query = "query($id: IdNumber!) { person(idNo: $id) { marriages { partner { name } } } }"
    given = await world.ask(query, {"id": P1})
    await dirty.aclose()
    assert json.loads(given.data or b"") == {"person": {"marriages": [{"partner": None}]}}
    assert "partnerId" not in repr(given)
    assert "Person.name" not in world.record.coordinates.returned
    assert "MarriageParty.partner" in world.record.coordinates.returned


DIVISION = ("code", "name", "level", "parent_code")


def town(rows: Sequence[Sequence[Any]], capabilities: frozenset[Capability] = EVERYTHING) -> MemoryConnector:
    columns = tuple(EntityColumn(name, ColumnType.TEXT) for name in DIVISION)
    return MemoryConnector([MemoryTable(Entity("divisions", columns, ("code",)), rows)], capabilities)


async def test_key_with_two_rows_gives_the_lowest_and_a_warning(world: World) -> None:
    world.replace("big-data", town([["3307", "乙", "city", None], ["3307", "甲", "city", None]]))
    given = await world.ask('{ division(code: "3307") { name } }', None, PUBLIC)
    assert json.loads(given.data or b"")["division"]["name"] in {"甲", "乙"}
    assert given.extensions["govgraph"]["warnings"] == [{"path": "division", "code": "KEY_NOT_UNIQUE"}]


async def test_dirty_date_and_unknown_code_are_null_and_counted_without_an_echo(
    world: World, city_home: Path, tmp_path: Path
) -> None:
    copy = copied(city_home, "public-security", tmp_path)
    with closing(sqlite3.connect(copy)) as store, store:
        changed = "UPDATE t_rk_hgx SET qrrq = ?, yhzgx = ? WHERE sfzh = ?"
        store.execute(changed, ("2016-02-30", "secret", P1))
    dirty = await opened_again(copy, "public-security")
    world.replace("public-security", dirty)
    given = await world.ask(HOUSEHOLD, {"id": P1}, CITIZEN)
    await dirty.aclose()
    assert json.loads(given.data or b"") == {"person": {"household": [{"relation": None, "movedInOn": None}]}}
    assert given.extensions["govgraph"]["quality"] == [
        {"field": "HouseholdMember.movedInOn", "count": 1},
        {"field": "HouseholdMember.relation", "count": 1},
    ]
    assert "secret" not in repr(given)
    assert "2016-02-30" not in repr(given)
    assert world.record.outcome == "answered"


@pytest.mark.parametrize(
    "kept",
    [
        frozenset({Capability.LOOKUP}),
        frozenset({Capability.LOOKUP, Capability.FILTER}),
        frozenset({Capability.LOOKUP, Capability.COMPUTE, Capability.FILTER, Capability.ORDER}),
        EVERYTHING - {Capability.PER_KEY_LIMIT},
        EVERYTHING - {Capability.COMPUTE},
        EVERYTHING,
    ],
    ids=lambda kept: "+".join(sorted(kept)),
)
async def test_answer_does_not_depend_on_what_the_source_takes_over(
    world: World, kept: frozenset[Capability]
) -> None:
    rows = [
        [str(n), f"名{n % 3}", "city" if n % 2 else "county", str(n // 4) if n > 4 else None]
        for n in range(1, 40)
    ]
    query = """{
      divisions(where: {code: {gte: "12"}, level: {eq: CITY}},
                orderBy: [{name: DESC}, {code: ASC}], first: 7) {
        nodes { code name children(first: 2, orderBy: [{code: DESC}]) { code parent { code } } }
      }
    }"""
    world.replace("big-data", town(rows))
    whole = await world.data(query, None, PUBLIC)
    world.replace("big-data", town(rows, kept))
    assert await world.data(query, None, PUBLIC) == whole
    assert whole["divisions"]["nodes"]


async def test_absence_is_told_with_the_coverage_of_the_source(world: World) -> None:
    given = await world.ask("query($id: IdNumber!) { person(idNo: $id) { marriages { kind } } }", {"id": P3})
    assert json.loads(given.data or b"") == {"person": {"marriages": []}}
    assert given.extensions["govgraph"]["absent"] == [
        {"path": "person.marriages", "code": "NO_RECORD", "coverage": {"area": "3307", "since": "1986-03"}}
    ]
    assert P2 not in repr(given)
