"""Scalars of the graph: they check and normalise what comes in, and never repeat it.

A value that comes in leaves as the normal form of its semantic type: text, or a whole number for
`Long`. What goes out is passed through: identifiers come as their department keeps them.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from graphql import (
    ConstValueNode,
    FloatValueNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    IntValueNode,
    StringValueNode,
)

from schema.types import normalise, valid_credit_code, valid_id_number

LONG = 1 << 63

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "IdNumber": "公民身份号码 (GB 11643): 18 characters with their check digit; 15 digits are converted.",
        "UnifiedSocialCreditCode": "统一社会信用代码 (GB 32100): 18 characters with their check character.",
        "PlateNumber": "机动车号牌号码, such as 浙G12345.",
        "Phone": "电话号码.",
        "UnitNumber": "不动产单元号: 28 characters.",
        "Date": "A calendar day, ISO 8601: 2026-06-30.",
        "DateTime": "An instant, RFC 3339: 2026-06-30T08:00:00+08:00.",
        "Decimal": "A decimal number, as text: 2400.50.",
        "Long": "A whole number of 64 bits, as a JSON number.",
    }
)
"""The scalars of our own; the others are those of the GraphQL specification."""


def scalar_types() -> dict[str, GraphQLScalarType]:
    """Return all scalars by name, new for each schema; the built-in ones are graphql-core's own."""
    own = {name: _scalar(name, description) for name, description in DESCRIPTIONS.items()}
    return {"String": GraphQLString, "Int": GraphQLInt, "Boolean": GraphQLBoolean, **own}


def _scalar(name: str, description: str) -> GraphQLScalarType:
    read: Callable[[Any], Any] = _read_long if name == "Long" else _reader(name)

    def from_value(value: Any) -> Any:
        read_value = read(value)
        if read_value is None:
            raise GraphQLError(f"The value is not a valid {name}.")
        return read_value

    def from_literal(node: ConstValueNode) -> Any:
        if isinstance(node, StringValueNode) and name != "Long":
            return from_value(node.value)
        if isinstance(node, IntValueNode) and name in {"Long", "Decimal"} and len(node.value) <= 40:
            return from_value(int(node.value))
        if isinstance(node, FloatValueNode) and name == "Decimal":
            return from_value(node.value)
        raise GraphQLError(f"The value is not a valid {name}.")

    return GraphQLScalarType(
        name,
        coerce_output_value=lambda value: value,
        coerce_input_value=from_value,
        coerce_input_literal=from_literal,
        description=description,
    )


def _reader(name: str) -> Callable[[Any], str | None]:
    """Return what turns an input value into its normal form, None where it has none."""

    def read(value: Any) -> str | None:
        if name == "Decimal" and isinstance(value, int | float) and not isinstance(value, bool):
            value = format(value, "f") if isinstance(value, int) or math.isfinite(value) else None
        if not isinstance(value, str) or len(value) > 100 or "\0" in value:
            return None
        normal = normalise(name, value)
        return normal if normal is not None and _holds(name, normal) else None

    return read


def _holds(name: str, normal: str) -> bool:
    """Return whether a normal form also passes the check that only its digits can answer."""
    if name == "IdNumber":
        return valid_id_number(normal)
    if name == "UnifiedSocialCreditCode":
        return valid_credit_code(normal)
    return name != "Date" or _is_day(normal)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _read_long(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and -LONG <= value < LONG else None
