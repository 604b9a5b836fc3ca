"""Owners and consumers learn what happens to a source: in the inbox, and signed at their own address."""

import hmac
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
import orjson
import pytest
from anyio.abc import SocketStream

from govgraph.clock import Clock
from govgraph.database import Database
from server.cli import inbox as told
from server.cli.source import drafts as asked
from server.cli.source import turns as source_turns
from server.inbox.notice import NoticeKind
from server.inbox.store import NoticeStore, Webhook
from server.registration.watching import look
from tests.server.living import Living
from tests.server.registering import DEPARTMENT, FILE, GRANT, added, checked, harmless, library, manifest
from tests.server.test_control import PUT, code_of

pytestmark = pytest.mark.anyio
QUESTION = '{ reader(cardNo: "L-0001") { cardNo since } }'


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform with a department that shows a register, and a client with a grant on it."""
    async with library(tmp_path) as platform:
        clerk = await platform.control("clerk-library-1")
        await added(clerk, FILE)
        await checked(clerk, harmless(FILE))
        await clerk.ask(asked.PUBLISH, department=DEPARTMENT)
        await clerk.ask(PUT, f=[{"name": "grants.yaml", "text": GRANT}])
        yield platform


async def notices(city: Living, client: str) -> Sequence[tuple[str, str]]:
    """Return what a client is told, the newest first."""
    found = (await (await city.control(client)).ask(told.LIST, unread=True))["inbox"]
    return [(one["kind"], one["text"]) for one in found]


def change(city: Living, statement: str) -> None:
    """Change the department's own store."""
    file = city.home / "sources" / DEPARTMENT / "readers.db"
    file.chmod(0o644)
    with sqlite3.connect(file) as store:
        store.execute(statement)
    store.close()


async def state(city: Living) -> str:
    return city.platform.publisher.states()[DEPARTMENT]


async def test_a_source_that_lost_a_column_is_degraded_and_everybody_concerned_learns_it(
    city: Living,
) -> None:
    desk = city.platform.desk
    await look(desk)
    assert await state(city) == "OPEN"
    change(city, "alter table t_dz drop column bzrq")
    await look(desk)
    await look(desk)
    assert await state(city) == "DEGRADED"
    for reader in ("clerk-library-1", "app-one"):
        ((kind, text),) = await notices(city, reader)
        assert kind == "degraded"
        assert "Reader.since" in text
    assert not await notices(city, "app-two-purposes")
    assert not await notices(city, "clerk-housing")
    kept = (await city.ask('{ reader(cardNo: "L-0001") { cardNo } }')).json()
    assert kept["data"] == {"reader": {"cardNo": "L-0001"}}
    change(city, "alter table t_dz add column bzrq text")
    await look(desk)
    assert await state(city) == "OPEN"
    assert (await notices(city, "app-one"))[0][0] == "recovered"


async def test_a_source_that_does_not_answer_is_not_called_degraded(city: Living) -> None:
    await city.housing.stop()
    await look(city.platform.desk)
    assert "DEGRADED" not in city.platform.publisher.states().values()


async def test_a_waiting_draft_is_told_to_clerks_and_reviewers(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await checked(clerk, manifest(FILE))
    await clerk.ask(asked.PUBLISH, department=DEPARTMENT)
    for reader in ("clerk-library-2", "reviewer-big-data"):
        assert (await notices(city, reader))[0][0] == "approval"


async def test_a_client_learns_what_breaks_for_it_and_nobody_learns_what_does_not(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    lost = "\n".join(line for line in harmless(FILE).splitlines() if " since:" not in line)
    await checked(clerk, lost)
    await clerk.ask(asked.PUBLISH, department=DEPARTMENT)
    assert await notices(city, "app-one") == [("change", "Reader.since: the field goes (breaking)")]
    await clerk.ask(source_turns.ROLLBACK, department=DEPARTMENT)
    assert len(await notices(city, "app-one")) == 1
    await clerk.ask(source_turns.WITHDRAW, department=DEPARTMENT)
    assert (await notices(city, "app-one"))[0][0] == "withdrawn"


async def test_notices_are_read_by_their_reader_alone(city: Living) -> None:
    change(city, "alter table t_dz drop column bzrq")
    await look(city.platform.desk)
    own, other = await city.control("app-one"), await city.control("app-two-purposes")
    (notice,) = (await own.ask(told.LIST, unread=True))["inbox"]
    assert (await other.ask(told.READ, ids=[notice["id"]]))["markRead"] == 0
    assert (await own.ask(told.READ, ids=[notice["id"]]))["markRead"] == 1
    assert (await own.ask(told.LIST, unread=True))["inbox"] == []
    assert len((await own.ask(told.LIST, unread=False))["inbox"]) == 1


@dataclass
class Listener:
    """A server of a client's own, which keeps what it is sent and answers as it is told."""

    status: int = 200
    port: int = 0
    endless: bool = False
    left: anyio.Event = field(default_factory=anyio.Event)
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, stream: SocketStream) -> None:
        """Take one request."""
        async with stream:
            received = b""
            while b"\r\n\r\n" not in received:
                received += await stream.receive()
            head, _, body = received.partition(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = int(next(line for line in lines if line.startswith(b"content-length:")).split(b":")[1])
            while len(body) < length:
                body += await stream.receive()
            self.heads.append(head)
            self.bodies.append(body)
            if self.endless:
                await self.go_on(stream)
                return
            answer = f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            await stream.send(answer.encode())

    async def go_on(self, stream: SocketStream) -> None:
        """Answer byte after byte until nobody listens any more."""
        try:
            await stream.send(b"HTTP/1.1 200 X\r\nContent-Length: 1000000000000\r\n\r\n")
            while True:
                await stream.send(b"x" * 100)
                await anyio.sleep(0.01)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            self.left.set()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Run a client's own server."""
    listener = Listener()
    sockets = await anyio.create_tcp_listener(local_host="127.0.0.1")
    listener.port = sockets.extra(anyio.abc.SocketAttribute.local_port)
    async with aclosing(sockets), anyio.create_task_group() as tasks:
        tasks.start_soon(sockets.serve, listener.take)
        yield listener
        tasks.cancel_scope.cancel()


async def webhook(city: Living, listener: Listener) -> str:
    control = await city.control("app-one")
    made = await control.ask(told.SET, url=f"http://127.0.0.1:{listener.port}/notices")
    return str(made["setWebhook"]["key"])


async def test_notices_are_sent_on_once_with_a_signature_that_holds(city: Living) -> None:
    async with listening() as listener:
        key = await webhook(city, listener)
        change(city, "alter table t_dz drop column bzrq")
        await look(city.platform.desk)
        await look(city.platform.desk)
    assert len(listener.bodies) == 1
    assert orjson.loads(listener.bodies[0])["kind"] == "degraded"
    lines = listener.heads[0].decode().split("\r\n")
    signed = next(line for line in lines if line.lower().startswith("govgraph-signature:")).partition(": ")[2]
    moment, _, digest = signed.removeprefix("t=").partition(",v1=")
    expected = hmac.new(key.encode(), f"{moment}.".encode() + listener.bodies[0], sha256).hexdigest()
    assert digest == expected
    stored = b"".join(path.read_bytes() for path in city.home.glob("govgraph.db*"))
    assert key.encode() not in stored


async def test_a_server_that_fails_is_asked_again_later_and_not_at_once(city: Living) -> None:
    async with listening() as listener:
        listener.status = 500
        await webhook(city, listener)
        change(city, "alter table t_dz drop column bzrq")
        await look(city.platform.desk)
        await look(city.platform.desk)
        assert len(listener.bodies) == 1
    assert len(await notices(city, "app-one")) == 1


async def test_a_server_whose_answer_does_not_end_holds_nobody_up(city: Living) -> None:
    async with listening() as listener:
        listener.endless = True
        await webhook(city, listener)
        change(city, "alter table t_dz drop column bzrq")
        with anyio.fail_after(30):
            await look(city.platform.desk)
        await listener.left.wait()
    assert len(listener.bodies) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://127.0.0.1/x", "WEBHOOK_REFUSED"),
        ("http://user:canary@127.0.0.1:9000/x", "WEBHOOK_REFUSED"),
        ("http://10.0.0.1:9000/x", "EGRESS_NOT_ALLOWED"),
        ("http://169.254.169.254/latest", "EGRESS_NOT_ALLOWED"),
        ("nothing", "WEBHOOK_REFUSED"),
        ("https://notices.library.invalid/x", "WEBHOOK_REFUSED"),
    ],
)
async def test_notices_go_only_where_the_platform_may_connect(city: Living, url: str, code: str) -> None:
    assert await code_of(await city.control("app-one"), told.SET, url=url) == code


@dataclass
class Hands:
    """A clock whose hands a test moves."""

    moment: datetime = datetime(2026, 7, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


async def test_a_notice_waits_longer_after_each_try_and_is_given_up_once(database: Database) -> None:
    hands = Hands()
    store = NoticeStore(database, Clock(hands.now))
    await store.put(["client/a"], NoticeKind.CHANGE, "library", "before there was an address")
    hands.moment += timedelta(seconds=1)
    await store.set_webhook(Webhook("client/a", "http://x", b"sealed"))
    assert await store.take_due(timedelta(seconds=30)) is None
    await store.put(["client/a", "client/b"], NoticeKind.CHANGE, "library", "text")
    due = await store.take_due(timedelta(seconds=30))
    assert due is not None
    assert (due.notice.reader, due.webhook.sealed, due.tries) == ("client/a", b"sealed", 1)
    assert await store.take_due(timedelta(seconds=30)) is None
    hands.moment += timedelta(seconds=31)
    again = await store.take_due(timedelta(seconds=30))
    assert again is not None
    assert again.tries == 2
    await store.put_off(again.notice.id, None)
    hands.moment += timedelta(days=1)
    assert await store.take_due(timedelta(seconds=30)) is None
    hands.moment += timedelta(days=120)
    await store.put([], NoticeKind.CHANGE, "", "")
    left: Any = await store.of(["client/a", "client/b"], unread=False)
    assert left == []


async def test_the_state_of_a_source_is_told_once_however_many_replicas_see_it_turn(
    database: Database,
) -> None:
    one, other = NoticeStore(database), NoticeStore(database)
    readers = ["client/one", "client/two"]
    for kind, text in (
        (NoticeKind.DEGRADED, "lost"),
        (NoticeKind.RECOVERED, "back"),
        (NoticeKind.DEGRADED, "lost"),
        (NoticeKind.DEGRADED, "lost more"),
    ):
        for store in (one, other):
            await store.put(readers, kind, "library", text)
    await one.put(["client/one"], NoticeKind.CHANGE, "library", "again")
    await other.put(["client/one"], NoticeKind.CHANGE, "library", "again")
    told = [notice.text for notice in reversed(await one.of(["client/two"], unread=False))]
    assert told == ["lost", "back", "lost", "lost more"]
    assert len(await one.of(["client/one"], unread=False)) == 6
