"""The platform connects where it may, and nowhere else."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from govgraph.egress import Address, Egress, EgressNotAllowedError, HostUnknownError, networks

pytestmark = pytest.mark.anyio


def names(*addresses: str) -> Egress:
    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address(address) for address in addresses]

    return Egress(networks("10.1.0.0/16"), resolve=resolve)


@pytest.mark.parametrize(
    ("host", "span"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("127.9.9.9", "127.0.0.0/8"),
        ("10.2.0.1", "10.0.0.0/8"),
        ("192.168.1.1", "192.168.0.0/16"),
        ("169.254.169.254", "169.254.0.0/16"),
        ("[::1]", "::1/128"),
        ("::ffff:127.0.0.1", "127.0.0.0/8"),
        ("64:ff9b::7f00:1", "127.0.0.0/8"),
        ("2002:7f00:1::", "127.0.0.0/8"),
        ("fd00::1", "fc00::/7"),
    ],
)
async def test_special_addresses_are_refused_and_the_range_is_named(host: str, span: str) -> None:
    with pytest.raises(EgressNotAllowedError) as caught:
        await names().addresses("http", host, 80)
    assert span in caught.value.text
    assert "GOVGRAPH_EGRESS_ALLOWED" in caught.value.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"])
async def test_addresses_that_no_source_can_have_are_refused(host: str) -> None:
    with pytest.raises(EgressNotAllowedError):
        await names().addresses("http", host, 80)


async def test_an_allowed_range_is_reached() -> None:
    assert await names().addresses("http", "10.1.2.3", 8080) == ("10.1.2.3",)


async def test_a_public_address_is_reached() -> None:
    assert await names("93.184.216.34").addresses("https", "example.org", 443) == ("93.184.216.34",)


async def test_one_refused_address_among_many_refuses_the_host() -> None:
    with pytest.raises(EgressNotAllowedError) as caught:
        await names("93.184.216.34", "127.0.0.1").addresses("https", "secret-host.example", 443)
    assert "secret-host" not in caught.value.text


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost"])
async def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises((EgressNotAllowedError, HostUnknownError)):
        await Egress().addresses("http", host, 80)


@pytest.mark.parametrize(
    ("scheme", "port"), [("file", 80), ("gopher", 80), ("http", 22), ("http", 25), ("http", 0)]
)
async def test_other_schemes_and_ports_are_refused(scheme: str, port: int) -> None:
    with pytest.raises(EgressNotAllowedError):
        await names("93.184.216.34").addresses(scheme, "example.org", port)


async def test_a_host_without_address_is_unavailable_not_forbidden() -> None:
    with pytest.raises(HostUnknownError) as caught:
        await names().addresses("http", "nowhere.invalid", 80)
    assert caught.value.code == "SOURCE_UNAVAILABLE"
    assert "nowhere" not in caught.value.text


def test_a_list_of_ranges_must_be_ranges() -> None:
    assert len(networks("10.0.0.0/8, 127.0.0.0/8")) == 2
    with pytest.raises(ValueError, match="10"):
        networks("10.0.0.1/8")
