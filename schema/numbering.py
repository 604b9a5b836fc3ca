"""The number in a key: by what keys that are tried one after the other differ."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from auth.rights import Level
from schema.catalog import CatalogField, Resource
from schema.normal_forms import CREDIT_CODE_ALPHABET

Numbered: TypeAlias = tuple[str, int]
"""The series that a key belongs to, and its number in it. Two keys are neighbours within one series only."""

Numbering: TypeAlias = Callable[[str], Numbered | None]
"""Gives the series and number of a key in normal form; None where it has none."""

GIVEN_OUT: Final = frozenset(
    {"PlateNumber", "Phone", "UnitNumber", "BankAccount", "VehicleIdentificationNumber"}
)
"""Types of keys that somebody gives out in order; whatever resource asks for one, it is the same series."""
OWN: Final = frozenset({"Text", "Int", "Long"})
"""Types whose values are in order where they are the key of a resource; a series of its own."""
LAST_DIGITS: Final = re.compile(r"(?s)(.*?)([0-9]{4,18})")
SEQUENCE, CHECK = 8, 16
"""Places in a credit code: of the number within its registration authority, and of the check digits."""


def numbering_of(resource: Resource, field: CatalogField) -> Numbering:
    """Return what numbers the values of a field; the keys of a code table, known to all, have no number."""
    if field.codes:
        return without_number
    if field.type == "IdNumber":
        return of_id_number
    if field.type == "UnifiedSocialCreditCode":
        return of_credit_code
    if field.type in GIVEN_OUT:
        return last_digits(field.type)
    if field.type in OWN and field.name in resource.key and field.level is not Level.L1:
        return last_digits(f"{resource.name}.{field.name}")
    return without_number


def without_number(_key: str) -> Numbered | None:
    """Return None."""
    return None


def of_id_number(key: str) -> Numbered | None:
    """Return the area, day of birth and sequence as one number; the check digit follows from them."""
    return ("IdNumber", int(key[:17])) if len(key) == 18 and key[:17].isdecimal() else None


def of_credit_code(key: str) -> Numbered | None:
    """Return the number within its authority and area, without the check digits (GB 32100-2015)."""
    number = 0
    for letter in key[SEQUENCE:CHECK]:
        place = CREDIT_CODE_ALPHABET.find(letter)
        if place < 0:
            return None
        number = number * len(CREDIT_CODE_ALPHABET) + place
    return f"UnifiedSocialCreditCode {key[:SEQUENCE]}", number


def last_digits(series: str) -> Numbering:
    """Return what numbers keys by the digits they end in; what stands before these is part of the series."""

    def numbered(key: str) -> Numbered | None:
        found = LAST_DIGITS.fullmatch(key)
        return (f"{series} {found[1]}", int(found[2])) if found else None

    return numbered
