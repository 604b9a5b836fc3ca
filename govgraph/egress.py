"""The one guard on every connection the platform opens: where it may reach, and where not.

A department's settings name a host; this page decides whether the platform goes there. Every
address the name resolves to is checked, and the connection is made to a checked address, so a
name that changes its mind between check and connection gains nothing (server-side request
forgery, OWASP A10:2021). Private addresses are the normal case in a city, yet each range is
allowed by the operator, for one department or for all, never by a department's manifest.
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

SCHEMES = frozenset({"http", "https", "mssql", "mysql", "oracle", "postgresql"})
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
METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # nearly all clouds
        "169.254.170.2",
        "169.254.0.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
"""Where clouds hand a machine its own credentials: no range that is allowed holds them."""
LOOPBACK = ip_address("127.0.0.1")
COMPATIBLE, NAT64 = ip_network("::/96"), ip_network("64:ff9b::/96")
ISATAP = 0x00005EFE
GLOBAL_UNICAST = ip_network("2000::/3")
KEPT_BACK = tuple(ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20"))
"""Ranges of the registries of RFC 6890 that the standard library of Python 3.11 takes for public."""


ELSEWHERE = "Give the source an address of the department's network."


class EgressNotAllowedError(CallerError):
    """The platform may not connect there. Names the range, never the host."""

    code = "EGRESS_NOT_ALLOWED"
    remedy = (
        "The system administrator allows a range to one department with `govgraph egress allow`, "
        "or to all in the setting GOVGRAPH_EGRESS_ALLOWED."
    )


class RangeRefusedError(CallerError):
    """What is to be allowed is no range, or none that could be."""

    code = "RANGE_REFUSED"
    remedy = (
        "Write a part of a private range, such as 10.1.2.0/24; public addresses are reached without, "
        "reserved ones never."
    )


class HostUnknownError(SourceRetryError):
    """The host of a source has no address at the moment."""

    code = "SOURCE_UNAVAILABLE"
    remedy = "Ask again later; the department's operator checks the host in the source settings."


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


def allowable(text: str) -> Network:
    """Return the range that a text names, where it may be allowed. Raises `RangeRefusedError`."""
    try:
        named = ip_network(text.strip())
    except ValueError:
        raise RangeRefusedError("This is not a range of addresses") from None
    if any(_within(named, special) for special in SPECIAL):
        return named
    raise RangeRefusedError("This range is not one of those that can be allowed")


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


@dataclass(frozen=True, slots=True)
class Egress:
    """Where the platform may connect to: public addresses, and the `allowed` special ranges.

    `department` is whose sources it is asked for; empty where it stands for none.
    """

    allowed: tuple[Network, ...] = ()
    schemes: frozenset[str] = SCHEMES
    ports: tuple[range, ...] = PORTS
    resolve: Resolve = field(default=resolve)
    department: str = ""

    async def addresses(self, scheme: str, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of `host` to connect to, all of them checked.

        Raises `EgressNotAllowedError` where scheme, port or any one address is not allowed.
        """
        if scheme not in self.schemes:
            raise EgressNotAllowedError(
                "The scheme of the source's address is not allowed",
                remedy=f"Use one of {', '.join(sorted(self.schemes))}.",
            )
        if not any(port in ports for ports in self.ports):
            raise EgressNotAllowedError(
                f"The platform does not connect to port {port}",
                remedy="Offer the source on port 80, 443 or one from 1024 on.",
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
        if plain in METADATA:
            raise EgressNotAllowedError(
                "The platform never connects to an address where a cloud gives out credentials",
                remedy=ELSEWHERE,
            )
        if _is_public(plain) or any(plain in one for one in self.allowed if one.version == plain.version):
            return
        span = next((n for n in SPECIAL if n.version == plain.version and plain in n), None)
        if span is None:
            raise EgressNotAllowedError(
                "The source's address is reserved, multicast or unspecified", remedy=ELSEWHERE
            )
        raise EgressNotAllowedError(
            f"The platform may not connect to addresses in {span}", remedy=self._remedy(span)
        )

    def _remedy(self, span: Network) -> str:
        if self.department:
            command = f"govgraph egress allow {self.department} {span}"
            return f"The system administrator allows the range, or better a part of it: `{command}`"
        return f"The operator adds {span}, or a part of it, to the setting GOVGRAPH_EGRESS_ALLOWED."

    def check_local(self) -> None:
        """Return where sources on this very machine are allowed (a Unix socket counts as loopback)."""
        self.check(LOOPBACK)


def unmapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries inside, else itself.

    Mapped and compatible (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052) and ISATAP (RFC 5214) addresses
    lead to IPv4 on some network. Teredo's (RFC 4380) are not public, so none is reached.
    """
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if address in COMPATIBLE and number > 1:
        return IPv4Address(number & 0xFFFFFFFF)
    if address in NAT64 or (number >> 32) & 0xFDFFFFFF == ISATAP:
        return IPv4Address(number & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    """Return whether an address is one of the public Internet; of IPv6 only what IANA has given out."""
    if any(address in span for span in KEPT_BACK if span.version == address.version):
        return False
    given_out = address.version == 4 or address in GLOBAL_UNICAST
    return address.is_global and not address.is_multicast and given_out
