"""A choice of some of a few things, drawn at once; drawn one by one it costs a property most of its time."""

from collections.abc import Collection
from itertools import combinations
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


def subsets(of: Collection[T], at_least: int = 0) -> st.SearchStrategy[frozenset[T]]:
    """Return every choice of at least so many of a few; smaller ones come first."""
    sizes = range(at_least, len(of) + 1)
    return st.sampled_from([frozenset(one) for size in sizes for one in combinations(of, size)])
