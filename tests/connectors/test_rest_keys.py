"""Whatever a key holds, it stays one key on its way into an address, a header or a body."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.model import Keys, Output, Read, Surroundings
from connectors.registry import kinds
from connectors.rest.connector import RestConnector
from connectors.rest.end_points import DetailSettings
from connectors.rest.questions import EndPoint, Question
from connectors.rest.reads import key_texts
from connectors.rest.settings import RestSettings
from govgraph.expressions.terms import Column

KEYS = some.text(some.characters(exclude_categories=["Cs"])) | some.sampled_from(
    ["..", "../x", "%2e%2e", "a/b", "?a=b", "#", "{b}", "{a}", "\r\nX: 1", " ", "%", "", "&a=1", "٣", "//x"]
)


def asked(key: str, other: str, **detail: Any) -> Question | None:
    settings = {"path": "/one/{a}/of/{b}", "key": ["a", "b"], **detail}
    end_point = DetailSettings.model_validate(settings)
    entity = {"columns": {"a": "text", "b": "text"}, "detail": settings}
    source = RestSettings.model_validate({"url": "https://a.example/base/", "entities": {"e": entity}})
    return EndPoint(source, end_point).detail({"a": key, "b": other}, (404,))


@given(KEYS, KEYS)
def test_a_key_in_a_path_stays_in_its_place(key: str, other: str) -> None:
    question = asked(key, other)
    if {key, other} & {"", ".", ".."}:
        assert question is None
        return
    assert question is not None
    sent = httpx2.URL(question.url)
    assert sent.host == "a.example"
    assert not sent.query
    assert not sent.fragment
    parts = sent.raw_path.decode().split("/")
    assert parts[:3] == ["", "base", "one"]
    assert parts[4] == "of"
    assert [unquote(parts[3]), unquote(parts[5])] == [key, other]
    assert len(parts) == 6


@given(KEYS)
def test_a_key_in_the_query_is_one_value(key: str) -> None:
    question = asked(key, "b", path="/one/{b}", query={"k": "v {a}", "x": "1"})
    assert question is not None
    sent = httpx2.URL(question.url).copy_with(params=list(question.query))
    assert parse_qsl(urlsplit(str(sent)).query, keep_blank_values=True) == [("k", f"v {key}"), ("x", "1")]


@given(KEYS)
def test_a_key_in_a_header_is_printable_ascii_that_means_it(key: str) -> None:
    question = asked(key, "b", path="/one/{b}", headers={"X-Key": "v1 {a}"})
    assert question is not None
    ((_, value),) = question.headers
    assert value.isascii()
    assert value.isprintable()
    assert unquote(value.removeprefix("v1 ")) == key


def test_a_key_that_no_source_can_hold_is_not_asked_for() -> None:
    assert key_texts([("a\0b",), ("\ud800",), ("a",), ("a",), (1,)]) == [("a",), ("1",)]


@pytest.mark.anyio
async def test_a_list_is_not_read_for_keys_that_no_source_can_hold() -> None:
    settings = kinds()["rest"].settings.model_validate(
        {"url": "https://a.example", "entities": {"e": {"columns": {"a": "text"}, "list": {"path": "/x"}}}}
    )
    assert isinstance(settings, RestSettings)
    told: list[str] = []
    connector = RestConnector(settings, Surroundings("x", lambda _: "", told.append))
    read = Read("e", (Output("a", Column("a")),), keys=Keys((Column("a"),), "keys"))
    assert await connector.prepare(read).rows({"keys": [("\ud800",)]}) == []
    assert not told
    await connector.aclose()
