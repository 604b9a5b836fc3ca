"""Documents of Swagger 2.0 become sources as those of OpenAPI 3 do."""

from collections.abc import Mapping
from typing import Any

from connectors.registry import kinds, read_settings
from connectors.rest.openapi.document import imported
from connectors.rest.openapi.references import Reason

SWAGGER: Mapping[str, Any] = {
    "swagger": "2.0",
    "host": "ybj.example:8443",
    "basePath": "/api",
    "schemes": ["http", "https"],
    "produces": ["*/*"],
    "securityDefinitions": {
        "one": {"type": "oauth2", "flow": "implicit"},
        "two": {"type": "oauth2", "flow": "application", "tokenUrl": "https://a.example/t"},
    },
    "paths": {
        "/v1/insured": {
            "get": {
                "parameters": [
                    {"name": "page", "in": "query", "type": "integer"},
                    {"name": "size", "in": "query", "type": "integer", "maximum": 100},
                    {"name": "region", "in": "query", "type": "string", "required": True, "default": "3307"},
                ],
                "responses": {
                    "200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Insured"}}}
                },
            }
        },
        "/v1/xml": {"get": {"produces": ["text/xml"], "responses": {"200": {"$ref": "#/responses/Insured"}}}},
        "/v1/one": {"get": {"responses": {"200": {"$ref": "#/responses/Insured"}}}},
    },
    "responses": {"Insured": {"schema": {"$ref": "#/definitions/Insured"}}},
    "definitions": {
        "Insured": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
    },
}


def test_swagger_is_read_as_if_it_were_version_three() -> None:
    found = imported(SWAGGER, "x")
    assert found.settings["url"] == "https://ybj.example:8443/api"
    assert found.settings["credentials"] == {
        "style": "oauth",
        "tokenUrl": "https://a.example/t",
        "clientId": "client-id",
    }
    columns = {"id": {"type": "text", "required": "true"}}
    page = {"style": "page", "parameter": "page", "sizeParameter": "size", "size": "100"}
    assert found.entities == {
        "insured": {
            "strict": "true",
            "columns": columns,
            "key": ["id"],
            "list": {"path": "/v1/insured", "query": {"region": "3307"}, "page": page},
        },
        "one": {
            "strict": "true",
            "columns": columns,
            "key": ["id"],
            "list": {"path": "/v1/one", "one": "true"},
        },
    }
    assert [(one.pointer, one.reason) for one in found.skipped] == [("/paths/~1v1~1xml/get", Reason.NOT_JSON)]
    read_settings(kinds()["rest"], "x", found.settings)
