"""Each fault of a network before each kind of source: coded, in time, nothing leaked, and back again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from connectors import guard
from connectors.breaker import FAILURES, LONGEST_REST, Circuit
from connectors.guard import guard_state, guarded
from connectors.model import Keys, Output, Read, Surroundings
from connectors.pace import Pace
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.egress import Egress, networks
from govgraph.errors import GovGraphError, SourceRetryError
from govgraph.expressions.terms import Column
from tests.faults.proxy import Fault
from tests.faults.sources import PLACES, Department
from tests.server.small_city import CHEN, KEY

pytestmark = pytest.mark.anyio
LATE, AWAY = "SOURCE_TIMEOUT", "SOURCE_UNAVAILABLE"
CODES = {
    Fault.SLOW: {LATE},
    Fault.DRIP: {LATE},
    Fault.HALF_OPEN: {LATE},
    Fault.RESET: {AWAY},
    Fault.CUT: {AWAY},
    Fault.REFUSE: {AWAY},
    Fault.GARBAGE: {AWAY, LATE},  # a length of four thousand million bytes is waited for
}
FAULTS = tuple(CODES)
DEADLINE = 1.0


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@asynccontextmanager
async def opened(department: Department, now: Clock) -> AsyncIterator[Connector]:
    """Yield the guarded connector of a department, not described yet."""
    settings = {name: value for name, value in department.source.items() if name != "kind"}
    around = Surroundings("housing-fund", lambda _: KEY, egress=Egress(networks("127.0.0.0/8")))
    inner = await open_connector(str(department.source["kind"]), settings, around, {})
    connector = guarded(inner, "housing-fund", DEADLINE, 2 * PLACES, Pace(now=now))
    try:
        yield connector
    finally:
        await connector.aclose()


def read_of(department: Department) -> Read:
    """Return a look-up by key."""
    entity, key = ("rows", "idNo") if department.kind == "rest" else ("contribution", "id_no")
    return Read(entity, (Output("state", Column("state")),), keys=Keys((Column(key),), "keys"))


async def state(connector: Connector, department: Department) -> str:
    """Return what a look-up says, or the code of its error."""
    try:
        with anyio.fail_after(20 * DEADLINE):
            rows = await connector.prepare(read_of(department)).rows({"keys": [(CHEN,)]})
    except SourceRetryError as error:
        return error.code if error.where == "housing-fund" and not error.__cause__ else repr(error)
    return str(rows[0][0])


async def circuit_of(connector: Connector) -> Circuit:
    found = guard_state(connector)
    assert found is not None
    return found.circuit


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_on_an_open_connection_is_coded_and_its_connection_is_let_go_of(
    department: Department, fault: Fault
) -> None:
    async with opened(department, Clock()) as connector:
        await connector.describe()
        assert await state(connector, department) == "PAYING"
        await department.proxy.turn(fault)
        assert await state(connector, department) in CODES[fault]
        with anyio.fail_after(10):
            await department.proxy.left(0)
        await department.proxy.turn(Fault.PASS)
        assert await state(connector, department) == "PAYING"
        found = guard_state(connector)
        assert found is not None
        assert (found.working, found.waiting, found.failures) == (0, 0, 1)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_while_connecting_is_coded_and_its_connection_is_let_go_of(
    department: Department, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "DESCRIBED_AGAIN_AFTER", 0.0)
    await department.proxy.turn(fault)
    async with opened(department, Clock()) as connector:
        assert await state(connector, department) in CODES[fault]
        with anyio.fail_after(10):
            await department.proxy.left(0)
        await department.proxy.turn(Fault.PASS)
        assert await state(connector, department) == "PAYING"


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HALF_OPEN, Fault.REFUSE])
async def test_the_circuit_opens_spares_the_source_and_closes_again(
    department: Department, fault: Fault
) -> None:
    clock = Clock()
    async with opened(department, clock) as connector:
        await connector.describe()
        await department.proxy.turn(fault)
        for _ in range(FAILURES):
            assert await state(connector, department) in CODES[fault]
        assert await circuit_of(connector) is Circuit.OPEN
        asked = department.proxy.accepted
        assert await state(connector, department) == AWAY
        assert department.proxy.accepted == asked
        await department.proxy.turn(Fault.PASS)
        clock.at += LONGEST_REST
        assert await state(connector, department) == "PAYING"
        assert await circuit_of(connector) is Circuit.CLOSED


async def test_more_reads_than_connections_all_fail_in_time_and_leave_nothing_behind(
    department: Department,
) -> None:
    async with opened(department, Clock()) as connector:
        await connector.describe()
        await department.proxy.turn(Fault.HALF_OPEN)
        codes: list[str] = []

        async def ask() -> None:
            codes.append(await state(connector, department))

        async with anyio.create_task_group() as tasks:
            for _ in range(4 * PLACES):
                tasks.start_soon(ask)
        assert codes == [LATE] * 4 * PLACES
        with anyio.fail_after(10):
            await department.proxy.left(0)


async def test_a_read_that_is_given_up_lets_go_of_its_connection(department: Department) -> None:
    async with opened(department, Clock()) as connector:
        await connector.describe()
        await department.proxy.turn(Fault.SLOW)
        with anyio.move_on_after(0.1) as scope:
            await connector.prepare(read_of(department)).rows({"keys": [(CHEN,)]})
        assert scope.cancelled_caught
        with anyio.fail_after(10):
            await department.proxy.left(0)


async def test_no_error_of_a_fault_names_address_or_driver(department: Department) -> None:
    async with opened(department, Clock()) as connector:
        await connector.describe()
        for fault in (Fault.RESET, Fault.GARBAGE, Fault.REFUSE):
            await department.proxy.turn(fault)
            with pytest.raises(GovGraphError) as caught:
                await connector.prepare(read_of(department)).rows({"keys": [(CHEN,)]})
            told = caught.value.text + repr(caught.value)
            for word in ("127.0.0.1", str(department.proxy.port), CHEN, "asyncpg", "asyncmy", "httpx"):
                assert word not in told
