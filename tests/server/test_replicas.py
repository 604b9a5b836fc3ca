"""Two replicas on one PostgreSQL and one Redis: what one changes the other sees, whatever is lost."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import orjson
import pytest

from auth.store import AuthStore
from govgraph.clock import system_clock
from govgraph.database import open_database
from govgraph.keyring import Keyring
from govgraph.settings import Settings
from govgraph.shared.state import Topic
from server.replicas import open_shared, recent
from tests.faults.proxy import Fault
from tests.server.serving import Condition, until
from tests.server.small_city import DIVISIONS
from tests.server.test_control import PUBLISH, PUT
from tests.server.two_replicas import PROMISED, Pair, Replica, two_replicas
from tests.servers import redis

pytestmark = [pytest.mark.anyio, pytest.mark.redis, pytest.mark.postgresql, pytest.mark.slow]
CREATE = "mutation ($c: ClientDraft!) { createClient(client: $c) { clientSecret } }"
KEYED = '{ division(code: "330782") { name } }'
LISTED = "{ divisions { nodes { name } } }"
GRANT = """
grants: 1
client: {client}
purpose: CHECK-ONE
legalBasis: 测试
agreement: 测试
valid: {{from: 2020-01-01, to: 2099-12-31}}
items:
  - id: G-{client}
    resource: big-data.Division
    quota: {{lookupsPerDay: {quota}}}
    fields: {{code: [read, match], name: [read]}}
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A client with a grant, known to both replicas, and its token."""

    name: str
    token: str


@pytest.fixture(scope="module")
async def pair(
    tmp_path_factory: pytest.TempPathFactory, new_postgresql_database: Callable[[], str], anyio_backend: str
) -> AsyncIterator[Pair]:
    """Two replicas with divisions published."""
    if redis.program() is None:
        pytest.skip("Redis: the program redis-server is not installed")
    folder = tmp_path_factory.mktemp("replicas")
    async with two_replicas(folder, new_postgresql_database(), new_postgresql_database()) as made:
        files = [{"name": "divisions.yaml", "text": DIVISIONS}]
        await made.one.control(PUBLISH, f=files)
        yield made


async def admitted(pair: Pair, quota: int = 100) -> Caller:
    """Return a new client with a quota, made on the first replica and seen by the second."""
    name = f"app-{token_hex(4)}"
    draft = {"id": name, "title": name, "role": "application"}
    made = await pair.one.control(CREATE, c=draft)
    text = GRANT.format(client=name, quota=quota)
    await pair.one.control(PUT, f=[{"name": "grant.yaml", "text": text}])
    token = await pair.one.token(name, made["createClient"]["clientSecret"])
    for replica in (pair.one, pair.other):
        await until(answers(replica, token, LISTED), PROMISED)
    return Caller(name, token)


def answers(replica: Replica, token: str, query: str, code: str = "") -> Condition:
    """Return whether a question is answered, or refused with this code."""

    async def ask() -> bool:
        return await replica.code(token, query) == code

    return ask


async def test_a_publication_on_one_is_seen_by_the_other(pair: Pair) -> None:
    caller = await admitted(pair)
    renamed = DIVISIONS.replace("name: {column: name", "label: {column: name")
    question = "{ divisions { nodes { label } } }"
    assert await pair.other.code(caller.token, question) == "FIELD_NOT_AVAILABLE"
    await pair.one.control(PUBLISH, f=[{"name": "divisions.yaml", "text": renamed}])
    granted = GRANT.format(client=caller.name, quota=9).replace("name:", "label:")
    await pair.one.control(PUT, f=[{"name": "grant.yaml", "text": granted}])
    await until(answers(pair.other, caller.token, question), PROMISED)
    await pair.other.control(PUBLISH, f=[{"name": "divisions.yaml", "text": DIVISIONS}])
    await until(answers(pair.one, caller.token, question, "FIELD_NOT_AVAILABLE"), PROMISED)


async def test_a_grant_and_a_client_revoked_on_one_are_refused_by_the_other(pair: Pair) -> None:
    caller, gone = await admitted(pair), await admitted(pair)
    await pair.one.control(f'mutation {{ revokeGrant(id: "G-{caller.name}") }}')
    await pair.other.control(f'mutation {{ revokeClient(id: "{gone.name}") }}')
    await until(answers(pair.other, caller.token, LISTED, "NO_GRANT"), PROMISED)
    await until(answers(pair.one, gone.token, LISTED, "CLIENT_REVOKED"), PROMISED)


async def test_a_token_revoked_on_one_replica_is_refused_by_all(pair: Pair) -> None:
    caller = await admitted(pair)
    settings = Settings(redis_url=pair.redis.url)
    shared = await open_shared(settings, Keyring(pair.one.home / "keys"))
    database = await open_database(pair.database_url, Path())
    third = AuthStore(database, system_clock(), recent(shared, Topic.ACCESS))
    claims = orjson.loads(urlsafe_b64decode(f"{caller.token.split('.')[1]}=="))
    await third.revoke_token(claims["jti"], claims["exp"])
    for replica in (pair.one, pair.other):
        await until(answers(replica, caller.token, LISTED, "TOKEN_INVALID"), PROMISED)
    await database.aclose()
    await shared.aclose()


async def test_what_either_answers_stands_in_one_log(pair: Pair) -> None:
    caller = await admitted(pair)
    answers = [await replica.ask(caller.token, LISTED) for replica in (pair.one, pair.other)]
    receipts = [answer.json()["extensions"]["govgraph"]["receipt"] for answer in answers]
    assert await pair.recorded(*receipts)


async def test_replicas_count_one_quota(pair: Pair) -> None:
    caller = await admitted(pair, 3)
    told = [await replica.code(caller.token, KEYED) for replica in (pair.one, pair.other, pair.one)]
    assert told == ["", "", ""]
    for replica in (pair.one, pair.other):
        assert await replica.code(caller.token, KEYED) == "LOOKUP_QUOTA_EXCEEDED"


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.HALF_OPEN])
async def test_without_redis_look_ups_are_refused_with_a_record_and_all_else_is_answered(
    pair: Pair, fault: Fault
) -> None:
    caller = await admitted(pair, 3)
    assert await pair.other.code(caller.token, KEYED) == ""
    await pair.other.redis.turn(fault)
    refused = await pair.other.ask(caller.token, KEYED)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["extensions"]["code"]) == (503, "SHARED_STATE_UNAVAILABLE")
    assert refused.json()["extensions"]["govgraph"]["receipt"]
    assert str(pair.other.redis.port) not in refused.text
    assert await pair.other.code(caller.token, LISTED) == ""

    async def told() -> bool:
        return not (await pair.other.parts())["shared"]

    await until(told, PROMISED)
    assert (await pair.other.http.get("/health/ready")).status_code == 200
    assert await pair.one.code(caller.token, KEYED) == ""
    await pair.one.control(f'mutation {{ revokeGrant(id: "G-{caller.name}") }}')
    await until(answers(pair.other, caller.token, LISTED, "NO_GRANT"), PROMISED)
    await pair.other.redis.turn(Fault.PASS)
    again = await admitted(pair, 1)
    await until(answers(pair.other, again.token, KEYED), PROMISED)
    await until(lambda: pair.recorded("shared.lost", "shared.resumed"))


async def test_an_emptied_redis_gives_no_quota_anew(pair: Pair) -> None:
    caller = await admitted(pair, 3)
    for replica in (pair.one, pair.other, pair.one):
        assert await replica.code(caller.token, KEYED) == ""
    pair.redis.tell("FLUSHALL")
    seen: set[str] = set()

    async def settled() -> bool:
        seen.update([await replica.code(caller.token, KEYED) for replica in (pair.one, pair.other)])
        return "LOOKUP_QUOTA_EXCEEDED" in seen

    await until(settled)
    assert "" not in seen, "a look-up beyond the quota was given"


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.HALF_OPEN])
async def test_without_the_store_what_it_said_last_counts_and_a_revocation_still_arrives(
    pair: Pair, fault: Fault
) -> None:
    caller, gone = await admitted(pair), await admitted(pair)

    async def answers_without() -> bool:
        """Each round the other replica asks the store once more: an announcement makes it forget."""
        await pair.other.store.turn(Fault.PASS)
        asked = [await pair.other.code(client.token, LISTED) for client in (caller, gone)]
        await pair.other.store.turn(fault)
        return [await pair.other.code(client.token, LISTED) for client in (caller, gone)] == asked == ["", ""]

    await until(answers_without)

    async def told() -> bool:
        return not (await pair.other.parts())["database"]

    await until(told)
    await pair.one.control(f'mutation {{ revokeClient(id: "{gone.name}") }}')
    # A store that hangs is itself waited for, three seconds of them.
    await until(answers(pair.other, gone.token, LISTED, "STORE_UNAVAILABLE"), 2 * PROMISED)
    await pair.other.store.turn(Fault.PASS)
    await until(answers(pair.other, gone.token, LISTED, "CLIENT_REVOKED"))
    await until(answers(pair.other, caller.token, LISTED))


async def test_without_store_and_redis_nothing_is_answered_any_more(pair: Pair) -> None:
    caller = await admitted(pair)
    await pair.other.store.turn(Fault.REFUSE)
    await pair.other.redis.turn(Fault.REFUSE)
    await until(answers(pair.other, caller.token, LISTED, "STORE_UNAVAILABLE"), 2 * PROMISED)
    await pair.other.store.turn(Fault.PASS)
    await pair.other.redis.turn(Fault.PASS)
    await until(answers(pair.other, caller.token, LISTED))
