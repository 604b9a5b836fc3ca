"""What the dialects spell differently. Whole numbers are 64 bits, texts VARCHAR."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Numeric, String
from sqlalchemy.types import TypeEngine

from connectors.sql.collation import MYSQL, indexed, listed, members
from connectors.sql.pairs import bound_pairs
from govgraph.expressions.terms import Kind

SQL_TYPES: Mapping[Kind, type[TypeEngine[Any]]] = MappingProxyType(
    {
        Kind.TEXT: String,
        Kind.INTEGER: BigInteger,
        Kind.DECIMAL: Numeric,
        Kind.BOOLEAN: Boolean,
        Kind.DATE: String,
        Kind.INSTANT: String,
    }
)
STANDARD: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "VARCHAR",
        Kind.INTEGER: "BIGINT",
        Kind.DECIMAL: "NUMERIC",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.DATE: "VARCHAR",
        Kind.INSTANT: "VARCHAR",
    }
)


def _class(characters: str) -> str:
    """Return characters as the inside of a class of a regular expression."""
    return "".join(f"\\x{{{ord(character):x}}}" for character in characters)


def _any_other(characters: str) -> str:
    """Return PostgreSQL's regular expression for a character that is none of these."""
    return "[^" + "".join(f"\\U{ord(character):08x}" for character in characters) + "]"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One dialect's patterns; `{0}`, `{1}` … stand for what is written already, in brackets where needed.

    `integer` reads 1 to 18 digits, null for other text. `decimal` reads a canonical decimal. `within`
    is an operation `{0} {1} {2}` that is null beyond 64 bits. `among` holds a value against a bound
    list. `paired` finds the text beside a text in a bound mapping; it reads the mapping once.
    `translate` replaces all at once; None where characters are replaced one by one. `trim` and `only_of`
    take a set of characters, as `set_of` and `all_of` write it. `types` are what a bare null is cast to.
    `once` is a value {0} over terms {1} computed beneath it as columns of {2}; empty where a term is written
    wherever it stands. `wide` makes 64 bits of a `length` or `position` of fewer. A `lenient` dialect repeats
    nothing less than no times, and begins a `slice_from` before the text where the text begins.
    """

    length: str
    slice: str
    slice_from: str
    repeat: str
    trim: str
    position: str
    integer: str
    decimal: str
    among: str
    among_decimals: str
    paired: str
    within: str
    whole: str
    text: str
    divide: str = "/"
    translate: str | None = "translate({0}, {1}, {2})"
    wide: str = "{0}"
    once: str = ""
    lenient: bool = False
    only_of: str = "(trim({0}, {1}) = '')"
    set_of: Callable[[str], str] = str
    all_of: Callable[[str], str] = str
    types: Mapping[Kind, str] = field(default_factory=lambda: STANDARD)


PAIRED = (
    "(SELECT p.v FROM (SELECT DISTINCT k.k, k.v FROM "
    "JSON_TABLE({{1}}, '$[*]' COLUMNS (k {0}, v {1})) k) p WHERE p.k = {{0}})"
)
WHOLE = "BETWEEN -9223372036854775808 AND 9223372036854775807"
MARIADB = Spelling(
    length="char_length({0})",
    slice="substr({0}, {1}, {2})",
    slice_from="substr({0}, {1})",
    repeat="repeat({0}, {1})",
    trim="regexp_replace({0}, concat('\\A[', {1}, ']+|[', {1}, ']+\\z'), '')",
    position="(locate({1}, {0}) - 1)",
    integer="CASE WHEN {0} REGEXP '\\A[0-9]{{1,18}}\\z' THEN CAST({0} AS SIGNED) END",
    decimal="CAST({0} AS DECIMAL(65, 30))",
    among="({0} IN " + members(listed("mariadb"), "{1}") + ")",
    among_decimals="({0} IN " + members("DECIMAL(65, 30) PATH '$'", "{1}") + ")",
    paired=PAIRED.format(indexed("mariadb", "$[0]"), listed("mariadb", "$[1]")),
    within=(
        f"CASE WHEN CAST({{0}} AS DECIMAL(65)) {{1}} {{2}} {WHOLE} "
        "THEN CAST(CAST({0} AS DECIMAL(65)) {1} {2} AS SIGNED) END"
    ),
    whole="CAST({0} AS SIGNED)",
    text="CAST({0} AS CHAR)",
    divide="DIV",
    translate=None,
    only_of="({0} REGEXP concat('\\A[', {1}, ']*\\z'))",
    set_of=_class,
    all_of=_class,
    types=MappingProxyType(
        {
            Kind.TEXT: "CHAR",
            Kind.DATE: "CHAR",
            Kind.INSTANT: "CHAR",
            Kind.INTEGER: "SIGNED",
            Kind.DECIMAL: "DECIMAL(65, 30)",
            Kind.BOOLEAN: "SIGNED",
        }
    ),
)


SPELLINGS: Mapping[str, Spelling] = MappingProxyType(
    {
        "sqlite": Spelling(
            length="length({0})",
            slice="substr({0}, {1}, {2})",
            slice_from="substr({0}, {1})",
            # No repeat: zeros in hexadecimal, replaced; `substr` keeps a null count null.
            repeat="substr(replace(hex(zeroblob({1})), '00', {0}), 1, {1})",
            trim="trim({0}, {1})",
            position="(instr({0}, {1}) - 1)",
            integer=(
                "CASE WHEN {0} NOT GLOB '*[^0-9]*' AND length({0}) BETWEEN 1 AND 18 "
                "THEN CAST({0} AS INTEGER) END"
            ),
            decimal="CAST({0} AS NUMERIC)",
            among="({0} IN (SELECT json_each.value FROM json_each({1})))",
            among_decimals="({0} IN (SELECT CAST(json_each.value AS NUMERIC) FROM json_each({1})))",
            paired=(
                "(SELECT p.v FROM (SELECT key AS k, max(value) AS v FROM json_each({1}) GROUP BY key) p "
                "WHERE p.k = {0})"
            ),
            within="CASE WHEN typeof({0} {1} {2}) = 'integer' THEN {0} {1} {2} END",
            whole="CAST({0} AS INTEGER)",
            text="CAST({0} AS TEXT)",
            translate=None,
        ),
        "postgresql": Spelling(
            length="char_length({0})",
            slice="substr({0}, CAST({1} AS INTEGER), CAST({2} AS INTEGER))",
            slice_from="substr({0}, CAST({1} AS INTEGER))",
            repeat="repeat({0}, CAST({1} AS INTEGER))",
            trim="btrim({0}, {1})",
            only_of="({0} !~ {1})",
            all_of=_any_other,
            position="(strpos({0}, {1}) - 1)",
            wide="CAST({0} AS BIGINT)",
            once="(SELECT {0} FROM (SELECT {1} OFFSET 0) AS {2})",
            lenient=True,
            # A pattern that counts, `{1,18}`, takes eight times as long as one that does not.
            integer=(
                "CASE WHEN {0} <> '' AND char_length({0}) < 19 AND {0} !~ '[^0-9]' "
                "THEN CAST({0} AS BIGINT) END"
            ),
            decimal="CAST({0} AS NUMERIC)",
            among="({0} = ANY ({1}))",
            among_decimals="({0} = ANY (CAST({1} AS NUMERIC[])))",
            paired="((SELECT CAST({1} AS JSONB)) ->> {0})",
            within=(
                "CASE WHEN CAST({0} AS NUMERIC) {1} {2} BETWEEN -9223372036854775808 AND 9223372036854775807 "
                "THEN CAST(CAST({0} AS NUMERIC) {1} {2} AS BIGINT) END"
            ),
            whole="CAST({0} AS BIGINT)",
            text="CAST({0} AS VARCHAR)",
        ),
        "duckdb": Spelling(
            length="length({0})",
            slice="substr({0}, {1}, {2})",
            slice_from="substr({0}, {1})",
            repeat="repeat({0}, {1})",
            trim="trim({0}, {1})",
            position="(strpos({0}, {1}) - 1)",
            integer="CASE WHEN regexp_full_match({0}, '[0-9]{{1,18}}') THEN TRY_CAST({0} AS BIGINT) END",
            # 28 digits before the point, 10 after; a number beyond them compares as null.
            decimal="TRY_CAST({0} AS DECIMAL(38, 10))",
            among="({0} IN (SELECT unnest({1})))",
            among_decimals="({0} IN (SELECT unnest(TRY_CAST({1} AS DECIMAL(38, 10)[]))))",
            paired=(
                "(SELECT p.v FROM (SELECT e[1] AS k, e[2] AS v FROM (SELECT unnest({1}) AS e)) p "
                "WHERE p.k = {0})"
            ),
            within="TRY_CAST((CAST({0} AS HUGEINT) {1} {2}) AS BIGINT)",
            whole="CAST({0} AS BIGINT)",
            text="CAST({0} AS VARCHAR)",
            divide="//",
        ),
        "trino": Spelling(
            length="length({0})",
            slice="substr({0}, {1}, {2})",
            slice_from="substr({0}, {1})",
            repeat="lpad('', {1}, {0})",  # Trino's own `repeat` makes an array
            trim="trim(BOTH {1} FROM {0})",
            only_of="(trim(BOTH {1} FROM {0}) = '')",
            position="(strpos({0}, {1}) - 1)",
            integer="CASE WHEN regexp_like({0}, '\\A[0-9]{{1,18}}\\z') THEN TRY_CAST({0} AS BIGINT) END",
            # 28 digits before the point, 10 after; a number beyond them compares as null.
            decimal="TRY_CAST({0} AS DECIMAL(38, 10))",
            among="({0} IN (SELECT k.v FROM UNNEST({1}) AS k (v)))",
            among_decimals="({0} IN (SELECT TRY_CAST(k.v AS DECIMAL(38, 10)) FROM UNNEST({1}) AS k (v)))",
            paired="element_at(CAST(json_parse({1}) AS MAP(VARCHAR, VARCHAR)), {0})",
            # Of two numbers of 64 bits, 38 digits hold sum and product.
            within="TRY_CAST((CAST({0} AS DECIMAL(19, 0)) {1} CAST({2} AS DECIMAL(19, 0))) AS BIGINT)",
            whole="CAST({0} AS BIGINT)",
            text="CAST({0} AS VARCHAR)",
        ),
        "mariadb": MARIADB,
        "mysql": replace(
            MARIADB,
            among=MARIADB.among.replace(listed("mariadb"), listed("mysql")),
            paired=PAIRED.format(indexed("mysql", "$[0]"), listed("mysql", "$[1]")),
        ),
    }
)


def bound(value: Any, dialect: str) -> Any:
    """Return the value of a bind as the dialect's client takes it: no nulls in lists, decimals as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return bound_pairs(value, dialect)
    if isinstance(value, list | tuple | set | frozenset):
        items = [bound(item, dialect) for item in value if item is not None]
        return orjson.dumps(items).decode() if dialect == "sqlite" or dialect in MYSQL else items
    return value
