"""What SQLite, PostgreSQL and DuckDB spell differently. Numbers are BIGINT, texts VARCHAR, everywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, Boolean, Integer, String, bindparam, case, cast, func, select
from sqlalchemy import literal_column as literal
from sqlalchemy.sql.elements import ColumnElement, Grouping
from sqlalchemy.types import Numeric, TypeEngine

from connectors.sql.constants import constant
from govgraph.expressions.terms import Kind

Sql = ColumnElement[Any]
Guard = Callable[[str, Sql, Sql], Sql]

WIDE = Numeric(38, 10)
"""The decimals that DuckDB compares: 28 digits before the point, 10 after."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One dialect's way to write each term; arguments are written already."""

    length: Callable[[Sql], Sql]
    slice: Callable[[Sql, Sql, Sql | None], Sql]
    repeat: Callable[[str, Sql], Sql]
    translate: Callable[[Sql, str, str], Sql]
    trim: Callable[[Sql, str], Sql]
    position: Callable[[Sql, str], Sql]
    integer: Callable[[Sql], Sql]
    decimal: Callable[[Sql], Sql]
    among: Callable[[Sql, str, Kind], Sql]
    within_64_bits: Guard
    divide: str
    collation: str | None


def operate(left: Sql, operator: str, right: Sql, result: TypeEngine[Any] | None = None) -> Sql:
    """Return an operation whose operands are in brackets, whatever they are."""
    return Grouping(left).op(operator, return_type=result or BigInteger())(Grouping(right))


def spelling(dialect: str) -> Spelling:
    """Return the spelling of `sqlite`, `postgresql` or `duckdb`. Raises `KeyError` for any other."""
    return {"sqlite": _sqlite, "postgresql": _postgresql, "duckdb": _duckdb}[dialect]()


def bound(value: Any, dialect: str) -> Any:
    """Return the value of a bind as the dialect's client takes it: lists without nulls, decimals as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple | set | frozenset):
        items = [bound(item, dialect) for item in value if item is not None]
        return orjson.dumps(items).decode() if dialect == "sqlite" else items
    return value


def type_of(kind: Kind) -> TypeEngine[Any]:
    """Return the type of a parameter; a decimal travels as text and is cast where it arrives."""
    types: Mapping[Kind, TypeEngine[Any]] = {Kind.INTEGER: BigInteger(), Kind.BOOLEAN: Boolean()}
    return types.get(kind, String())


def _sqlite() -> Spelling:
    def repeat(character: str, count: Sql) -> Sql:
        # SQLite has no repeat: zeros in hexadecimal, replaced; `substr` keeps a null count null.
        zeros = func.hex(func.zeroblob(count))
        return func.substr(func.replace(zeros, literal("'00'"), constant(character)), literal("1"), count)

    def translate(text: Sql, source: str, target: str) -> Sql:
        return reduce(
            lambda done, step: func.replace(done, constant(step[0]), constant(step[1])),
            replacements(source, target),
            text,
        )

    def integer(text: Sql) -> Sql:
        digits = Grouping(text).op("NOT GLOB", return_type=Boolean())(literal("'*[^0-9]*'"))
        length = func.length(text).op("BETWEEN", return_type=Boolean())(literal("1 AND 18"))
        return case((digits & length, cast(text, BigInteger)))

    def among(value: Sql, bind: str, kind: Kind) -> Sql:
        rows = func.json_each(bindparam(bind, type_=String(), required=True)).table_valued("value").c.value
        item = decimal(rows) if kind is Kind.DECIMAL else rows
        return Grouping(value).op("IN", return_type=Boolean())(select(item).scalar_subquery())

    def decimal(text: Sql) -> Sql:
        return cast(text, Numeric())

    def guard(_operator: str, left: Sql, right: Sql) -> Sql:
        result = operate(left, _operator, right)
        return case((func.typeof(result) == literal("'integer'"), result))

    return Spelling(
        length=func.length,
        slice=lambda text, start, length: func.substr(*_present(text, start, length)),
        repeat=repeat,
        translate=translate,
        trim=lambda text, characters: func.trim(text, constant(characters)),
        position=lambda text, needle: func.instr(text, constant(needle)),
        integer=integer,
        decimal=decimal,
        among=among,
        within_64_bits=guard,
        divide="/",
        collation="BINARY",
    )


def _postgresql() -> Spelling:
    def integer(text: Sql) -> Sql:
        spelled = Grouping(text).op("~", return_type=Boolean())(literal("'^[0-9]{1,18}$'"))
        return case((spelled, cast(text, BigInteger)))

    def among(value: Sql, bind: str, kind: Kind) -> Sql:
        listed: Sql = bindparam(bind, type_=ARRAY(type_of(kind)), required=True)
        if kind is Kind.DECIMAL:
            listed = cast(listed, ARRAY(Numeric()))
        return Grouping(value).op("=", return_type=Boolean())(func.any(listed))

    def guard(operator: str, left: Sql, right: Sql) -> Sql:
        result = operate(cast(left, Numeric()), operator, cast(right, Numeric()), Numeric())
        fits = Grouping(result).op("BETWEEN", return_type=Boolean())(
            literal("-9223372036854775808 AND 9223372036854775807")
        )
        return case((fits, cast(result, BigInteger)))

    return Spelling(
        length=lambda text: cast(func.char_length(text), BigInteger),
        slice=lambda text, start, length: func.substr(
            text, *(cast(value, Integer) for value in _present(start, length))
        ),
        repeat=lambda character, count: func.repeat(constant(character), cast(count, Integer)),
        translate=lambda text, source, target: func.translate(text, constant(source), constant(target)),
        trim=lambda text, characters: func.btrim(text, constant(characters)),
        position=lambda text, needle: cast(func.strpos(text, constant(needle)), BigInteger),
        integer=integer,
        decimal=lambda text: cast(text, Numeric()),
        among=among,
        within_64_bits=guard,
        divide="/",
        collation="C",
    )


def _duckdb() -> Spelling:
    def integer(text: Sql) -> Sql:
        spelled = func.regexp_full_match(text, literal("'[0-9]{1,18}'"))
        return case((spelled, func.try_cast(text.op("AS")(literal("BIGINT")), type_=BigInteger())))

    def decimal(text: Sql) -> Sql:
        return func.try_cast(text.op("AS")(literal("DECIMAL(38, 10)")), type_=WIDE)

    def among(value: Sql, bind: str, kind: Kind) -> Sql:
        rows: Sql = func.unnest(bindparam(bind, type_=ARRAY(type_of(kind)), required=True)).column_valued(
            "listed"
        )
        item = decimal(rows) if kind is Kind.DECIMAL else rows
        return Grouping(value).op("IN", return_type=Boolean())(select(item).scalar_subquery())

    def guard(operator: str, left: Sql, right: Sql) -> Sql:
        wide = func.try_cast(left.op("AS")(literal("HUGEINT")))
        result = Grouping(operate(wide, operator, right))
        return func.try_cast(result.op("AS")(literal("BIGINT")), type_=BigInteger())

    return Spelling(
        length=func.length,
        slice=lambda text, start, length: func.substr(*_present(text, start, length)),
        repeat=lambda character, count: func.repeat(constant(character), count),
        translate=lambda text, source, target: func.translate(text, constant(source), constant(target)),
        trim=lambda text, characters: func.trim(text, constant(characters)),
        position=lambda text, needle: func.strpos(text, constant(needle)),
        integer=integer,
        decimal=decimal,
        among=among,
        within_64_bits=guard,
        divide="//",
        collation=None,
    )


def _present(*arguments: Sql | None) -> Sequence[Sql]:
    return [argument for argument in arguments if argument is not None]


def replacements(source: str, target: str) -> Sequence[tuple[str, str]]:
    """Return replacements that, one after the other, do what translating all at once does.

    Where a character is both replaced and a replacement, each goes through a code of two characters
    that the tables do not use; the first of the two is put beyond doubt before.
    """
    pairs = [(old, new) for old, new in zip(source, target, strict=True) if old != new]
    news = {new for _, new in pairs}
    if not any(old in news for old, _ in pairs):
        return pairs
    unused = [chr(point) for point in range(0xE000, 0xF8FF) if chr(point) not in source + target]
    escape, itself, *codes = unused[: len(pairs) + 2]
    coded = [(old, escape + code, new) for (old, new), code in zip(pairs, codes, strict=True)]
    return [
        (escape, escape + itself),
        *((old, code) for old, code, _ in coded),
        *((code, new) for _, code, new in coded),
        (escape + itself, escape),
    ]
