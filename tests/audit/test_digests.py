"""Digests: the published vectors."""

from govgraph.digests import digest, hex_digest, keyed_digest


def test_sha_256_of_abc_is_the_published_one() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest(b"abc").hex() == hex_digest(b"abc") == expected


def test_hmac_equals_the_second_case_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed_digest(b"Jefe", b"what do ya want for nothing?").hex() == expected
