"""Surnames, and what begins like one without being a name of a person."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Surnames:
    """Surnames of one and of two characters, last characters of other things, and whole other words."""

    single: frozenset[str]
    double: frozenset[str]
    endings: frozenset[str]
    others: frozenset[str]


@cache
def surnames() -> Surnames:
    """Return the lists that stand beside this file, read once."""
    text = files("schema").joinpath("discovery", "surnames.yaml").read_text(encoding="utf-8")
    written: dict[str, str] = yaml.safe_load(text)
    single, endings = ("".join(written[name].split()) for name in ("single", "endings"))
    double, others = (written[name].split() for name in ("double", "others"))
    return Surnames(frozenset(single), frozenset(double), frozenset(endings), frozenset(others))
