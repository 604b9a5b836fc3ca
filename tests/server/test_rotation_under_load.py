"""Secrets are sealed anew and exchanged while sources are asked: no answer fails, the new value counts."""

from collections.abc import Sequence
from pathlib import Path

import anyio
import httpx2
import pytest

from tests.server.living import Living, living
from tests.server.serving import until
from tests.server.small_city import CHEN, KEY
from tests.server.test_degraded import ask_until

pytestmark = pytest.mark.anyio
QUESTION = f'{{ person(idNo: "{CHEN}") {{ housingFund {{ state }} medicalInsurance {{ state }} }} }}'
ROTATE = "mutation { rotateSecrets }"
STORE = "mutation ($r: String!, $v: String!) { setSecret(reference: $r, value: $v) }"
TURNS = 5


async def turned(city: Living, answers: Sequence[httpx2.Response]) -> None:
    """Seal all secrets anew, then open a source with what was sealed, again and again under load."""
    control = await city.control()
    for _ in range(TURNS):
        await control.ask(ROTATE)
        await city.platform.publisher.reopen("housing-fund")
        await control.ask(STORE, r="medical-insurance/api-key", v=KEY)
        seen = len(answers)

        async def asked_since(seen: int = seen) -> bool:
            return len(answers) >= seen + 5

        await until(asked_since)


async def test_no_answer_fails_while_secrets_are_rotated_and_sources_opened_with_them(tmp_path: Path) -> None:
    async with living(tmp_path, source_timeout=5.0, deadline=20.0) as city:
        done = anyio.Event()
        answers: list[httpx2.Response] = []
        async with anyio.create_task_group() as load:
            for _ in range(3):
                load.start_soon(ask_until, done, city, QUESTION, answers)
            await turned(city, answers)
            done.set()
        assert not [one.text for one in answers if one.status_code != 200 or "errors" in one.json()]
        control = await city.control()
        await control.ask(STORE, r="housing-fund/api-key", v="another key")
        refused = (await city.ask(QUESTION)).json()
        assert [one["extensions"]["code"] for one in refused["errors"]] == ["SOURCE_CREDENTIALS"]
        assert "another key" not in str(refused)
