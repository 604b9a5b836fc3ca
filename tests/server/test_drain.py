"""A server that is told to end answers what it was asked before, takes nothing new, leaves nothing behind."""

import asyncio
from pathlib import Path

import anyio
import httpx2
import pytest

from tests.server.living import stored_log
from tests.server.serving import Serving, until
from tests.server.small_city import CHEN, HOUSING, KEY, PUBLIC_SECURITY, grants, rest_department, write_people
from tests.server.test_control import PUBLISH, PUT

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CREATE = "mutation ($c: ClientDraft!) { createClient(client: $c) { clientSecret } }"
SECRET = 'mutation ($v: String!) { setSecret(reference: "housing-fund/api-key", value: $v) }'
ASKED = f'{{ person(idNo: "{CHEN}") {{ housingFund {{ state }} }} }}'
SETTINGS = {
    "GOVGRAPH_EGRESS_ALLOWED": "127.0.0.0/8",
    "GOVGRAPH_SOURCE_TIMEOUT": "60",
    "GOVGRAPH_DEADLINE": "60",
}


async def set_up(serving: Serving, port: int) -> str:
    """Return the token of a client that may ask a department at this port."""
    await serving.control(SECRET, v=KEY)
    housing = HOUSING.replace("${HOUSING_PORT}", str(port))
    files = [{"name": "people.yaml", "text": PUBLIC_SECURITY}, {"name": "housing.yaml", "text": housing}]
    await serving.control(PUBLISH, f=files)
    made = await serving.control(CREATE, c={"id": "app-one", "title": "app-one", "role": "application"})
    granted, _, _ = grants("app-one", "CHECK-ONE", 1).partition("  - id: T-1-3")
    await serving.control(PUT, f=[{"name": "grants.yaml", "text": granted}])
    return await serving.token("app-one", made["createClient"]["clientSecret"])


async def test_what_was_asked_before_the_end_is_answered_and_recorded_and_nothing_new_is_taken(
    tmp_path: Path,
) -> None:
    write_people(tmp_path)
    serving = Serving(tmp_path, SETTINGS)
    async with rest_department() as department:
        await serving.start()
        token = await set_up(serving, department.port)
        department.hang()
        asking = asyncio.create_task(serving.ask(token, ASKED))
        await department.asked.wait()
        serving.terminate()

        async def takes_nothing_new() -> bool:
            try:
                async with httpx2.AsyncClient(trust_env=False) as http:
                    await http.get(f"{serving.url}/health/live")
            except httpx2.ConnectError:
                return True
            return False

        await until(takes_nothing_new)
        assert not asking.done()
        department.release()
        with anyio.fail_after(30):
            answer = (await asking).json()
        assert await serving.ended() == 0
    assert answer["data"]["person"]["housingFund"] == {"state": "PAYING"}
    assert answer["extensions"]["govgraph"]["receipt"] in stored_log(tmp_path)
    assert not (tmp_path / "admin.json").exists()
