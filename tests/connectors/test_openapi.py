"""OpenAPI documents become sources that can be asked; what cannot be asked is named with its reason."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.conformance import prove
from connectors.errors import OpenapiRefusedError
from connectors.registry import kinds, open_connector, read_settings
from connectors.rest.openapi.document import imported
from connectors.rest.openapi.reading import read_document
from connectors.rest.openapi.references import Reason
from tests.connectors.openapi_samples import document
from tests.connectors.rest_city import TRUTH, RestCity

INSURED: Mapping[str, Any] = {
    "comment": "参保人员",
    "strict": "true",
    "columns": {
        "state": "text",
        "balance": {"type": "decimal", "required": "true"},
        "since": "date",
        "place_a.b": {"type": "text", "at": ["place", "a.b"]},
        "place_town": {"type": "text", "at": "place.town"},
        "family": "other",
    },
    "key": ["idNo"],
    "list": {
        "path": "/v1/insured",
        "items": "data.rows",
        "query": {"region": "330702"},
        "headers": {"X-Caller": "city"},
        "page": {
            "style": "page",
            "parameter": "page",
            "sizeParameter": "size",
            "size": "200",
            "total": "data.total",
        },
    },
    "detail": {"path": "/v1/insured/{idNo}", "key": ["idNo"]},
}


def test_a_document_becomes_settings_that_are_accepted() -> None:
    found = imported(document(), "medical-insurance")
    settings = found.settings
    assert settings["url"] == "https://ybj.example:8443/api"
    assert settings["credentials"] == {"style": "apiKey", "header": "X-Api-Key"}
    assert settings["secret"] == "medical-insurance/main"
    named = {"insured", "orgs-people", "state", "words", "anything", "nothing", "shown"}
    assert set(found.entities) == named
    read_settings(kinds()["rest"], "medical-insurance", settings)


def test_a_list_and_the_detail_of_its_rows_are_one_entity() -> None:
    entity = dict(imported(document(), "x").entities["insured"])  # type: ignore[call-overload]
    columns = entity.pop("columns")
    expected = dict(INSURED)
    assert entity == {name: part for name, part in expected.items() if name != "columns"}
    assert columns | expected["columns"] == columns
    assert columns["idNo"] == {"type": "text", "required": "true"}
    assert columns["married"] == {"type": "boolean", "comment": "婚姻状况"}


def test_a_row_within_its_own_row_ends_after_three_objects() -> None:
    columns = imported(document(), "x").entities["insured"]["columns"]  # type: ignore[index]
    assert columns["partner_partner_partner"] == {"type": "other", "at": "partner.partner.partner"}
    assert columns["partner_partner_balance"] == {"type": "decimal", "at": "partner.partner.balance"}


def test_rows_below_a_key_are_asked_by_a_column_of_their_own() -> None:
    people = imported(document(), "x").entities["orgs-people"]
    assert people["detail"] == {"path": "/v1/orgs/{asked_id}/people", "key": ["asked_id"]}  # type: ignore[index]
    assert people["columns"]["id"] == "integer"  # type: ignore[index]


def test_rows_whose_members_nobody_names_are_one_column() -> None:
    entities: Any = imported(document(), "x").entities
    assert entities["words"]["columns"] == {"value": {"type": "text", "at": "."}}
    for name in ("anything", "nothing"):
        assert entities[name]["columns"] == {"answer": {"type": "other", "at": "."}}


def test_an_answer_without_a_schema_has_the_shape_of_its_example() -> None:
    entities: Any = imported(document(), "x").entities
    assert entities["shown"]["list"] == {"path": "/v1/shown", "items": "rows"}
    columns = {"idNo": "text", "share": "decimal", "married": "boolean", "left": "other"}
    assert entities["shown"]["columns"] == columns


@pytest.mark.parametrize("written", ["not JSON", "[[[[[[[[[[1]]]]]]]]]]", "[" * 100_000, "null"])
def test_an_example_that_tells_nothing_leaves_the_answer_whole(written: str) -> None:
    answers = {"200": {"content": {"application/json": {"example": written}}}}
    given = {"openapi": "3.0.3", "paths": {"/a": {"get": {"responses": answers}}}}
    entities: Any = imported(given, "x").entities
    assert [one["type"] for one in entities["a"]["columns"].values()] == ["other"]


def test_what_cannot_be_asked_is_named_by_its_pointer_and_its_reason() -> None:
    found = {one.pointer: one.reason for one in imported(document(), "x").skipped}
    assert found == {
        "/paths/~1v1~1picture/get": Reason.NOT_JSON,
        "/paths/~1v1~1word/get": Reason.NOT_ROWS,
        "/paths/~1v1~1words~1{of}/get": Reason.NOT_ROWS,
        "/paths/~1v1~1lost/get": Reason.REFERENCE_UNKNOWN,
        "/paths/~1v1~1elsewhere/get": Reason.REFERENCE_ELSEWHERE,
        "/paths/~1v1~1circle/get": Reason.REFERENCE_CIRCLE,
        "/paths/~1v1~1silent/get": Reason.NO_SHAPE,
        "/paths/~1v1~1guarded/get": Reason.COOKIE,
        "/paths/~1v1~1odd path/get": Reason.PATH,
    }


def test_a_document_that_only_writes_offers_nothing_and_says_why() -> None:
    found = imported({"openapi": "3.0.3", "paths": {"/a": {"post": {"responses": {}}}}}, "x")
    assert found.reason is Reason.NO_READ
    assert not found.entities


@pytest.mark.parametrize(
    "given",
    [
        [],
        "x",
        None,
        {},
        {"openapi": "4.0.0", "paths": {}},
        {"swagger": "1.2", "paths": {}},
        {"openapi": "3.0.0", "paths": []},
    ],
)
def test_what_is_no_document_of_version_three_is_refused(given: Any) -> None:
    with pytest.raises(OpenapiRefusedError):
        imported(given, "x")


@pytest.mark.parametrize("content", [b"{a: [}", b"\xff\xfe\xff", b"a: !!python/object:os.system x"])
def test_what_is_no_text_of_a_document_is_refused_without_showing_it(content: bytes) -> None:
    with pytest.raises(OpenapiRefusedError) as refused:
        read_document(content)
    assert "system" not in refused.value.text


def schema(properties: Mapping[str, Any], *parameters: Mapping[str, Any], **headers: Any) -> dict[str, Any]:
    answer = {
        "headers": headers,
        "content": {"application/json": {"schema": {"type": "object", "properties": properties}}},
    }
    operation = {"parameters": list(parameters), "responses": {"200": answer}}
    return {"openapi": "3.0.0", "paths": {"/x": {"get": operation}}}


ROWS = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}
TEXT = {"type": "string"}


def query(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer", **more}}


@pytest.mark.parametrize(
    ("given", "page"),
    [
        (
            schema({"rows": ROWS, "next_cursor": TEXT}, query("cursor"), query("limit", maximum=50)),
            {
                "style": "cursor",
                "parameter": "cursor",
                "next": "next_cursor",
                "sizeParameter": "limit",
                "size": "50",
            },
        ),
        (
            schema({"value": ROWS, "@odata.nextLink": TEXT}, query("$skip")),
            {"style": "link", "next": ["@odata.nextLink"]},
        ),
        (schema({"rows": ROWS}, query("page"), Link={}), {"style": "link"}),
        (
            schema({"rows": ROWS}, query("page", default=0), query("size", default=20)),
            {"style": "page", "parameter": "page", "first": "0", "sizeParameter": "size", "size": "20"},
        ),
        (
            schema({"rows": ROWS, "total": {"type": "integer"}}, query("offset")),
            {"style": "offset", "parameter": "offset", "total": "total"},
        ),
        (schema({"rows": ROWS}, query("page"), query("size")), None),
        (schema({"rows": ROWS}, query("cursor")), None),
    ],
)
def test_pages_are_proposed_only_where_the_document_says_enough_of_them(given: Any, page: Any) -> None:
    found = imported(given, "x", "https://a.example")
    assert found.entities["x"]["list"].get("page") == page  # type: ignore[index]
    read_settings(kinds()["rest"], "x", found.settings)


@pytest.mark.parametrize(
    ("scheme", "credentials"),
    [
        ({"type": "apiKey", "in": "query", "name": "key"}, {"style": "apiKey", "query": "key"}),
        ({"type": "http", "scheme": "Basic"}, {"style": "basic", "user": "user"}),
        ({"type": "http", "scheme": "bearer"}, {"style": "bearer"}),
        (
            {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t"}}},
            {"style": "oauth", "tokenUrl": "https://a.example/t", "clientId": "client-id"},
        ),
        ({"type": "oauth2", "flows": {"implicit": {}}}, None),
        ({"$ref": "#/nowhere"}, None),
    ],
)
def test_credentials_are_those_of_the_document(scheme: Any, credentials: Any) -> None:
    given = schema({"rows": ROWS}) | {"components": {"securitySchemes": {"one": scheme}}}
    found = imported(given, "x", "https://a.example")
    assert found.settings.get("credentials") == credentials
    read_settings(kinds()["rest"], "x", found.settings)


@pytest.mark.parametrize(
    ("servers", "url", "address"),
    [
        ([{"url": "/api"}], "https://a.example/doc.json", "https://a.example/api"),
        ([{"url": "/api"}], "", "https://source.invalid"),
        ([{"url": "https://{tenant}.example"}], "", "https://source.invalid"),
        ([{"url": "https://[bad"}, {"url": "https://b.example/"}], "", "https://b.example/"),
        ([], "https://c.example/v1", "https://c.example/v1"),
        ("none", "", "https://source.invalid"),
    ],
)
def test_the_address_is_the_first_whole_one_of_the_document(servers: Any, url: str, address: str) -> None:
    given = schema({"rows": ROWS}) | {"servers": servers}
    assert imported(given, "x", url).settings["url"] == address


@pytest.mark.anyio
async def test_an_imported_source_answers_like_the_plain_model(city: RestCity, statements: Any) -> None:
    person = {
        "type": "object",
        "required": ["idNo"],
        "properties": {
            "idNo": {"type": "string"},
            "person": {"type": "object", "properties": {"name": {"type": "string"}}},
            "children": {"type": "integer", "nullable": True},
            "share": {"type": "number"},
            "married": {"type": "boolean"},
        },
    }
    envelope = {
        "data": {
            "type": "object",
            "properties": {"rows": {"type": "array", "items": person}, "total": {"type": "integer"}},
        }
    }
    given = schema(envelope, query("page"), query("size", maximum=10))
    given["paths"]["/page"] = given["paths"].pop("/x")
    settings = json.loads(json.dumps(imported(given, "x", city.url).settings))
    entity = settings["entities"].pop("page")
    entity["columns"]["name"] = entity["columns"].pop("person_name")
    settings["entities"]["people"] = {**entity, "key": ["idNo"]}
    connector = await open_connector(
        "rest", {name: one for name, one in settings.items() if name != "kind"}, statements.surroundings(), {}
    )
    assert await prove(connector, TRUTH, 20) == 20
    await connector.aclose()
