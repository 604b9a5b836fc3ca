"""Constants as bound parameters: one parameter for each distinct value of a statement."""

from hashlib import blake2s
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, String, bindparam, null
from sqlalchemy.sql.elements import ColumnElement


def constant(value: str | int | bool | None) -> ColumnElement[Any]:
    """Return the parameter that stands for a value; equal values of one type share their parameter.

    Its name is made from the value, so the same statement is written for the same question.
    """
    if value is None:
        return null()
    if isinstance(value, bool):
        return bindparam(f"constant_{value}", value, type_=Boolean())
    if isinstance(value, int):
        return bindparam(f"constant_{value}".replace("-", "minus_"), value, type_=BigInteger())
    return bindparam(f"constant_{blake2s(value.encode(), digest_size=16).hexdigest()}", value, type_=String())


def place(value: int) -> ColumnElement[Any]:
    """Return the parameter that stands for a place in a text, or a number of its characters: 32 bits do."""
    return bindparam(f"place_{value}", value, type_=Integer())
