"""A REST source on this machine: well-behaved under /v1, and one path for each kind of trouble."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "key-of-the-platform"
ROWS = [
    {"idNo": f"3307{number:014}", "area": "330702" if number % 3 else None, "state": 1, "balance": number / 8}
    for number in range(450)
]
BY_KEY = {row["idNo"]: row for row in ROWS}


class Source(BaseHTTPRequestHandler):
    """A well-behaved source at /v1, and one for each kind of trouble."""

    released = threading.Event()
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        _, _, query = self.path.partition("?")
        given = dict(part.split("=") for part in query.split("&") if part)
        start = (int(given.get("page", 1)) - 1) * int(given.get("size", 200))
        self._answer({"data": ROWS[start : start + int(given.get("size", 200))]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        trouble = getattr(self, "_" + self.path.strip("/").replace("/", "_"), None)
        if trouble is not None:
            trouble()
        elif self.headers.get("X-Api-Key") != KEY:
            self._answer({"error": "no"}, 401)
        else:
            ids = json.loads(body)["ids"]
            assert len(ids) <= 500
            self._answer({"data": [BY_KEY[one] for one in ids if one in BY_KEY]})

    def _hang(self) -> None:
        self.released.wait(30)
        self.close_connection = True

    def _status_500(self) -> None:
        self._answer({"error": "SELECT secret FROM host-17"}, 500)

    def _status_429(self) -> None:
        self._answer({}, 429)

    def _status_403(self) -> None:
        self._answer({}, 403)

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _garbage(self) -> None:
        self._bytes(b"{not json 330799199003071013", "application/json")

    def _deep(self) -> None:
        self._bytes(b"[" * 100_000 + b"]" * 100_000, "application/json")

    def _nan(self) -> None:
        self._bytes(b'{"data": [{"idNo": NaN}]}', "application/json")

    def _page(self) -> None:
        self._bytes(b"<html>sign in</html>", "text/html")

    def _shape(self) -> None:
        self._answer({"data": [1, 2]})

    def _large(self) -> None:
        self._bytes(b'{"data": [' + b" " * 3_000_000 + b"]}", "application/json")

    def _cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"data"')
        self.close_connection = True

    def _more(self) -> None:
        self._answer({"data": ROWS})

    def _dirty(self) -> None:
        dirt = {"idNo": ROWS[0]["idNo"], "balance": [1], "state": "a\0b"}
        huge = {"idNo": ROWS[1]["idNo"], "balance": 1, "state": None}
        text = json.dumps({"data": [dirt, huge]}).replace('"balance": 1,', '"balance": 1e999999,')
        self._bytes(text.encode(), "application/json")

    def _answer(self, body: object, status: int = 200) -> None:
        self._bytes(json.dumps(body).encode(), "application/json", status)

    def _bytes(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what these tests are about."""


@contextmanager
def served() -> Iterator[str]:
    Source.released.clear()
    server = QuietServer(("127.0.0.1", 0), Source)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Source.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
