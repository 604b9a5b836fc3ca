"""A department publishes again and again while applications ask: no request fails, none sees half of it."""

import os
from collections.abc import Sequence
from pathlib import Path

import anyio
import httpx2
import pytest

from server.cli.connection import Connection
from server.cli.source import drafts as asked
from server.cli.source import turns as source_turns
from tests.server.living import Living
from tests.server.registering import DEPARTMENT, FILE, GRANT, added, checked, harmless, library
from tests.server.test_control import PUT

pytestmark = pytest.mark.anyio
QUESTION = '{ reader(cardNo: "L-0001") { cardNo since } }'
SHOWN = {"reader": {"cardNo": "L-0001", "since": "2021-03-04"}}
PROVING = os.environ.get("GOVGRAPH_PROVE") == "1"
TURNS = 60 if PROVING else 8
"""Publications; a second apart where it is proved, else one right after the other."""


async def publish(clerk: Connection, turn: int) -> None:
    """Publish the register with another title, or go back to the last one."""
    if turn % 4 == 3:
        await clerk.ask(source_turns.ROLLBACK, department=DEPARTMENT)
        return
    await checked(clerk, harmless(FILE).replace("title: 读者信息", f"title: 读者信息第{turn}版"))
    await clerk.ask(asked.PUBLISH, department=DEPARTMENT)


async def ask_until(done: anyio.Event, city: Living, answers: list[httpx2.Response]) -> None:
    """Ask one question after the other, all with one token."""
    headers = {"Authorization": f"Bearer {await city.token('app-one')}", "Purpose": "CHECK-ONE"}
    while not done.is_set():
        answers.append(await city.http.post("/graphql", json={"query": QUESTION}, headers=headers))


def failed(answers: Sequence[httpx2.Response]) -> list[str]:
    """Return the bodies that are not the answer."""
    return [one.text for one in answers if one.status_code != 200 or one.json().get("data") != SHOWN]


async def test_no_request_fails_while_a_source_is_published_again_and_again(tmp_path: Path) -> None:
    async with library(tmp_path, source_timeout=5.0, deadline=20.0) as city:
        clerk = await city.control("clerk-library-1")
        await added(clerk, FILE)
        await publish(clerk, 0)
        await clerk.ask(PUT, f=[{"name": "grants.yaml", "text": GRANT}])
        answers: list[httpx2.Response] = []
        before, done = city.platform.publisher.snapshot().catalog.version, anyio.Event()
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask_until, done, city, answers)
            for turn in range(1, TURNS + 1):
                await publish(clerk, turn)
                await anyio.sleep(1.0 if PROVING else 0)
            done.set()
        assert city.platform.publisher.snapshot().catalog.version == before + TURNS
        assert len(answers) > TURNS
        assert not failed(answers)
