"""What replicas hear of each other through Redis, and what holds where it is lost, slow or emptied."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from govgraph.shared.address import check_address, connections
from govgraph.shared.redis import RedisState, Terms
from govgraph.shared.state import SharedStateUnavailableError, Topic
from tests.faults.certificates import authority
from tests.servers.redis import Server

pytestmark = [pytest.mark.anyio, pytest.mark.redis]
Replica = Callable[..., RedisState]
PROMISED = 5


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Return once the condition holds; fails where it does not in time."""
    with anyio.fail_after(seconds):
        while not await condition():  # noqa: ASYNC110 what is waited for happens elsewhere
            await anyio.sleep(0.02)


async def renewed(state: RedisState) -> frozenset[Topic]:
    """Return what changed, once Redis answers again."""
    changed: list[frozenset[Topic]] = []

    async def answers() -> bool:
        try:
            changed.append(await state.renew())
        except SharedStateUnavailableError:
            return False
        return True

    await until(answers)
    return changed[0]


async def test_replicas_share_one_count(replica: Replica) -> None:
    one, other = replica(), replica()
    await one.settle()
    await other.settle()
    assert await one.charge("a", 6, 10)
    assert await other.charge("a", 4, 10)
    assert not await one.charge("a", 1, 10)


async def test_platforms_with_other_keys_share_nothing(replica: Replica) -> None:
    one, stranger = replica(), replica(b"x" * 32)
    await one.settle()
    await stranger.settle()
    assert await one.charge("a", 10, 10)
    assert await stranger.charge("a", 10, 10)
    await one.remember("name", b"value", 60)
    assert await stranger.recall("name") is None


async def test_an_announcement_is_heard_at_once_and_by_the_next_renewal(replica: Replica) -> None:
    one, other = replica(), replica()
    await one.settle()
    await other.settle()
    heard: list[Topic] = []

    async def listen() -> None:
        heard.append(await anext(other.announcements()))

    async def told() -> bool:
        await one.announce(Topic.ACCESS)
        return bool(heard)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listen)
        await until(told, PROMISED)
    assert heard == [Topic.ACCESS]
    assert await other.renew() == {Topic.ACCESS}
    assert not await other.renew()


async def test_what_could_not_be_announced_is_told_once_redis_is_back(
    replica: Replica, redis_server: Server
) -> None:
    one, other = replica(), replica()
    await one.settle()
    await other.settle()
    redis_server.stop()
    await one.announce(Topic.CATALOG)
    with pytest.raises(SharedStateUnavailableError):
        await one.renew()
    redis_server.start()
    await renewed(other)
    await renewed(one)
    assert Topic.CATALOG in await other.renew()


async def test_a_stopped_redis_closes_counts_opens_the_cache_and_recovers_by_itself(
    replica: Replica, redis_server: Server
) -> None:
    state = replica()
    await state.settle()
    assert await state.charge("a", 7, 10)
    redis_server.stop()
    with pytest.raises(SharedStateUnavailableError) as caught:
        await state.charge("a", 1, 10)
    assert (caught.value.status, str(redis_server.port) in caught.value.text) == (503, False)
    await state.remember("name", b"value", 60)
    assert await state.recall("name") is None
    redis_server.start()

    async def counts_again() -> bool:
        try:
            await state.renew()
            return await state.charge("a", 3, 10)
        except SharedStateUnavailableError:
            return False

    await until(counts_again)
    assert not await state.charge("a", 1, 10), "what was counted before the loss was forgotten"


async def test_an_emptied_redis_counts_nothing_until_every_replica_has_told_what_it_knew(
    replica: Replica, redis_server: Server
) -> None:
    one, other = replica(), replica()
    await one.settle()
    await other.settle()
    assert await one.charge("a", 9, 10)
    redis_server.tell("FLUSHALL")
    with pytest.raises(SharedStateUnavailableError):
        await other.charge("a", 1, 10)
    assert await other.renew() == frozenset(Topic)
    with pytest.raises(SharedStateUnavailableError):
        await other.charge("a", 2, 10)
    assert await one.renew() == frozenset(Topic)
    await other.settle()
    assert not await other.charge("a", 2, 10)
    assert await other.charge("a", 1, 10)


async def test_a_copy_of_redis_that_lags_behind_begins_no_count_anew(
    replica: Replica, redis_server: Server
) -> None:
    state = replica()
    await state.settle()
    assert await state.charge("a", 9, 10)
    [count] = [key for key in redis_server.tell("KEYS", "*").split(b"\r\n") if b":count:" in key]
    redis_server.tell("SET", count.decode(), "0")
    assert not await state.charge("a", 2, 10)
    assert await state.charge("a", 1, 10)


async def test_a_replica_is_certain_only_for_as_long_as_redis_answers(redis_server: Server) -> None:
    hands = [0.0]
    state = RedisState(connections(redis_server.url), b"k" * 32, Terms(settle=0.1, now=lambda: hands[0]))
    assert not state.certain()
    await state.settle()
    hands[0] += 2.9
    assert state.certain()
    hands[0] += 0.2
    assert not state.certain()
    await state.renew()
    assert state.certain()
    await state.aclose()


async def test_locally_a_declared_part_is_given_and_paid_back(replica: Replica, redis_server: Server) -> None:
    state, other = replica(local=20), replica()
    await state.settle()
    await other.settle()
    redis_server.stop()
    assert await state.charge("a", 15, 100)
    assert await state.charge("a", 5, 100)
    assert not await state.charge("a", 1, 100)
    redis_server.start()
    await renewed(state)
    await renewed(other)
    await other.settle()
    assert await other.charge("a", 80, 100)
    assert not await other.charge("a", 1, 100)


async def test_locally_no_more_is_given_than_is_known_to_be_left(
    replica: Replica, redis_server: Server
) -> None:
    state = replica(local=50)
    await state.settle()
    assert await state.charge("a", 90, 100)
    redis_server.stop()
    assert await state.charge("a", 10, 100)
    assert not await state.charge("a", 1, 100)


async def test_redis_never_sees_what_a_name_or_value_is(replica: Replica, redis_server: Server) -> None:
    state = replica()
    await state.settle()
    await state.charge("lookups/2026-06-30/G-2026-0001", 1, 10)
    await state.remember("token-of-yiwu", b"330799199003071013", 60)
    seen = redis_server.tell("KEYS", "*")
    for key in seen.split(b"\r\n"):
        if b":entry:" in key:
            seen += redis_server.tell("GET", key.decode())
    assert b":count:" in seen
    assert b":entry:" in seen
    for secret in (b"G-2026-0001", b"yiwu", b"330799199003071013", b"2026-06-30"):
        assert secret not in seen


async def test_what_another_program_wrote_is_not_believed(replica: Replica, redis_server: Server) -> None:
    state = replica()
    await state.settle()
    await state.remember("name", b"value", 60)
    [entry] = [key for key in redis_server.tell("KEYS", "*").split(b"\r\n") if b":entry:" in key]
    await state.remember("other", b"other value", 60)
    [other] = [
        key for key in redis_server.tell("KEYS", "*").split(b"\r\n") if b":entry:" in key and key != entry
    ]
    redis_server.tell("RENAME", other.decode(), entry.decode())
    assert await state.recall("name") is None
    redis_server.tell("SET", entry.decode(), "forged")
    assert await state.recall("name") is None


async def test_a_password_is_needed_where_redis_asks_for_one(
    replica: Replica, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = Server(tmp_path_factory.mktemp("guarded"), password="secret-1")
    server.start()
    try:
        known, unknown = replica(url=server.url), replica(url=server.url.replace("secret-1", "wrong"))
        await known.renew()
        with pytest.raises(SharedStateUnavailableError) as caught:
            await unknown.renew()
    finally:
        server.stop()
    assert "wrong" not in f"{caught.value!r}{caught.value.text}"


async def test_over_tls_only_a_certificate_of_the_named_authority_is_believed(
    replica: Replica, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    ours, stranger = authority(tmp_path), authority(other)
    ours.server("localhost", timedelta(days=1))
    server = Server(tmp_path, certificate=tmp_path / "localhost-1.pem")
    server.start()
    try:
        for name, file, taken in (
            ("localhost", ours.file, True),
            ("localhost", stranger.file, False),
            ("127.0.0.1", ours.file, False),
        ):
            url = f"rediss://{name}:{server.port}/0?ssl_ca_certs={file}"
            await check_address(url)
            state = replica(url=url)
            await state.settle()
            assert state.certain() == taken, (name, file)
    finally:
        server.stop()
