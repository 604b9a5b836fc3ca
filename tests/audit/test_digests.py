"""Digests: the published vectors."""

from hypothesis import given
from hypothesis import strategies as st

from govgraph.digests import KeyedDigests, digest, hex_digest, keyed_digest


def test_sha_256_of_abc_is_the_published_one() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest(b"abc").hex() == hex_digest(b"abc") == expected


def test_hmac_equals_the_second_case_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed_digest(b"Jefe", b"what do ya want for nothing?").hex() == expected


KEYS = st.binary(min_size=1, max_size=64) | st.binary(min_size=63, max_size=140)
"""Beyond 64 bytes a key is digested first."""


@given(key=KEYS, contents=st.lists(st.binary(), min_size=2, max_size=4))
def test_a_state_begun_once_gives_the_same_digests(key: bytes, contents: list[bytes]) -> None:
    keyed = KeyedDigests(key)
    assert [keyed.of(content) for content in contents] == [keyed_digest(key, one) for one in contents]
