"""A source that loses a column while it is asked turns degraded at once, and nobody else notices."""

from collections.abc import Sequence
from pathlib import Path

import anyio
import httpx2
import pytest

from server.cli import inbox as told
from server.cli.source import drafts as asked
from tests.server.living import Living, living
from tests.server.registering import DEPARTMENT, checked, clerks, harmless, wish
from tests.server.registers import FILE, Register
from tests.server.serving import until
from tests.server.small_city import CHEN
from tests.server.test_control import PUT
from tests.server.test_registration_looks import GRANT

pytestmark = pytest.mark.anyio
LOST = '{ reader(cardNo: "L-0001") { since } }'
KEPT = '{ reader(cardNo: "L-0001") { cardNo } }'
ELSEWHERE = f'{{ person(idNo: "{CHEN}") {{ name medicalInsurance {{ state }} }} }}'
DROP, ADD = "alter table t_dz drop column bzrq", "alter table t_dz add column bzrq varchar(10)"


async def publish(city: Living, register: Register) -> None:
    """Put the register on the graph and grant it."""
    await clerks(city, "clerk-library-1")
    clerk = await city.control("clerk-library-1")
    await clerk.ask(asked.ADD, source=wish("", settings=f'url: "{register.url}"'))
    text = harmless(FILE).replace(f"sqlite:///{FILE}", register.url)
    await checked(clerk, text, waive=True)
    await clerk.ask(asked.PUBLISH, department=DEPARTMENT)
    await clerk.ask(PUT, f=[{"name": "grants.yaml", "text": GRANT}])


async def ask_until(done: anyio.Event, city: Living, query: str, answers: list[httpx2.Response]) -> None:
    """Ask one question again and again, all with one token."""
    headers = {"Authorization": f"Bearer {await city.token('app-one')}", "Purpose": "CHECK-ONE"}
    while not done.is_set():
        answers.append(await city.http.post("/graphql", json={"query": query}, headers=headers))


async def kinds(city: Living, client: str) -> Sequence[str]:
    """Return what a client is told, the newest first."""
    found = (await (await city.control(client)).ask(told.LIST, unread=True))["inbox"]
    return [str(one["kind"]) for one in found]


async def test_a_column_dropped_under_load_is_told_at_its_first_read_and_its_return_too(
    register: Register, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    async with living(home, source_look=3600, source_timeout=5.0, deadline=20.0) as city:
        await publish(city, register)
        lost: list[httpx2.Response] = []
        others: list[httpx2.Response] = []
        done = anyio.Event()

        async def stands(state: str) -> None:
            async def reached() -> bool:
                return city.platform.publisher.states()[DEPARTMENT] == state

            await until(reached)

        async with anyio.create_task_group() as load:
            load.start_soon(ask_until, done, city, LOST, lost)
            load.start_soon(ask_until, done, city, KEPT, others)
            load.start_soon(ask_until, done, city, ELSEWHERE, others)
            await until(lambda: _as_many(others, 20))
            assert not [one.text for one in lost if "errors" in one.json()]
            await register.change(DROP)
            await stands("DEGRADED")
            seen = len(others)
            await until(lambda: _as_many(others, seen + 20))
            await register.change(ADD)
            await stands("OPEN")
            done.set()
        assert not [one.text for one in others if one.status_code != 200 or "errors" in one.json()]
        refused = {one["extensions"]["code"] for answer in lost for one in answer.json().get("errors", ())}
        assert refused == {"ENTITY_UNKNOWN"}
        assert "errors" not in (await city.ask(LOST)).json()
        for reader in ("clerk-library-1", "app-one"):
            assert await kinds(city, reader) == ["recovered", "degraded"]
        assert not await kinds(city, "app-two-purposes")


async def _as_many(answers: Sequence[httpx2.Response], count: int) -> bool:
    return len(answers) >= count
