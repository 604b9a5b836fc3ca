"""The one guard on every connection the platform opens: where it may reach, and where not.

A department's settings name a host; this page decides whether the platform goes there. Every
address the name resolves to is checked, and the connection is made to a checked address, so a
name that changes its mind between check and connection gains nothing (server-side request
forgery, OWASP A10:2021). Private addresses are the normal case in a city, yet each range is
allowed by the operator, never by a department's manifest.
"""

import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import anyio

from govgraph.errors import CallerError, SourceRetryError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

SCHEMES = frozenset({"http", "https", "mysql", "postgresql"})
PORTS = (range(80, 81), range(443, 444), range(1024, 65536))
SPECIAL = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "::1/128",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fe80::/10",
        "fc00::/7",
    )
)  # RFC 6890 ranges that a city may really use; each can be allowed by name
LOOPBACK = ip_address("127.0.0.1")


class EgressNotAllowedError(CallerError):
    """The platform may not connect there. Names the range, never the host."""

    code = "EGRESS_NOT_ALLOWED"
    remedy = "The operator allows a range in the setting GOVGRAPH_EGRESS_ALLOWED"


class HostUnknownError(SourceRetryError):
    """The host of a source has no address at the moment."""

    code = "SOURCE_UNAVAILABLE"
    remedy = "Ask again later; the department's operator checks the host in the source settings"


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host, as the machine's resolver gives them."""
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(ip_address(entry[4][0].partition("%")[0]) for entry in found)


def networks(text: str) -> tuple[Network, ...]:
    """Return the ranges of a list such as `10.0.0.0/8, 127.0.0.0/8`. Raises ValueError where one is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Egress:
    """Where the platform may connect to: public addresses, and the `allowed` special ranges."""

    allowed: tuple[Network, ...] = ()
    schemes: frozenset[str] = SCHEMES
    ports: tuple[range, ...] = PORTS
    resolve: Resolve = field(default=resolve)

    async def addresses(self, scheme: str, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of `host` to connect to, all of them checked.

        Raises `EgressNotAllowedError` where scheme, port or any one address is not allowed.
        """
        if scheme not in self.schemes:
            raise EgressNotAllowedError(
                "The scheme of the source's address is not allowed",
                remedy=f"Use one of {', '.join(sorted(self.schemes))}",
            )
        if not any(port in ports for ports in self.ports):
            raise EgressNotAllowedError(
                f"The platform does not connect to port {port}",
                remedy="Offer the source on port 80, 443 or one from 1024 on",
            )
        found = await self._resolved(host, port)
        for address in found:
            self.check(address)
        return tuple(dict.fromkeys(str(address) for address in found))

    async def _resolved(self, host: str, port: int) -> Sequence[Address]:
        try:
            return (ip_address(host.strip("[]")),)
        except ValueError:
            found = await self.resolve(host, port)
        if not found:
            raise HostUnknownError("The host of the source has no address")
        return found

    def check(self, address: Address) -> None:
        """Return where the platform may connect to this address; else raise `EgressNotAllowedError`."""
        plain = unmapped(address)
        if any(plain in network for network in self.allowed if network.version == plain.version):
            return
        if plain.is_global and not plain.is_multicast:
            return
        span = next((n for n in SPECIAL if n.version == plain.version and plain in n), None)
        if span is None:
            raise EgressNotAllowedError(
                "The source's address is reserved, multicast or unspecified",
                remedy="Give the source an address of the department's network",
            )
        raise EgressNotAllowedError(
            f"The platform may not connect to addresses in {span}",
            remedy=f"The operator adds {span}, or a part of it, to the setting GOVGRAPH_EGRESS_ALLOWED",
        )

    def check_local(self) -> None:
        """Return where sources on this very machine are allowed (a Unix socket counts as loopback)."""
        self.check(LOOPBACK)


def unmapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries inside (mapped, 6to4, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in ip_network("64:ff9b::/96"):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
