"""Identifiers: none twice, and those of receipts in the order of their time."""

import re
from itertools import pairwise

from govgraph.randomness import DRAWN, Identifiers, OrderedIdentifiers


def test_an_identifier_has_32_digits_and_comes_once() -> None:
    for identifiers in (Identifiers(), OrderedIdentifiers()):
        drawn = [identifiers() for _ in range(2 * DRAWN + 1)]
        assert len(set(drawn)) == len(drawn)
        assert all(re.fullmatch("[0-9a-f]{32}", one) for one in drawn)


def test_ordered_identifiers_stand_in_the_order_of_their_milliseconds() -> None:
    moments = iter(range(0, 10**15, 10**12 - 7))
    identifiers = OrderedIdentifiers(lambda: next(moments))
    assert all(one[:12] < other[:12] for one, other in pairwise(identifiers() for _ in range(900)))


def test_identifiers_of_one_millisecond_differ_in_what_nobody_can_guess() -> None:
    identifiers = OrderedIdentifiers(lambda: 10**18)
    one, other = identifiers(), identifiers()
    assert one[:12] == other[:12]
    assert one[12:] != other[12:]
