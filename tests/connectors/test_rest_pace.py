"""A REST source is asked at its own pace, told again what it said, and kept answers are asked after."""

import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.errors import SourceQuotaError, SourceUnavailableError
from connectors.model import Keys, Read
from connectors.pace import Pace
from connectors.registry import open_connector
from connectors.rest.conditional import KeptAnswers, kept_of
from connectors.rest.pace import RequestPace, seconds_of
from connectors.rest.questions import Question
from govgraph.expressions.terms import Column
from tests.connectors.rest_city import READ, RestCity

pytestmark = pytest.mark.anyio


@pytest.fixture
async def connect(city: RestCity, statements: Any) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as opened:

        async def make(listed: Any = None, **settings: Any) -> Any:
            entity = {"columns": {"a": "text"}, "list": {"path": "/list", **(listed or {})}}
            given = {"url": city.url, "entities": {"e": entity}, **settings}
            connector = await open_connector("rest", given, statements.surroundings(), {})
            opened.push_async_callback(connector.aclose)
            return connector.prepare(READ)

        yield make


class Busy:
    """Says so often that it is busy, then answers."""

    def __init__(self, status: int, retry_after: str, times: int) -> None:
        self.status = status
        self.retry_after = retry_after
        self.times = times

    async def answer(self, _request: Request) -> Response:
        self.times -= 1
        if self.times < 0:
            return JSONResponse([{"a": "1"}])
        return Response(status_code=self.status, headers={"Retry-After": self.retry_after})


@pytest.mark.parametrize("status", [429, 503])
async def test_a_source_that_names_a_time_is_asked_again_then(
    city: RestCity, connect: Any, status: int
) -> None:
    city.answer = Busy(status, "0", 2).answer
    assert await (await connect()).rows({}) == [["1"]]
    assert len(city.asked) == 3


@pytest.mark.parametrize(
    ("status", "retry_after", "error"),
    [(429, "", SourceQuotaError), (503, "", SourceUnavailableError), (429, "soon", SourceQuotaError)],
)
async def test_a_source_that_names_no_time_is_left_alone(
    city: RestCity, connect: Any, status: int, retry_after: str, error: type[Exception]
) -> None:
    city.answer = Busy(status, retry_after, 1).answer
    with pytest.raises(error):
        await (await connect()).rows({})
    assert len(city.asked) == 1


async def test_a_source_that_names_a_late_time_is_not_asked_before_it_by_anyone(
    city: RestCity, connect: Any
) -> None:
    city.answer = Busy(429, "120", 1).answer
    read = await connect()
    with anyio.fail_after(5):
        for _ in range(3):
            with pytest.raises(SourceQuotaError):
                await read.rows({})
    assert len(city.asked) == 1


async def test_a_source_that_is_busy_for_ever_is_asked_three_times(city: RestCity, connect: Any) -> None:
    city.answer = Busy(429, "0", 9).answer
    with pytest.raises(SourceQuotaError):
        await (await connect()).rows({})
    assert len(city.asked) == 3


async def test_requests_go_in_turn_and_who_would_wait_too_long_is_refused() -> None:
    moment, slept = 100.0, list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))

    pace = RequestPace(Pace(4, lambda: moment), 1.0, sleep)
    for _ in range(8):
        await pace.turn()
    assert slept == [0.25, 0.5, 0.75, 1.0]
    with pytest.raises(SourceQuotaError):
        await pace.turn()
    moment += 2
    await pace.turn()
    assert len(slept) == 4
    pace.rest(0.5)
    await pace.turn()
    assert slept[4:] == [0.5]
    pace.rest(1.5)
    with pytest.raises(SourceQuotaError):
        await pace.turn()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12", 12.0),
        (" 0 ", 0.0),
        ("Tue, 30 Jun 2026 08:00:30 GMT", 30.0),
        ("Tue, 30 Jun 2026 07:00:00 GMT", 0.0),
        ("", None),
        ("-5", None),
        ("1e9", None),
        ("99999999999", None),
        ("１２", None),
    ],
)
def test_a_time_to_come_again_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert seconds_of(text, lambda: datetime(2026, 6, 30, 8, 0, tzinfo=UTC)) == seconds


class Versions:
    """Answers whoever does not hold the newest version already."""

    def __init__(self) -> None:
        self.version = 1
        self.sent: list[tuple[int, str]] = []

    async def answer(self, request: Request) -> Response:
        named = request.headers.get("if-none-match", "")
        status = 304 if named == f'"v{self.version}"' else 200
        self.sent.append((status, named))
        headers = {"ETag": f'"v{self.version}"', "Link": "</list?p=2>; rel=next"}
        if "p=2" in str(request.url):
            headers = {}
        body = b"" if status == 304 else f'[{{"a": "{self.version}"}}]'.encode()
        return Response(body, status, headers, "application/json")


async def test_a_kept_answer_is_used_only_when_the_source_says_that_it_holds(
    city: RestCity, connect: Any
) -> None:
    versions = Versions()
    city.answer = versions.answer
    read = await connect({"keep": "true"})
    assert [await read.rows({}), await read.rows({})] == [[["1"]], [["1"]]]
    versions.version = 2
    assert await read.rows({}) == [["2"]]
    assert versions.sent == [(200, ""), (304, '"v1"'), (200, '"v1"')]


async def test_a_kept_page_still_leads_to_the_next(city: RestCity, connect: Any) -> None:
    city.answer = Versions().answer
    read = await connect({"keep": "true", "page": {"style": "link"}})
    assert [await read.rows({}), await read.rows({})] == [[["1"], ["1"]]] * 2


async def test_nothing_is_kept_unless_the_list_says_so(city: RestCity, connect: Any) -> None:
    versions = Versions()
    city.answer = versions.answer
    read = await connect()
    await read.rows({})
    await read.rows({})
    assert versions.sent == [(200, "")] * 2


async def test_an_answer_that_says_unchanged_unasked_is_no_answer(city: RestCity, connect: Any) -> None:
    async def answer(_request: Request) -> Response:
        return Response(status_code=304)

    city.answer = answer
    with pytest.raises(SourceUnavailableError):
        await (await connect({"keep": "true"})).rows({})


def test_kept_answers_stay_within_their_bound_and_the_oldest_make_room() -> None:
    kept = KeptAnswers(most=10)
    questions = [Question("GET", "/x", f"https://a.example/{number}") for number in range(3)]
    for question in questions:
        kept.keep(question, kept_of(b"12345", "", "", {"last-modified": "then"}))
    assert [kept.of(question) is not None for question in questions] == [False, True, True]
    found = kept.of(questions[1])
    assert found is not None
    assert found.conditions == {"If-Modified-Since": "then"}
    kept.keep(questions[1], kept_of(b"12345678901", "", "", {"etag": "e"}))
    assert kept.of(questions[1]) is None
    kept.keep(questions[0], kept_of(b"1", "", "", {}))
    assert kept.of(questions[0]) is None


async def test_chinese_character_sets_are_read(city: RestCity, connect: Any) -> None:
    async def answer(_request: Request) -> Response:
        body = '[{"a": "陈𠮷"}]'.encode("gb18030")
        return Response(body, headers={"Content-Type": 'application/json; charset="GBK"'})

    city.answer = answer
    assert await (await connect()).rows({}) == [["陈𠮷"]]


async def test_an_answer_is_bounded_as_it_is_unpacked(city: RestCity, connect: Any) -> None:
    async def answer(_request: Request) -> Response:
        packed = gzip.compress(b"[" + b" " * 5_000_000 + b"]")
        return Response(packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})

    city.answer = answer
    with pytest.raises(SourceUnavailableError):
        await (await connect(maxAnswerBytes="1000000")).rows({})
    assert await (await connect(maxAnswerBytes="6000000")).rows({}) == []


async def test_rows_of_equal_keys_are_not_asked_twice_at_one_time(city: RestCity, statements: Any) -> None:
    begun, let_go = anyio.Event(), anyio.Event()

    async def answer(_request: Request) -> Response:
        begun.set()
        await let_go.wait()
        return JSONResponse({"a": "k"})

    city.answer = answer
    entity = {"columns": {"a": "text"}, "detail": {"path": "/one/{a}", "key": "a"}}
    settings = {"url": city.url, "entities": {"e": entity}}
    connector = await open_connector("rest", settings, statements.surroundings(), {})
    read = connector.prepare(Read("e", READ.outputs, keys=Keys((Column("a"),), "keys")))
    answers = []

    async def ask() -> None:
        answers.append(await read.rows({"keys": [("k",)]}))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await begun.wait()
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        let_go.set()
    assert answers == [[["k"]], [["k"]]]
    assert len(city.asked) == 1
    await connector.aclose()
