"""OpenAPI documents as departments write them: of version 3.0 in JSON, and of 3.1 in YAML."""

from collections.abc import Mapping
from typing import Any

from connectors.rest.openapi.reading import read_document

TEXT = """
openapi: 3.1.0
info: {title: 医保参保信息, version: "1"}
servers:
  - url: "https://{host}:8443/api"
    variables: {host: {default: ybj.example}}
security: [{key: []}]
paths:
  /v1/insured:
    get:
      summary: 参保人员
      parameters:
        - {name: page, in: query, schema: {type: integer, default: 1}}
        - {name: size, in: query, schema: {type: integer, maximum: 500}}
        - {name: region, in: query, required: true, schema: {type: string, default: "330702"}}
        - {name: X-Caller, in: header, required: true, schema: {enum: [city]}}
      responses:
        200:
          content:
            application/json:
              schema:
                type: object
                properties:
                  code: {type: integer}
                  data:
                    type: object
                    properties:
                      total: {type: integer}
                      rows: {type: array, items: {$ref: "#/components/schemas/Insured"}}
  /v1/insured/{idNo}:
    parameters: [{$ref: "#/components/parameters/idNo"}]
    get:
      responses:
        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/Insured"}}}}
  /v1/orgs/{id}/people:
    get:
      responses:
        "200": {content: {"*/*": {schema: {type: array, items: {$ref: "#/components/schemas/Person"}}}}}
  /v1/state:
    get: {responses: {"200": {$ref: "#/components/responses/State"}}}
  /v1/picture:
    get: {responses: {"200": {content: {image/png: {}}}}}
  /v1/words:
    get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {type: string}}}}}}}
  /v1/words/{of}:
    get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {type: string}}}}}}}
  /v1/word:
    get: {responses: {"200": {content: {application/json: {schema: {type: string}}}}}}
  /v1/lost:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Lost"}}}}}}
  /v1/elsewhere:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "other.yaml#/A"}}}}}}
  /v1/circle:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Circle"}}}}}}
  /v1/anything:
    get: {responses: {"200": {content: {application/json: {schema: {type: object}}}}}}
  /v1/nothing:
    get: {responses: {"200": {content: {application/json: {}}}}}
  /v1/silent:
    get: {responses: {"200": {description: what it answers is not said}}}
  /v1/shown:
    get:
      responses:
        "200":
          content:
            application/json:
              examples:
                one: {value: {total: 1, rows: [{idNo: "3307", share: 1, married: true, left: null}]}}
  /v1/guarded:
    get:
      parameters: [{name: session, in: cookie, required: true, schema: {type: string}}]
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Insured"}}}}}
  "/v1/odd path":
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Insured"}}}}}}
  /v1/orders:
    post: {responses: {"200": {content: {application/json: {schema: {type: object}}}}}}
components:
  securitySchemes:
    cookie: {type: apiKey, in: cookie, name: sid}
    key: {type: apiKey, in: header, name: X-Api-Key}
  parameters:
    idNo: {name: idNo, in: path, required: true, schema: {type: string}}
  responses:
    State: {content: {application/problem+json: {schema: {properties: {up: {type: boolean}}}}}}
  schemas:
    Circle: {$ref: "#/components/schemas/Circle"}
    Insured:
      allOf:
        - {$ref: "#/components/schemas/Person"}
        - type: object
          required: [state, balance]
          properties:
            state: {type: [string, "null"]}
            balance: {type: number}
            since: {type: string, format: date}
            place: {type: object, properties: {"a.b": {type: string}, town: {type: string}}}
            family: {type: array, items: {$ref: "#/components/schemas/Insured"}}
            partner: {$ref: "#/components/schemas/Insured"}
    Person:
      type: object
      required: [idNo]
      properties:
        id: {type: integer}
        idNo: {type: string}
        married: {type: boolean, description: "婚姻状况\\n第二行"}
"""


def document() -> Mapping[str, Any]:
    """Return the document, parsed."""
    read: Mapping[str, Any] = read_document(TEXT.encode())
    return read


def has_get(given: Mapping[str, Any]) -> bool:
    """Return whether any operation of a document is a GET."""
    return any(isinstance(item, dict) and "get" in item for item in given.get("paths", {}).values())


def answers_json(given: Mapping[str, Any]) -> bool:
    """Return whether any GET of a document says that it answers JSON; looked for in its text alone."""
    return any(
        "json" in str(media).lower() or media == "*/*"
        for item in given.get("paths", {}).values()
        if isinstance(item, dict) and isinstance(item.get("get"), dict)
        for status, response in item["get"].get("responses", {}).items()
        if str(status) in {"200", "201", "203", "206", "2XX", "2xx", "default"}
        for media in _resolved(given, response).get("content", {})
    )


def _resolved(given: Mapping[str, Any], response: Any) -> Mapping[str, Any]:
    found = response
    reference = response.get("$ref", "") if isinstance(response, dict) else ""
    for name in reference.split("/")[1:]:
        found = (given if found is response else found).get(name.replace("~1", "/"), {})
    return found if isinstance(found, dict) else {}
