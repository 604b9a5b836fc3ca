"""Statements that hold no value, the same text for the same question, and columns whose index serves."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Boolean, MetaData, String, Table, select
from sqlalchemy import Column as Stored
from sqlalchemy.sql import Select

from auth.masking.masks import MASKS
from connectors.sql.collation import MYSQL
from connectors.sql.dialects import dialect
from connectors.sql.expressions import render
from connectors.sql.translation import replacements
from govgraph.expressions.shorthand import equal, joined
from govgraph.expressions.terms import (
    Among,
    And,
    Bind,
    Column,
    Compare,
    Comparison,
    Constant,
    Expression,
    Kind,
    Not,
    Or,
    Translate,
)

DIALECTS = ("sqlite", "postgresql", "duckdb", "mariadb", "mysql", "trino")
VALUE = Column("value")
SECRET = "330799199003071013"


def cells() -> Table:
    return Table("cells", MetaData(), Stored("value", String), Stored("flag", Boolean))


def asking(expression: Expression, name: str) -> Select[tuple[object]]:
    table = cells()
    return select(render(expression, dict(table.c), name)).select_from(table)


def filtering(expression: Expression, name: str) -> str:
    table = cells()
    return str(
        select(table.c.value).where(render(expression, dict(table.c), name)).compile(dialect=dialect(name))
    )


@pytest.mark.parametrize("name", DIALECTS)
def test_no_constant_stands_in_the_text(name: str) -> None:
    expression = joined(VALUE, SECRET, "'; DROP TABLE cells; --")
    compiled = asking(expression, name).compile(dialect=dialect(name))
    assert SECRET not in str(compiled)
    assert "DROP" not in str(compiled)
    assert SECRET in compiled.params.values()


@pytest.mark.parametrize("name", DIALECTS)
def test_a_constant_used_twice_is_one_parameter(name: str) -> None:
    expression = Or((equal(VALUE, SECRET), equal(joined(VALUE, SECRET), SECRET)))
    compiled = asking(expression, name).compile(dialect=dialect(name))
    places = compiled.positiontup or ()
    assert len(set(places)) == 1
    assert len(places) == 1 or name in (*MYSQL, "trino")  # which have no numbered parameters


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("code", MASKS)
def test_the_same_mask_is_the_same_text_every_time(name: str, code: str) -> None:
    texts = {str(asking(MASKS[code].expression, name).compile(dialect=dialect(name))) for _ in range(2)}
    assert len(texts) == 1


def test_postgresql_looks_for_each_word_of_an_address_once() -> None:
    text = str(asking(MASKS["AD"].expression, "postgresql").compile(dialect=dialect("postgresql")))
    assert text.count("strpos(") == 3


@pytest.mark.parametrize("name", DIALECTS)
def test_a_text_column_read_as_text_stays_bare(name: str) -> None:
    text = str(asking(VALUE, name).compile(dialect=dialect(name)))
    assert text.replace("`", "").replace(" \n", " ").startswith("SELECT cells.value")


@pytest.mark.parametrize(
    "predicate",
    [
        equal(VALUE, Bind("key")),
        Among(VALUE, "keys"),
        And((equal(VALUE, Bind("key")), Not(equal(VALUE, "x")))),
        Compare(Comparison.GREATER_OR_EQUAL, VALUE, Bind("key")),
    ],
)
def test_an_index_serves_in_sqlite(predicate: Expression) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE cells (value TEXT, flag BOOLEAN)")
    connection.execute("CREATE INDEX by_value ON cells (value)")
    explained = connection.execute(
        "EXPLAIN QUERY PLAN " + filtering(predicate, "sqlite"),
        ("[]", "x")[: 1 + ("?2" in filtering(predicate, "sqlite"))],
    )
    assert "USING COVERING INDEX by_value" in str(explained.fetchall())


def test_a_collation_of_the_column_does_not_change_the_meaning_in_sqlite() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE cells (value TEXT COLLATE NOCASE, flag BOOLEAN)")
    connection.execute("INSERT INTO cells VALUES ('ABC', 1)")
    assert connection.execute(filtering(equal(VALUE, Bind("key")), "sqlite"), ("abc",)).fetchall() == []
    assert connection.execute(filtering(Among(VALUE, "keys"), "sqlite"), ('["abc"]',)).fetchall() == []


@pytest.mark.parametrize("name", DIALECTS)
def test_a_truth_in_a_condition_is_not_compared_with_one(name: str) -> None:
    assert "= 1" not in filtering(Column("flag", Kind.BOOLEAN), name)
    assert "= 1" not in filtering(equal(VALUE, Bind("key")), name)


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(KeyError):
        render(joined(VALUE, "x"), {}, "oracle")


@given(
    st.text("abcd'%\ue000\ue001", max_size=8),
    st.permutations("abc'\ue000"),
    st.text("abcd\ue001", max_size=5),
)
def test_replacing_one_after_the_other_is_translating_at_once(
    text: str, source: list[str], target: str
) -> None:
    table = {ord(old): target[place] if place < len(target) else None for place, old in enumerate(source)}
    done = text
    for old, new in replacements("".join(source), target):
        done = done.replace(old, new)
    assert done == text.translate(table)


@pytest.mark.parametrize("count", [12, 13, 60, 200])
def test_sqlite_translates_more_characters_than_its_parser_nests(count: int) -> None:
    source = "".join(chr(0x4E00 + place) for place in range(count))
    expression = Translate(Constant(source + "x"), source, "y" * count)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE cells (value TEXT, flag BOOLEAN)")
    connection.execute("INSERT INTO cells VALUES ('', 0)")
    compiled = asking(expression, "sqlite").compile(dialect=dialect("sqlite"))
    values = [compiled.params[key] for key in compiled.positiontup or ()]
    assert connection.execute(str(compiled), values).fetchone() == ("y" * count + "x",)
