"""A REST source comes onto the graph from its OpenAPI document alone, step by step."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.rest.openapi.document import imported
from server.cli.source import drafts as asked
from server.cli.source.looks import PREVIEW
from tests.connectors.rest_city import RestCity, served
from tests.server.living import living
from tests.server.registering import DEPARTMENT, checked, clerks, wish

pytestmark = pytest.mark.anyio
PERSON = {
    "type": "object",
    "required": ["idNo"],
    "properties": {
        "idNo": {"type": "string", "description": "读者证号"},
        "person": {"type": "object", "properties": {"name": {"type": "string"}}},
        "children": {"type": "integer", "nullable": True},
        "married": {"type": "boolean"},
    },
}


def settings(city: RestCity) -> str:
    """Return the settings that the source's document becomes, as a clerk hands them on."""
    envelope: dict[str, Any] = {"total": {"type": "integer"}, "rows": {"type": "array", "items": PERSON}}
    data = {"type": "object", "properties": envelope}
    schema = {"type": "object", "properties": {"data": data}}
    size = {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": 20}}
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    get = {
        "parameters": [page, size],
        "responses": {"200": {"content": {"application/json": {"schema": schema}}}},
    }
    document = {"openapi": "3.0.3", "paths": {"/page": {"get": get}}, "servers": [{"url": city.url}]}
    return yaml.safe_dump(dict(imported(document, DEPARTMENT).settings))


async def test_a_document_is_enough_to_register_a_source(tmp_path: Path) -> None:
    async with served() as source, living(tmp_path) as platform:
        await clerks(platform, "clerk-library-1")
        clerk = await platform.control("clerk-library-1")
        given = wish("", kind="rest", settings=settings(source))
        assert (await clerk.ask(asked.ADD, source=given))["addSource"]["entities"] == ["page"]
        found = (await clerk.ask(asked.DISCOVER, department=DEPARTMENT))["discoverSource"]
        assert {one["column"] for one in found["fields"]} == {"idNo", "person_name", "children", "married"}
        assert "title: 读者证号" in found["manifest"]
        assert (await checked(clerk))["ok"]
        shown = (await clerk.ask(PREVIEW, department=DEPARTMENT))["previewSource"]
        assert {(one["resource"], len(one["rows"])) for one in shown} == {("Page", 5)}
        assert "陈志远" not in str(shown)
