"""Connections of a REST source: checked addresses, and TLS with certificates of the department's choice."""

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import NamedTemporaryFile

import httpx2

from connectors.errors import SettingProblem, SourceSettingsError
from govgraph.egress import Egress

PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Connects to an address that the egress guard has checked, under the name that was asked for."""

    def __init__(self, egress: Egress, inner: httpx2.AsyncBaseTransport) -> None:
        self._egress = egress
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request to the first checked address; TLS still proves the host's name."""
        url = request.url
        port = url.port or PORTS.get(url.scheme, 0)
        addresses = await self._egress.addresses(url.scheme, url.host, port)
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=addresses[0])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def transport(egress: Egress, tls: ssl.SSLContext, connections: int) -> CheckedTransport:
    """Return what carries requests, over at most so many connections at one time."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return CheckedTransport(egress, httpx2.AsyncHTTPTransport(verify=tls, limits=limits, trust_env=False))


def tls_context(source: str, authority: str, certificate: str) -> ssl.SSLContext:
    """Return what TLS is spoken with: `authority` is who is believed, `certificate` who the platform is.

    Both are PEM text and may be empty. Raises `SourceSettingsError` where one is none.
    """
    try:
        context = (
            ssl.create_default_context(cadata=authority)
            if authority
            else httpx2.create_ssl_context(trust_env=False)
        )
    except (ssl.SSLError, ValueError):
        raise SourceSettingsError(source, [_no_certificate("authority")]) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        try:
            with _readable(certificate.encode()) as path:
                context.load_cert_chain(path, password=lambda: b"")  # asks no terminal for a password
        except (ssl.SSLError, ValueError):
            raise SourceSettingsError(source, [_no_certificate("certificate.secret")]) from None
    return context


def _no_certificate(setting: str) -> SettingProblem:
    return SettingProblem(
        setting, "holds no certificate that can be used", "write PEM; a key without password"
    )


@contextmanager
def _readable(content: bytes) -> Iterator[str]:
    """Yield a path that holds a secret for a moment: in memory on Linux, elsewhere a file of this user alone.

    OpenSSL reads a key from a path only; a key must not be left on the disk.
    """
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("key", os.MFD_CLOEXEC)
        try:
            os.write(number, content)
            yield f"/proc/self/fd/{number}"
        finally:
            os.close(number)
        return
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file.name
