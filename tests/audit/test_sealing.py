"""Sealing: the vectors of the standard, and what must not open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govgraph.sealing import DRAWN, OVERHEAD, SealBrokenError, Sealer

NONCE = b"ABCDEFGHIJKLMNOPQRSTUVWX"
SEALED_ONCE = Sealer(bytes(32)).seal(b"secret", "catalog/1")


@pytest.mark.parametrize(
    ("key", "associated", "expected"),
    [
        (1, b"", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
        (3, b"c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
    ],
)
def test_ciphertext_equals_the_vectors_of_xaes_256_gcm(key: int, associated: bytes, expected: str) -> None:
    cipher = Sealer(bytes([key]) * 32)._derived(NONCE)
    assert cipher.encrypt(NONCE[12:], b"XAES-256-GCM", associated).hex() == expected


@given(st.binary(max_size=200), st.text(max_size=20).filter(str.isprintable))
def test_what_was_sealed_opens_in_its_own_context(plain: bytes, context: str) -> None:
    sealer = Sealer(b"k" * 32)
    sealed = sealer.seal(plain, context)
    assert sealer.open(sealed, context) == plain
    assert len(sealed) == len(plain) + OVERHEAD


def test_sealing_twice_gives_different_bytes() -> None:
    sealer = Sealer(bytes(32))
    assert sealer.seal(b"secret", "a") != sealer.seal(b"secret", "a")


def test_no_nonce_is_used_twice_and_the_first_half_changes() -> None:
    sealer = Sealer(bytes(32))
    nonces = {sealer.seal(b"secret", "a")[1:25] for _ in range(3 * DRAWN)}
    assert len(nonces) == 3 * DRAWN
    assert len({nonce[:12] for nonce in nonces}) == 3


def test_sealed_bytes_swapped_to_another_context_are_refused() -> None:
    with pytest.raises(SealBrokenError):
        Sealer(bytes(32)).open(SEALED_ONCE, "catalog/2")


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBrokenError):
        Sealer(b"\1" * 32).open(SEALED_ONCE, "catalog/1")


@given(st.integers(0, len(SEALED_ONCE) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(position: int, difference: int) -> None:
    altered = bytearray(SEALED_ONCE)
    altered[position] ^= difference
    with pytest.raises(SealBrokenError) as refusal:
        Sealer(bytes(32)).open(bytes(altered), "catalog/1")
    assert refusal.value.code == "SEAL_BROKEN"


@given(st.integers(0, len(SEALED_ONCE) - 1))
def test_cut_bytes_are_refused(length: int) -> None:
    with pytest.raises(SealBrokenError):
        Sealer(bytes(32)).open(SEALED_ONCE[:length], "catalog/1")
