"""Row filters: which rows of a resource a grant opens."""

from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a field is held against a value."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "notIn"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    STARTS_WITH = "startsWith"
    IS_NULL = "isNull"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value taken from the caller when the read runs: `department` or `subject`."""

    name: str


@dataclass(frozen=True, slots=True)
class YearsBeforeToday:
    """The day so many years before today, as ISO 8601 text."""

    years: int


ConditionValue = str | bool | tuple[str, ...] | Attribute | YearsBeforeToday


@dataclass(frozen=True, slots=True)
class Condition:
    """One field held against one value; `field` is a field name of the resource."""

    field: str
    operator: Operator
    value: ConditionValue


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows on which every condition is true. Null is not true."""

    conditions: tuple[Condition, ...]
