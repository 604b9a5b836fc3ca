"""A library's REST service with its OpenAPI document, beside the platform, which asks for a key."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

READERS = (
    {"djbh": "DZ1", "sfzh": "330799199003071013", "xm": "陈志远", "zt": 1},
    {"djbh": "DZ2", "sfzh": "330799199105221027", "xm": "李秋华", "zt": 1},
)
READER: Mapping[str, Any] = {
    "type": "object",
    "required": ["djbh"],
    "properties": {
        **{name: {"type": "string"} for name in ("djbh", "sfzh", "xm")},
        "zt": {"type": "integer"},
    },
}


def answers(schema: Mapping[str, Any], media: str = "application/json") -> Mapping[str, Any]:
    """Return an operation that answers what the schema describes."""
    return {"responses": {"200": {"content": {media: {"schema": schema}}}}}


DOCUMENT: Mapping[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "/api"}],
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}},
    "security": [{"key": []}],
    "paths": {
        "/duzhe": {"get": answers({"type": "array", "items": READER})},
        "/duzhe/{djbh}": {"get": answers(READER)},
        "/badge": {"get": answers({"type": "string"}, "image/png")},
    },
}


class _Library(BaseHTTPRequestHandler):
    """Answers the document to everybody, readers to whoever brings the key."""

    key = ""

    def do_GET(self) -> None:
        """Answer one request."""
        found = self._found() if self.path == "/openapi.json" or self._proved() else None
        body = json.dumps(found).encode()
        self.send_response(200 if found is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _proved(self) -> bool:
        return self.headers["X-Api-Key"] == self.key

    def _found(self) -> object:
        if self.path == "/openapi.json":
            return DOCUMENT
        if self.path == "/api/duzhe":
            return READERS
        return next((one for one in READERS if self.path == f"/api/duzhe/{one['djbh']}"), None)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library names it so
        """Say nothing."""


@contextmanager
def readers_served(key: str) -> Iterator[str]:
    """Serve the readers on a free port of this machine, and yield the address."""
    library = type("Library", (_Library,), {"key": key})
    with ThreadingHTTPServer(("127.0.0.1", 0), library) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
