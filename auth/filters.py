"""Row filters: which rows of a resource a grant opens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from auth.errors import FilterRefusedError
from auth.principal import Principal
from govgraph.clock import years_before
from govgraph.expressions.terms import (
    And,
    Bind,
    Column,
    Compare,
    Comparison,
    Constant,
    Expression,
    IsNull,
    Kind,
    Length,
    Not,
    Or,
    Slice,
)


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


COMPARISONS: Mapping[Operator, Comparison] = {
    Operator.EQ: Comparison.EQUAL,
    Operator.NE: Comparison.UNEQUAL,
    Operator.GT: Comparison.GREATER,
    Operator.GTE: Comparison.GREATER_OR_EQUAL,
    Operator.LT: Comparison.LESS,
    Operator.LTE: Comparison.LESS_OR_EQUAL,
}


def to_expression(rows: RowFilter, kinds: Mapping[str, Kind]) -> Expression:
    """Return the filter as a predicate over `Column(field name)`: exactly its rows make it true.

    `kinds` says how a field is read; text where it is silent. Dates are read as ISO 8601 text. What
    the caller brings is a `Bind`, named by `bind_name`; `runtime_values` gives its values.
    Raises `FILTER_REFUSED` where a value fits neither operator nor field.
    """
    return And(tuple(condition_expression(one, kinds) for one in rows.conditions))


def condition_expression(condition: Condition, kinds: Mapping[str, Kind]) -> Expression:
    """Return one condition as a predicate over `Column(field name)`."""
    kind = kinds.get(condition.field, Kind.TEXT)
    column = Column(condition.field, kind)
    match condition.operator, condition.value:
        case Operator.IS_NULL, bool() as null:
            return IsNull(column) if null else Not(IsNull(column))
        case Operator.IN, tuple() as values:
            return Or(tuple(Compare(Comparison.EQUAL, column, _constant(one, column)) for one in values))
        case Operator.NOT_IN, tuple() as values:
            return And(tuple(Compare(Comparison.UNEQUAL, column, _constant(one, column)) for one in values))
        case Operator.STARTS_WITH, (str() | Attribute()) as value if kind is Kind.TEXT:
            prefix = _operand(value, column)
            return Compare(Comparison.EQUAL, Slice(column, Constant(0), Length(prefix)), prefix)
        case operator, (str() | bool() | Attribute() | YearsBeforeToday()) as value if (
            operator in COMPARISONS
        ):
            return Compare(COMPARISONS[operator], column, _operand(value, column))
        case _:
            raise _refused(condition.field)


def bind_name(value: Attribute | YearsBeforeToday) -> str:
    """Return the name of the bind that carries a value: `caller.department`, `today-14y`."""
    return f"caller.{value.name}" if isinstance(value, Attribute) else f"today-{value.years}y"


def runtime_value_names(conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the names of the binds that these conditions need."""
    return frozenset(bind_name(value) for value in _runtime(conditions))


def runtime_values(
    conditions: Iterable[Condition], caller: Principal, today: date
) -> Mapping[str, str | None]:
    """Return the values of the binds that these conditions need.

    A caller without the attribute brings null, on which no comparison is true.
    """
    brought = {"department": caller.department, "subject": caller.subject}
    return {
        bind_name(value): brought.get(value.name)
        if isinstance(value, Attribute)
        else years_before(today, value.years).isoformat()
        for value in _runtime(conditions)
    }


def _runtime(conditions: Iterable[Condition]) -> list[Attribute | YearsBeforeToday]:
    return [one.value for one in conditions if isinstance(one.value, Attribute | YearsBeforeToday)]


def _operand(value: str | bool | Attribute | YearsBeforeToday, column: Column) -> Expression:
    if not isinstance(value, Attribute | YearsBeforeToday):
        return _constant(value, column)
    if column.kind is not Kind.TEXT:
        raise _refused(column.name)
    return Bind(bind_name(value))


def _constant(value: str | bool, column: Column) -> Constant:
    """Return a written value as a constant of the column's kind."""
    if column.kind is Kind.BOOLEAN:
        if value in (True, False, "true", "false"):
            return Constant(value in (True, "true"))
    elif isinstance(value, str):
        if column.kind is Kind.TEXT:
            return Constant(value)
        if value.removeprefix("-").isdecimal() and value.isascii():
            return Constant(int(value))
    raise _refused(column.name)


def _refused(field: str) -> FilterRefusedError:
    return FilterRefusedError("A condition's value fits neither its operator nor its field", where=field)
