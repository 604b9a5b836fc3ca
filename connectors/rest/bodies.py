"""What a REST source's answer says: JSON with exact numbers, its characters, and the next page."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from email.message import Message
from typing import Any
from urllib.parse import urljoin, urlsplit

from anyio import to_thread

from connectors.errors import SourceAnswerError, SourceUnavailableError

LARGE = 1_000_000  # bytes; more are read beside the event loop
CHINESE = frozenset({"gbk", "gb2312", "gb18030"})
LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)')
RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))', re.IGNORECASE)


async def parsed(body: bytes, charset: str) -> Any:
    """Return JSON with exact numbers; deep nesting and not-a-number are refused like any other garbage."""
    if len(body) > LARGE:
        return await to_thread.run_sync(_parsed, body, charset)
    return _parsed(body, charset)


def _parsed(body: bytes, charset: str) -> Any:
    try:
        text: str | bytes = body.decode("gb18030") if charset in CHINESE else body
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise SourceUnavailableError("The source answered something other than JSON") from None


def _no_constant(_name: str) -> None:
    raise ValueError


def charset_of(content_type: str) -> str:
    """Return the character set that a content type names, in small letters; empty for none."""
    message = Message()
    message["content-type"] = content_type
    return str(message.get_content_charset("") or "").lower()


def next_link(links: Sequence[str], asked: str) -> str:
    """Return the address of the next page that `Link` headers name (RFC 8288); empty for none."""
    for address, parameters in LINK.findall(", ".join(links)):
        relations = " ".join(part for found in RELATION.findall(parameters) for part in found)
        if "next" in relations.lower().split():
            return str(urljoin(asked, address))
    return ""


def same_origin(link: str, url: str) -> str:
    """Return the address of a next page. Raises `SourceAnswerError` where it leads to another server.

    The request carries the platform's proof of who it is, which is for this source alone.
    """
    there, here = urlsplit(link), urlsplit(url)
    try:
        same = (there.scheme, there.hostname, _port(there)) == (here.scheme, here.hostname, _port(here))
    except ValueError:
        same = False
    if not same or there.username is not None:
        raise SourceAnswerError("The source names a next page on another server")
    return link


def _port(parts: Any) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)
