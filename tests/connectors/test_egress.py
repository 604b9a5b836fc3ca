"""The platform connects where it may, and nowhere else."""

from collections.abc import Sequence
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as some

from govgraph.egress import (
    METADATA,
    SPECIAL,
    Address,
    Egress,
    EgressNotAllowedError,
    HostUnknownError,
    RangeRefusedError,
    allowable,
    networks,
    unmapped,
)

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
        ("169.254.1.1", "169.254.0.0/16"),
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


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "::a9fe:a9fe",
        "2606:4700::5efe:a9fe:a9fe",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
    ],
)
async def test_no_range_that_is_allowed_opens_the_metadata_of_a_cloud(host: str) -> None:
    everything = networks("0.0.0.0/0, ::/0, 169.254.169.254/32, fd00:ec2::254/128")
    with pytest.raises(EgressNotAllowedError) as caught:
        await Egress(everything).addresses("http", host, 80)
    assert "allow" not in caught.value.how


@pytest.mark.parametrize(
    "host",
    [
        "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1",
        "240.0.0.1",
        "0.1.2.3",
        "192.0.2.1",
        "fec0::1",
        "3fff::1",
        "5f00::1",
        "100::1",
        "4000::1",
        "2001:db8::1",
        "2001:0:5db8:d822::",
        "64:ff9b:1::5db8:d822",
    ],
)
async def test_what_the_registries_keep_back_is_not_public(host: str) -> None:
    with pytest.raises(EgressNotAllowedError):
        await Egress().addresses("http", host, 80)


FORMS = (
    "::ffff:{0}",
    "::{0}",
    "64:ff9b::{0}",
    "2002:{1}::",
    "2002:{1}:1234::99",
    "2606:4700::5efe:{0}",
    "2606:4700::200:5efe:{0}",
)


def verdict(egress: Egress, address: str) -> str:
    """Return what is said of an address."""
    try:
        egress.check(ip_address(address))
    except EgressNotAllowedError as error:
        return error.text
    return "allowed"


@given(some.ip_addresses(v=4).filter(lambda one: int(one) > 1), some.sampled_from(FORMS))
def test_an_address_inside_an_address_is_judged_as_itself(inner: IPv4Address, form: str) -> None:
    halves = f"{int(inner) >> 16:x}:{int(inner) & 0xFFFF:x}"
    egress = Egress(networks("10.1.0.0/16"))
    assert verdict(egress, form.format(inner, halves)) == verdict(egress, str(inner))


@given(some.ip_addresses())
def test_what_is_neither_public_nor_allowed_is_refused(address: Address) -> None:
    plain = unmapped(address)
    if verdict(Egress(), str(address)) == "allowed":
        kinds = ("multicast", "private", "reserved", "link_local", "loopback", "unspecified")
        assert plain.is_global
        assert not [kind for kind in kinds if getattr(plain, f"is_{kind}")]


@given(some.sampled_from([*map(str, SPECIAL)]), some.integers(0, 2**16))
def test_the_range_that_a_refusal_names_is_the_one_to_allow(span: str, offset: int) -> None:
    special = ip_network(span)
    address = special[offset % special.num_addresses]
    refused = verdict(Egress(department="housing-fund"), str(address))
    if unmapped(address) in METADATA:
        assert "govgraph" not in refused
        return
    assert f"`govgraph egress allow housing-fund {span}`" in refused
    assert verdict(Egress((allowable(span),)), str(address)) == "allowed"


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.1/8", "0.0.0.0/0", "::/0", "8.8.8.0/24", "224.0.0.0/4", "10.0.0.0/7", "localhost", "1" * 99],
)
def test_what_is_no_private_range_cannot_be_allowed(text: str) -> None:
    with pytest.raises(RangeRefusedError) as caught:
        allowable(text)
    assert not text or text not in caught.value.what


async def test_a_name_that_changes_its_mind_is_asked_once_and_the_checked_address_is_the_one() -> None:
    answers = ["93.184.216.34", "127.0.0.1"]

    async def rebinding(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address(answers.pop(0))]

    egress = Egress(resolve=rebinding)
    assert await egress.addresses("https", "rebinding.example", 443) == ("93.184.216.34",)
    assert answers == ["127.0.0.1"]
    with pytest.raises(EgressNotAllowedError):
        await egress.addresses("https", "rebinding.example", 443)


async def test_an_allowed_range_is_reached() -> None:
    assert await names().addresses("http", "10.1.2.3", 8080) == ("10.1.2.3",)


async def test_a_public_address_is_reached() -> None:
    assert await names("93.184.216.34").addresses("https", "example.org", 443) == ("93.184.216.34",)


async def test_one_refused_address_among_many_refuses_the_host() -> None:
    with pytest.raises(EgressNotAllowedError) as caught:
        await names("93.184.216.34", "127.0.0.1").addresses("https", "secret-host.example", 443)
    assert "secret-host" not in caught.value.text


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.0.0.1.",
        "[::1]",
        "::1%lo",
        "１２７.0.0.1",
    ],
)
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
