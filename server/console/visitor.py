"""Who presses a button on the demonstration's page: nothing a browser adds reaches the record."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from resolvers.question import Question
from server.entrance import address_of
from server.errors import RequestElsewhereError
from server.parts import Platform

SAME: Final = frozenset({"", "same-origin", "none"})
OWN: Final = frozenset({"localhost"})


async def visitor(request: Request, platform: Platform) -> Question:
    """Return a question without a document that holds the request id and the address only.

    Raises `REQUEST_FROM_ELSEWHERE` for a page of another origin and for a name that only pretends to
    be this machine (DNS rebinding), and `TOO_MANY_REQUESTS`.
    """
    public = urlsplit(platform.settings.public_url)
    host = request.headers.get("host", "")
    origin = request.headers.get("origin", "")
    if request.headers.get("sec-fetch-site", "") not in SAME:
        raise RequestElsewhereError("The request comes from another page")
    if origin and urlsplit(origin).netloc not in {host, public.netloc} - {""}:
        raise RequestElsewhereError("The request comes from another page")
    if not _is_own(urlsplit(f"//{host}").hostname or "", {public.hostname or "", platform.settings.host}):
        raise RequestElsewhereError("The request is addressed to a name that is not this platform's")
    address = address_of(request)
    await platform.entrance.strangers.visit(address)
    return Question(None, None, None, request.state.request_id, address)


def _is_own(name: str, known: set[str]) -> bool:
    """Return whether a name is this platform's; an address is, since nobody can bind it to another one."""
    if name in known | OWN:
        return bool(name)
    try:
        return bool(ip_address(name))
    except ValueError:
        return False
