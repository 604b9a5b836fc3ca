"""Counts by name, as every request makes some: a `Counter` takes ten times as long to make."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

Counts: TypeAlias = defaultdict[str, int]


def counts() -> Counts:
    """Return counts that are all zero."""
    return defaultdict(int)


def add(to: Counts, more: Mapping[str, int]) -> None:
    """Add counts to others."""
    for name, count in more.items():
        to[name] += count
