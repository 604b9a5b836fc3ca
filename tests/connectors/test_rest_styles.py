"""A REST source in every style of pages and look-ups gives what the plain model gives."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.conformance import prove
from connectors.errors import SourceAnswerError, SourceQuotaError, SourceSettingsError
from connectors.model import Keys, Output, Read
from connectors.protocol import Connector
from connectors.registry import kinds, open_connector, read_settings
from govgraph.expressions.terms import Column
from tests.connectors.rest_city import COLUMNS, ROWS, TRUTH, RestCity

pytestmark = pytest.mark.anyio
ALL: Mapping[str, Any] = {"list": {"path": "/all"}}
PAGES: Mapping[str, Mapping[str, Any]] = {
    "page": {
        "path": "/page",
        "items": "data.rows",
        "page": {"parameter": "page", "sizeParameter": "size", "size": "10"},
    },
    "page held against its total": {
        "path": "/page",
        "items": "data.rows",
        "page": {"parameter": "page", "sizeParameter": "size", "size": "10", "total": "data.total"},
    },
    "offset": {
        "path": "/offset",
        "page": {"style": "offset", "parameter": "skip", "sizeParameter": "take", "size": "10"},
    },
    "offset of a source that caps its pages": {
        "path": "/capped",
        "items": "rows",
        "page": {"style": "offset", "parameter": "skip", "size": "20", "total": "total"},
    },
    "cursor": {
        "path": "/cursor",
        "items": "rows",
        "page": {"style": "cursor", "parameter": "after", "next": "meta.after"},
    },
    "link header": {"path": "/link", "page": {"style": "link"}},
    "link in the answer": {"path": "/named", "items": "rows", "page": {"style": "link", "next": "next"}},
    "all at once": {"path": "/all"},
}
KEYED: Mapping[str, Mapping[str, Any]] = {
    "batch in a body": {"lookup": {"path": "/batch", "key": "idNo", "body": "filter.ids", "items": "rows"}},
    "batch in a repeated parameter": {
        "lookup": {
            "path": "/several",
            "method": "GET",
            "key": "idNo",
            "parameter": "id",
            "separator": "",
            "batch": "7",
        }
    },
    "batch in one parameter": {
        "lookup": {"path": "/joined", "method": "GET", "key": "idNo", "parameter": "ids", "separator": "|"}
    },
    "one by one, in the path": {"detail": {"path": "/one/{idNo}", "key": "idNo", "items": "row"}},
    "one by one, in the query": {
        "detail": {"path": "/asked", "query": {"id": "{idNo}"}, "key": "idNo", "items": "row"}
    },
    "out of the list": {},
}


@pytest.fixture
async def connect(city: RestCity, statements: Any) -> AsyncIterator[Any]:
    async with AsyncExitStack() as opened:

        async def make(entity: Mapping[str, Any], **source: Any) -> Connector:
            whole = {"columns": COLUMNS, "key": ["idNo"], **entity}
            settings = {"url": city.url, "entities": {"people": whole}, **source}
            connector = await open_connector("rest", settings, statements.surroundings("secret"), {})
            opened.push_async_callback(connector.aclose)
            return connector

        yield make


@pytest.mark.parametrize("style", PAGES)
async def test_every_style_of_pages_conforms(connect: Any, style: str) -> None:
    connector = await connect({"list": PAGES[style]})
    assert await prove(connector, TRUTH, 20) == 20


@pytest.mark.parametrize("style", KEYED)
async def test_every_style_of_look_ups_conforms(connect: Any, style: str) -> None:
    connector = await connect({**ALL, **KEYED[style], "strict": "true"})
    assert await prove(connector, TRUTH, 30) == 30


READ = Read("people", (Output("a", Column("idNo")),))
BY_KEY = Read("people", (Output("a", Column("idNo")),), keys=Keys((Column("idNo"),), "keys"))


async def test_a_detail_is_asked_once_for_each_key_and_the_log_shows_no_key(
    connect: Any, city: RestCity, statements: Any
) -> None:
    read = (await connect(KEYED["one by one, in the path"])).prepare(BY_KEY)
    keys = [(ROWS[0]["idNo"],), (ROWS[1]["idNo"],), ("nobody",), (ROWS[1]["idNo"],), ("..",), ("",)]
    rows = await read.rows({"keys": keys})
    assert sorted(row[0] for row in rows) == sorted(str(row["idNo"]) for row in ROWS[:2])
    assert statements.texts == ["GET /one/{idNo}"] * 3
    assert read.statement == "GET /one/{idNo}"


async def test_a_key_that_the_answer_lacks_is_the_one_that_was_asked(connect: Any, city: RestCity) -> None:
    async def answer(request: Request) -> Response:
        return JSONResponse([{"children": 1}, {"children": 2}, {"idNo": "another", "children": 3}])

    city.answer = answer
    connector = await connect({"detail": {"path": "/children/{idNo}", "key": "idNo"}})
    outputs = (Output("a", Column("idNo")), Output("b", Column("children")))
    rows = await connector.prepare(Read("people", outputs, keys=BY_KEY.keys)).rows({"keys": [("k",)]})
    assert rows == [["k", "1"], ["k", "2"]]


async def test_a_key_travels_in_a_header_in_ascii(connect: Any, city: RestCity) -> None:
    async def answer(request: Request) -> Response:
        return JSONResponse({"idNo": "陈\r\nX: 1"}, headers={"seen": request.headers["x-id"]})

    city.answer = answer
    connector = await connect(
        {"detail": {"path": "/one", "headers": {"X-Id": "v1 {idNo}"}, "key": "idNo"}},
        headers={"X-Region": "330702"},
        query={"version": "2"},
    )
    assert await connector.prepare(BY_KEY).rows({"keys": [("陈\r\nX: 1",)]}) == [["陈\r\nX: 1"]]
    assert city.asked[0].headers["x-id"] == "v1 %E9%99%88%0D%0AX: 1"
    assert city.asked[0].headers["x-region"] == "330702"
    assert city.asked[0].url.query == "version=2"


async def test_more_requests_than_a_read_may_take_are_not_begun(connect: Any, city: RestCity) -> None:
    connector = await connect({"detail": {"path": "/one/{idNo}", "key": "idNo", "most": "3"}})
    with pytest.raises(SourceQuotaError):
        await connector.prepare(BY_KEY).rows({"keys": [(f"k{number}",) for number in range(4)]})
    assert not city.asked


async def test_single_requests_keep_within_the_connections_of_the_source(
    connect: Any, city: RestCity
) -> None:
    working, most = 0, 0

    async def answer(request: Request) -> Response:
        nonlocal working, most
        working += 1
        most = max(most, working)
        for _ in range(20):
            await request.is_disconnected()
        working -= 1
        return JSONResponse({"idNo": request.url.path.rsplit("/", 1)[1]})

    city.answer = answer
    connector = await connect({"detail": {"path": "/one/{idNo}", "key": "idNo"}}, maxConnections="3")
    rows = await connector.prepare(BY_KEY).rows({"keys": [(f"k{number}",) for number in range(30)]})
    assert len(rows) == 30
    assert most <= 3


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ({"style": "cursor", "parameter": "c", "next": "next"}, {"rows": [{"idNo": "1"}], "next": "same"}),
        ({"style": "cursor", "parameter": "c", "next": "next"}, {"rows": [], "next": {"a": 1}}),
        ({"style": "link", "next": "next"}, {"rows": [], "next": "https://elsewhere.example/x"}),
        ({"style": "link", "next": "next"}, {"rows": [], "next": "//169.254.169.254/x"}),
        ({"style": "link", "next": "next"}, {"rows": [], "next": ["/x"]}),
        ({"parameter": "page", "size": "1", "total": "total"}, {"rows": [], "total": 4}),
        ({"parameter": "page", "size": "1", "total": "total"}, {"rows": [{"idNo": "1"}], "total": "4"}),
    ],
)
async def test_a_list_that_never_ends_or_leads_elsewhere_is_no_answer(
    connect: Any, city: RestCity, page: Any, body: Any
) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse(body)

    city.answer = answer
    connector = await connect({"list": {"path": "/x", "items": "rows", "page": page}})
    with pytest.raises(SourceAnswerError) as refused:
        await connector.prepare(READ).rows({})
    assert "elsewhere" not in refused.value.text


COLUMN = {"a": {"type": "integer", "required": "true"}, "b": {"type": "text", "at": "in.b"}}


@pytest.mark.parametrize(
    "row", [{}, {"a": None}, {"a": "1"}, {"a": True}, {"a": 1.5}, {"a": 1, "in": {"b": 2}}, {"a": [1]}]
)
async def test_a_row_of_another_shape_is_an_error_without_data(
    connect: Any, city: RestCity, row: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse([{"a": 1, "in": {"b": "x"}}, row])

    city.answer = answer
    connector = await connect(
        {"columns": COLUMN, "key": ["a"], "list": {"path": "/x"}, "strict": "true", "comment": "rows"}
    )
    with pytest.raises(SourceAnswerError) as refused:
        await connector.prepare(Read("people", (Output("a", Column("a")),))).rows({})
    assert "`a`" not in refused.value.text
    assert "`b`" not in refused.value.text
    assert "entity people: a " in caplog.text


async def test_a_row_of_the_declared_shape_is_one_and_objects_are_their_text(
    connect: Any, city: RestCity
) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse([{"a": 1, "in": None, "more": {"名": [1, 2.50]}}, {"a": 2, "in": {"b": "x"}}])

    city.answer = answer
    columns = {**COLUMN, "more": "other"}
    connector = await connect({"columns": columns, "key": ["a"], "list": {"path": "/x"}, "strict": "true"})
    outputs = tuple(Output(name, Column(name)) for name in columns)
    rows = await connector.prepare(Read("people", outputs)).rows({})
    assert rows == [["1", None, '{"名":[1,"2.5"]}'], ["2", "x", None]]
    assert await connector.sample("people", 1) == [{"a": 1, "b": None, "more": '{"名":[1,"2.5"]}'}]


async def test_a_sample_goes_on_to_the_next_page_as_far_as_it_needs(connect: Any, city: RestCity) -> None:
    connector = await connect({"list": PAGES["link header"]})
    assert len(await connector.sample("people", 15)) == 15
    assert len(city.asked) == 2
    assert len(await connector.sample("people", 500)) == len(ROWS)


async def test_rows_that_are_single_values_are_rows_of_one_column(connect: Any, city: RestCity) -> None:
    async def answer(request: Request) -> Response:
        return JSONResponse(["甲", None, 3] if request.url.path == "/many" else {"up": True})

    city.answer = answer
    read = Read("people", (Output("v", Column("v")),))
    whole = {"columns": {"v": {"type": "other", "at": "."}}, "key": []}
    many = await connect({**whole, "list": {"path": "/many"}})
    assert await many.prepare(read).rows({}) == [["甲"], [None], ["3"]]
    one = await connect({**whole, "list": {"path": "/one", "one": "true"}})
    assert await one.prepare(read).rows({}) == [['{"up":true}']]


@pytest.mark.parametrize(
    "entity",
    [
        {"list": {"path": "/x", "page": {"style": "cursor", "parameter": "c"}}},
        {"list": {"path": "/x", "page": {"style": "link", "parameter": "c"}}},
        {"list": {"path": "/x", "page": {"style": "offset"}}},
        {"list": {"path": "/x", "page": {"parameter": "p", "next": "n"}}},
        {"list": {"path": "/x", "page": {"style": "cursor", "parameter": "c", "next": "n", "first": "0"}}},
        {"list": {"path": "/x/{idNo}"}},
        {"list": {"path": "/x?a=b"}},
        {"lookup": {"path": "/x", "method": "GET", "key": "idNo"}},
        {"lookup": {"path": "/x", "method": "GET", "key": "idNo", "parameter": "p", "body": "b"}},
        {"lookup": {"path": "/x", "key": "idNo", "parameter": "p"}},
        {"lookup": {"path": "/x", "key": "other"}},
        {"detail": {"path": "/x", "key": "idNo"}},
        {"detail": {"path": "/x/{idNo}/{other}", "key": "idNo"}},
        {"detail": {"path": "/x/{other}", "key": "other"}},
        {"list": {"path": "/x", "headers": {"X Y": "1"}}},
        {},
    ],
)
def test_settings_that_contradict_themselves_are_refused(entity: Mapping[str, Any]) -> None:
    settings = {"url": "https://a.example", "entities": {"e": {"columns": {"idNo": "text"}, **entity}}}
    with pytest.raises(SourceSettingsError):
        read_settings(kinds()["rest"], "x", settings)
