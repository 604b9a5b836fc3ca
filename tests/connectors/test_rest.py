"""REST sources over real HTTP on this machine: look-ups, pages, and every way a source can misbehave."""

from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from typing import Any

import anyio
import pytest

from connectors.conformance import Truth, prove
from connectors.errors import (
    EntityUnknownError,
    SourceAnswerError,
    SourceCredentialsError,
    SourceQuotaError,
    SourceTimeoutError,
    SourceUnavailableError,
    UnsupportedReadError,
)
from connectors.model import Capability, ColumnType, Entity, EntityColumn, Keys, Output, Read, Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.egress import EgressNotAllowedError
from govgraph.errors import GovGraphError
from govgraph.expressions.terms import Bind, Column, Concat, Constant, Kind
from tests.connectors.odd_rest import KEY, ROWS, served

pytestmark = pytest.mark.anyio
LOOKUP = Read(
    "insured",
    (Output("a", Column("idNo")), Output("b", Column("balance", Kind.DECIMAL)), Output("s", Column("state"))),
    keys=Keys((Column("idNo"),), "keys"),
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as url:
        yield url


Open = Callable[..., Any]


@pytest.fixture
async def connect(address: str, statements: Any) -> AsyncIterator[Open]:
    opened: list[Connector] = []

    async def make(
        lookup: str = "/v1/insured/batch", listed: str = "/v1/insured", **more: object
    ) -> Connector:
        entity = {
            "columns": {"idNo": "text", "area": "text", "state": "text", "balance": "decimal"},
            "key": ["idNo"],
            "list": {
                "path": "/v1/insured",
                "items": "data",
                "page": {"parameter": "page", "sizeParameter": "size", "size": "200"},
            },
            "lookup": {"path": lookup, "method": "POST", "key": "idNo", "body": "ids", "items": "data"},
        }
        settings = {
            "url": address,
            "secret": "medical-insurance/api-key",
            "apiKeyHeader": "X-Api-Key",
            "maxAnswerBytes": "2000000",
            "entities": {"insured": entity},
            **more,
        }
        opened.append(await open_connector("rest", settings, statements.surroundings(KEY), {}))
        await opened[-1].describe()
        return opened[-1]

    yield make
    for connector in opened:
        await connector.aclose()


async def test_it_conforms(connect: Open) -> None:
    entity = Entity(
        "insured",
        tuple(
            EntityColumn(name, ColumnType(kind))
            for name, kind in (("idNo", "text"), ("area", "text"), ("state", "text"), ("balance", "decimal"))
        ),
        ("idNo",),
    )
    rows = [[row["idNo"], row["area"], str(row["state"]), Decimal(str(row["balance"]))] for row in ROWS]
    connector = await connect()
    assert connector.capabilities == {Capability.LOOKUP}
    assert await prove(connector, Truth(entity, rows), 25) == 25


async def test_a_batch_of_keys_is_one_request_up_to_five_hundred(connect: Open, statements: Any) -> None:
    read = (await connect()).prepare(LOOKUP)
    rows = await read.rows({"keys": [(row["idNo"],) for row in ROWS]})
    assert len(rows) == 450
    assert statements.texts == ["POST /v1/insured/batch"]
    rows = await read.rows({"keys": [(row["idNo"],) for row in ROWS] + [(f"x{n}",) for n in range(800)]})
    assert len(rows) == 450
    assert len(statements.texts) == 1 + 3


async def test_numbers_are_exact(connect: Open) -> None:
    rows = await (await connect()).prepare(LOOKUP).rows({"keys": [(ROWS[3]["idNo"],)]})
    assert rows == [[ROWS[3]["idNo"], Decimal("0.375"), "1"]]


async def test_no_key_is_no_request(connect: Open, statements: Any) -> None:
    assert await (await connect()).prepare(LOOKUP).rows({"keys": []}) == []
    assert statements.texts == []


async def test_a_list_is_read_page_after_page(connect: Open, statements: Any) -> None:
    read = (await connect()).prepare(Read("insured", (Output("a", Column("idNo")),)))
    assert [row[0] for row in await read.rows({})] == [row["idNo"] for row in ROWS]
    assert statements.texts == ["GET /v1/insured"] * 3


async def test_a_row_that_nobody_asked_for_is_left_out(connect: Open) -> None:
    rows = await (await connect("/more")).prepare(LOOKUP).rows({"keys": [(ROWS[7]["idNo"],)]})
    assert [row[0] for row in rows] == [ROWS[7]["idNo"]]


async def test_a_dirty_cell_is_null_and_a_text_ends_before_its_first_zero(connect: Open) -> None:
    keys = [(ROWS[0]["idNo"],), (ROWS[1]["idNo"],)]
    rows = await (await connect("/dirty")).prepare(LOOKUP).rows({"keys": keys})
    assert rows == [[ROWS[0]["idNo"], None, "a"], [ROWS[1]["idNo"], None, None]]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/status/500", SourceUnavailableError),
        ("/status/429", SourceQuotaError),
        ("/status/403", SourceCredentialsError),
        ("/redirect", SourceUnavailableError),
        ("/garbage", SourceUnavailableError),
        ("/deep", SourceUnavailableError),
        ("/nan", SourceUnavailableError),
        ("/page", SourceUnavailableError),
        ("/shape", SourceAnswerError),
        ("/large", SourceUnavailableError),
        ("/cut", SourceUnavailableError),
    ],
)
async def test_trouble_is_a_typed_error_that_says_nothing_of_the_source(
    connect: Open, address: str, path: str, error: type[GovGraphError]
) -> None:
    read = (await connect(path)).prepare(LOOKUP)
    with pytest.raises(error) as caught:
        await read.rows({"keys": [(ROWS[0]["idNo"],)]})
    text = caught.value.text + repr(caught.value)
    for word in (address.rpartition(":")[2], "127.0.0.1", "SELECT", "host-17", KEY, "3307"):
        assert word not in text


async def test_trouble_in_one_of_many_batches_is_the_same_typed_error(connect: Open) -> None:
    read = (await connect("/status/429")).prepare(LOOKUP)
    with pytest.raises(SourceQuotaError):
        await read.rows({"keys": [(f"x{number}",) for number in range(1200)]})


async def test_a_hanging_source_is_a_timeout(connect: Open) -> None:
    read = (await connect("/hang", timeout="100ms")).prepare(LOOKUP)
    with anyio.fail_after(5), pytest.raises(SourceTimeoutError):
        await read.rows({"keys": [("1",)]})


async def test_after_a_cancelled_read_the_connection_is_free(connect: Open) -> None:
    connector = await connect("/hang", maxConnections="1", timeout="20s")
    with anyio.move_on_after(0.1) as scope:
        await connector.prepare(LOOKUP).rows({"keys": [("1",)]})
    assert scope.cancelled_caught
    with anyio.fail_after(5):
        assert await connector.sample("insured", 1) == [ROWS[0] | {"balance": Decimal("0.0")}]


async def test_a_source_that_is_not_there_is_unavailable(connect: Open) -> None:
    with served() as gone:
        pass
    read = (await connect(url=gone)).prepare(LOOKUP)
    with pytest.raises(SourceUnavailableError):
        await read.rows({"keys": [("1",)]})


async def test_a_wrong_key_is_refused_credentials(connect: Open) -> None:
    read = (await connect(apiKeyHeader="X-Other")).prepare(LOOKUP)
    with pytest.raises(SourceCredentialsError):
        await read.rows({"keys": [("1",)]})


async def test_this_machine_is_out_of_reach_unless_allowed(address: str) -> None:
    settings = {
        "url": address,
        "entities": {"e": {"columns": {"a": "text"}, "lookup": {"path": "/more", "key": "a"}}},
    }
    connector = await open_connector("rest", settings, Surroundings("x", lambda _: ""), {})
    read = connector.prepare(Read("e", (Output("a", Column("a")),), keys=Keys((Column("a"),), "keys")))
    with pytest.raises(EgressNotAllowedError):
        await read.rows({"keys": [("1",)]})
    await connector.aclose()


async def test_work_that_the_platform_does_itself_is_refused(connect: Open) -> None:
    connector = await connect()
    plain = (Output("a", Column("idNo")),)
    for read in (
        Read("insured", (Output("a", Concat((Column("idNo"), Constant("*")))),)),
        Read("insured", plain, limit=Bind("first", Kind.INTEGER)),
        Read("insured", plain, per_key=Constant(1), keys=LOOKUP.keys),
    ):
        with pytest.raises(UnsupportedReadError):
            connector.prepare(read)
    with pytest.raises(EntityUnknownError):
        connector.prepare(Read("nothing", plain))
    with pytest.raises(EntityUnknownError):
        connector.prepare(Read("insured", (Output("a", Column("nothing")),)))
