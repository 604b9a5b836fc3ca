"""Registered operations as they are kept, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from auth.recent import Recent
from govgraph.clock import Clock
from govgraph.database import Database
from schema.errors import OperationsFullError, OperationTitleError
from schema.operations.operation import EVERYBODY, Operation, check_title, digest_of, is_digest
from schema.operations.store import OperationStore

pytestmark = pytest.mark.anyio
TEXT = '{ person(idNo: "陈") { name } }'
DIGEST = digest_of(TEXT)


def operation(client: str = "app-one", title: str = "查询") -> Operation:
    return Operation(DIGEST, client, title, TEXT, "security")


def test_a_digest_is_that_of_the_text_in_utf_8_to_the_last_space() -> None:
    assert sha256(TEXT.encode()).hexdigest() == DIGEST
    assert is_digest(DIGEST)
    assert digest_of(TEXT + " ") != DIGEST
    assert not any(is_digest(text) for text in ("", DIGEST[1:], DIGEST.upper(), "g" * 64, DIGEST + "\n"))


@pytest.mark.parametrize("title", ["a\nb", "x" * 201, "a\x00"])
def test_a_title_that_cannot_be_shown_is_refused(title: str) -> None:
    with pytest.raises(OperationTitleError):
        check_title(title)


async def test_an_operation_is_found_by_its_client_and_by_no_other(database: Database) -> None:
    store = OperationStore(database)
    await store.put(operation())
    assert await store.text(DIGEST, "app-one") == TEXT
    assert await store.text(DIGEST, "app-two") is None
    assert await store.text(DIGEST, EVERYBODY) is None
    await store.put(operation(EVERYBODY))
    assert await store.text(DIGEST, "app-two") == TEXT


async def test_an_operation_registered_again_is_one_with_the_new_title(database: Database) -> None:
    store = OperationStore(database)
    await store.put(operation())
    kept = await store.put(operation(title="second"))
    assert list(await store.operations()) == [kept]
    assert kept.title == "second"
    assert kept.registered_at.endswith("Z")


async def test_a_client_has_no_more_operations_than_it_may_and_keeps_those_it_has(database: Database) -> None:
    store = OperationStore(database, most=1)
    await store.put(operation())
    other = Operation(digest_of("{ other }"), "app-one", "", "{ other }", "security")
    with pytest.raises(OperationsFullError):
        await store.put(other)
    await store.put(operation(title="again"))
    await store.put(operation(EVERYBODY))
    assert await store.text(DIGEST, "app-one") == TEXT
    assert await store.text(other.digest, "app-one") is None
    await store.remove(DIGEST, "app-one")
    await store.put(other)


async def test_removing_takes_one_clients_operation_and_leaves_everybodys(database: Database) -> None:
    store = OperationStore(database)
    await store.put(operation())
    await store.put(operation(EVERYBODY))
    assert await store.remove(DIGEST, EVERYBODY)
    assert not await store.remove(DIGEST, EVERYBODY)
    assert [one.client for one in await store.operations("app-one")] == ["app-one"]
    assert await store.operations("app-two") == []


async def test_a_change_here_is_seen_at_once_and_one_elsewhere_within_the_seconds(database: Database) -> None:
    moments = [datetime(2026, 6, 30, tzinfo=UTC)]
    clock = Clock(lambda: moments[0])
    here, elsewhere = OperationStore(database, clock, Recent(1.0)), OperationStore(database, clock)
    assert await here.text(DIGEST, "app-one") is None
    await here.put(operation())
    assert await here.text(DIGEST, "app-one") == TEXT
    await elsewhere.remove(DIGEST, "app-one")
    assert await here.text(DIGEST, "app-one") == TEXT
    moments[0] += timedelta(seconds=1)
    assert await here.text(DIGEST, "app-one") is None
