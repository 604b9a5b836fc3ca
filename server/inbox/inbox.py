"""The inbox: notices are kept for their readers, and sent on, signed, to the address a reader named."""

import hmac
import secrets
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

import anyio
import httpx2
import orjson

from connectors.rest.transport import transport
from govgraph.clock import Clock
from govgraph.egress import Egress, HostUnknownError
from govgraph.errors import GovGraphError
from govgraph.rotation import RotatingSealer
from server.inbox.errors import WebhookRefusedError
from server.inbox.notice import NoticeKind
from server.inbox.store import Due, NoticeStore, Webhook

SIGNATURE: Final = "GovGraph-Signature"
"""Header `t=<seconds since 1970>,v1=<HMAC-SHA-256 of "t.body" in hex>`; the time ends replays."""
TIMEOUT: Final = 5.0
TRIES: Final = 8
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=6)
"""Between two tries, doubled each time."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Keeps and sends notices. `egress` says which addresses may be connected to."""

    store: NoticeStore
    sealer: RotatingSealer
    egress: Callable[[], Egress]
    clock: Clock

    async def tell(self, readers: Sequence[str], kind: NoticeKind, subject: str, text: str) -> None:
        """Keep a notice for each reader."""
        await self.store.put(readers, kind, subject, text)

    async def set_webhook(self, reader: str, url: str) -> str:
        """Return the key that signs what is sent there from now on; it is shown this once.

        Raises `WebhookRefusedError`, or `EgressNotAllowedError` where the platform may not connect there.
        """
        await self._check(url)
        key = secrets.token_urlsafe(32)
        await self.store.set_webhook(Webhook(reader, url, self.sealer.seal(key.encode(), _context(reader))))
        return key

    async def send_due(self) -> int:
        """Send what is due and return how many notices were taken; what fails comes again, ever later."""
        taken = 0
        while (due := await self.store.take_due(FIRST)) is not None:
            taken += 1
            sent = await self._sent(due)
            later = None if sent or due.tries >= TRIES else min(FIRST * 2**due.tries, LONGEST)
            await self.store.put_off(due.notice.id, later)
        return taken

    async def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError:
            raise WebhookRefusedError("This is no address") from None
        if len(url) > 500 or not port or not parts.hostname or parts.username is not None:
            raise WebhookRefusedError("Notices cannot be sent to this address")
        try:
            await self.egress().addresses(parts.scheme, parts.hostname, port)
        except HostUnknownError:
            raise WebhookRefusedError("The host of this address is not known") from None

    async def _sent(self, due: Due) -> bool:
        """Return whether the reader's server took the notice; of its answer the status alone is read.

        The server is a client's own: neither an answer without end nor a slow one holds up who looks.
        """
        notice = due.notice
        body = orjson.dumps(
            {
                "id": notice.id,
                "kind": notice.kind.value,
                "subject": notice.subject,
                "text": notice.text,
                "madeAt": notice.made_at,
            }
        )
        key = self.sealer.open(due.webhook.sealed, _context(due.webhook.reader))
        moment = int(self.clock.now().timestamp())
        headers = {"Content-Type": "application/json", SIGNATURE: signature(key, moment, body)}
        carried = transport(self.egress(), ssl.create_default_context(), 1)
        try:
            with anyio.fail_after(TIMEOUT):
                async with (
                    httpx2.AsyncClient(transport=carried, timeout=TIMEOUT, trust_env=False) as http,
                    http.stream("POST", due.webhook.url, content=body, headers=headers) as response,
                ):
                    return response.is_success
        except (httpx2.HTTPError, GovGraphError, TimeoutError):
            return False


def signature(key: bytes, moment: int, body: bytes) -> str:
    """Return the header with which a notice is sent at a moment."""
    digest = hmac.new(key, f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _context(reader: str) -> str:
    return f"webhook|{reader}"
