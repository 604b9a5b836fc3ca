"""Positions of records within a block of 65,536: kept as numbers of two bytes, worked with as bits.

A record's bit counts from the block's first record. Where a block is full and a term stands in more
than one record of sixteen, its positions are kept as the bits themselves, which is shorter; an odd
number of bytes tells the two apart.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Final

BLOCK: Final = 65_536
BYTES: Final = BLOCK // 8
ALL: Final = (1 << BLOCK) - 1
BITS: Final = b"b"
"""Ends the bytes of positions that are kept as bits."""


def spelled(offsets: Iterable[int]) -> bytes:
    """Return offsets in a block, in rising order, as they are kept; later ones are put behind them."""
    return array("H", offsets).tobytes()


def bits_of(kept: bytes) -> int:
    """Return kept positions as bits."""
    if len(kept) % 2:
        return int.from_bytes(kept[:-1], "little")
    offsets = array("H")
    offsets.frombytes(kept)
    bits = bytearray(BYTES)
    for offset in offsets:
        bits[offset >> 3] |= 1 << (offset & 7)
    return int.from_bytes(bits, "little")


def shortened(kept: bytes) -> bytes:
    """Return the positions of a full block in the shorter of the two spellings."""
    if len(kept) <= BYTES:
        return kept
    return bits_of(kept).to_bytes(BYTES, "little") + BITS


def falling(bits: int) -> Iterator[int]:
    """Yield the offsets of bits that are set, the last first."""
    rest = bits.to_bytes(BYTES, "little").rstrip(b"\0")
    for at in range(len(rest) - 1, -1, -1):
        eight = rest[at]
        while eight:
            top = eight.bit_length() - 1
            eight ^= 1 << top
            yield at * 8 + top


def before(count: int) -> int:
    """Return the bits of a block's first records, `count` of them at most."""
    return ALL if count >= BLOCK else (1 << max(count, 0)) - 1
