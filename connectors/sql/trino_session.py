"""The HTTP session of Trino's driver, held to the one checked address of the coordinator."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL


class _Held(HTTPAdapter):
    """Connects to a checked address, whatever the name says by then; TLS still proves the name.

    A coordinator names where its rows are fetched: a name other than its own is not followed.
    """

    def __init__(self, scheme: str, named: tuple[str, int], checked: str) -> None:
        self._scheme = scheme
        self._named = named
        self._checked = checked
        super().__init__()

    def init_poolmanager(self, *given: Any, **options: Any) -> None:
        """Make the pool of connections, which prove the name they were asked for."""
        if self._scheme == "https":
            options |= {"server_hostname": self._named[0], "assert_hostname": self._named[0]}
        super().init_poolmanager(*given, **options)

    def send(self, request: PreparedRequest, *given: Any, **options: Any) -> Response:
        """Return the answer. Raises `InvalidURL` for any other place than the coordinator."""
        parts = urlsplit(request.url or "")
        if (parts.scheme, parts.hostname, parts.port) != (self._scheme, *self._named):
            raise InvalidURL("The coordinator names another place")
        request.headers["Host"] = parts.netloc
        place = f"[{self._checked}]" if ":" in self._checked else self._checked
        request.url = urlunsplit(parts._replace(netloc=f"{place}:{self._named[1]}"))
        return super().send(request, *given, **options)


def session(scheme: str, named: tuple[str, int], checked: str) -> Session:
    """Return a session that reaches one address, follows no redirect and asks no proxy of the machine."""
    made = Session()
    made.trust_env = False
    made.max_redirects = 0
    made.adapters.clear()
    made.mount(f"{scheme}://", _Held(scheme, named, checked))
    return made
