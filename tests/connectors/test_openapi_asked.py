"""What a document says little of is asked all the same, and answers what the source answers."""

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.model import Output, Read
from connectors.registry import open_connector
from connectors.rest.openapi.document import imported
from govgraph.expressions.terms import Column
from tests.connectors.rest_city import RestCity

pytestmark = pytest.mark.anyio
LISTED = [{"idNo": "3307", "share": 0.5}, {"idNo": "3308", "share": 2}]


async def asked(city: RestCity, statements: Any, content: dict[str, Any], *columns: str) -> list[list[Any]]:
    """Return what columns of the one list of a document hold, whose answer the document describes so."""
    get = {"responses": {"200": {"content": {"application/json": content}}}}
    document = {"openapi": "3.0.3", "servers": [{"url": city.url}], "paths": {"/list": {"get": get}}}
    connector = await open_connector("rest", imported(document, "x").settings, statements.surroundings(), {})
    try:
        await connector.describe()
        read = Read("list", tuple(Output(name, Column(name)) for name in columns))
        return [list(row) for row in await connector.prepare(read).rows({})]
    finally:
        await connector.aclose()


@pytest.mark.parametrize("body", [LISTED[1:], LISTED[1]], ids=["a list", "an object"])
async def test_json_without_a_schema_is_shown_as_its_text(city: RestCity, statements: Any, body: Any) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse(body)

    city.answer = answer
    rows = await asked(city, statements, {}, "answer")
    expected = body if isinstance(body, list) else [body]
    assert [json.loads(row[0]) for row in rows] == expected


async def test_json_is_read_as_its_example_shows_it(city: RestCity, statements: Any) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse({"rows": LISTED})

    city.answer = answer
    example = {"rows": [{"idNo": "1", "share": 1}]}  # whole by chance
    rows = await asked(city, statements, {"example": example}, "idNo", "share")
    assert [[row[0], float(row[1])] for row in rows] == [["3307", 0.5], ["3308", 2.0]]
