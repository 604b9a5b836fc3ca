"""The statements for Oracle and SQL Server, as SQLAlchemy's own dialects write them: text, no value in it."""

from decimal import Decimal

import pytest

from connectors.errors import UnsupportedReadError
from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql.keys import key_tuples
from connectors.sql.plain_select import PlainSelect
from connectors.sql.tables import Description

ENTITY = Entity(
    "人口",
    tuple(
        EntityColumn(name, kind)
        for name, kind in (
            ("sfzh", ColumnType.TEXT),
            ("序号", ColumnType.INTEGER),
            ("money", ColumnType.DECIMAL),
            ("born", ColumnType.DATE),
            ("select", ColumnType.TEXT),
        )
    ),
)
HOSTILE = Entity("t%s\"]'; DROP TABLE x --", (EntityColumn("a]%(k)s\"'", ColumnType.TEXT),))
GOLDEN = {
    (
        "oracle",
        "all",
    ): 'SELECT "RK"."人口".sfzh, "RK"."人口"."select" FROM "RK"."人口" FETCH FIRST :1 ROWS ONLY',
    ("oracle", "key"): 'SELECT "RK"."人口"."sfzh" FROM "RK"."人口" WHERE "RK"."人口"."sfzh" IN (:1) '
    "FETCH FIRST :2 ROWS ONLY",
    ("mssql", "all"): "SELECT TOP (%s) [RK].[人口].[sfzh], [RK].[人口].[select] FROM [RK].[人口]",
    ("mssql", "key"): "SELECT TOP (%s) [RK].[人口].[sfzh] FROM [RK].[人口] WHERE [RK].[人口].[sfzh] IN (%s)",
}
GOLDEN["oracle", "all"] = GOLDEN["oracle", "all"].replace(".sfzh", '."sfzh"')
BOTH = pytest.mark.parametrize("dialect", ["oracle", "mssql"])


def plain(dialect: str, columns: tuple[str, ...], keys: tuple[str, ...] = ()) -> PlainSelect:
    return PlainSelect(Description(ENTITY, "RK"), columns, keys, dialect)


def flat(text: str) -> str:
    return " ".join(text.split())


@BOTH
def test_all_rows_are_asked_for_within_a_bound(dialect: str) -> None:
    asked = plain(dialect, ("sfzh", "select")).of_all(7)
    assert (flat(asked.text), asked.arguments) == (GOLDEN[dialect, "all"], (7,))


@BOTH
def test_a_key_is_a_parameter(dialect: str) -> None:
    (asked,) = plain(dialect, ("sfzh",), ("sfzh",)).of_keys([("3307",)], 9)
    assert flat(asked.text) == GOLDEN[dialect, "key"]
    assert asked.arguments == (("3307", 9) if dialect == "oracle" else (9, "3307"))


@BOTH
def test_keys_of_two_columns_are_matched_without_rows_of_values(dialect: str) -> None:
    keys = [(f"k{number}", number) for number in range(10)]
    (asked,) = plain(dialect, ("sfzh",), ("sfzh", "序号")).of_keys(keys, 9)
    condition = flat(asked.text).partition(" WHERE ")[2]
    first = (
        '"RK"."人口"."sfzh" = :1 AND "RK"."人口"."序号" = :2 OR "RK"."人口"."sfzh" = :3'
        if dialect == "oracle"
        else "[RK].[人口].[sfzh] = %s AND [RK].[人口].[序号] = %s OR [RK].[人口].[sfzh] = %s"
    )
    assert condition.startswith(first)
    assert [value for value in asked.arguments if value != 9 or isinstance(value, str)][:4] == [
        "k0",
        0,
        "k1",
        1,
    ]


@BOTH
@pytest.mark.parametrize(
    ("keys", "sizes"), [(1, [1]), (2, [10]), (1000, [1000]), (1001, [1000, 1]), (2500, [1000, 1000, 1000])]
)
def test_no_list_has_more_than_a_thousand_members(dialect: str, keys: int, sizes: list[int]) -> None:
    wanted = [(f"k{number}",) for number in range(keys)]
    asked = list(plain(dialect, ("sfzh",), ("sfzh",)).of_keys(wanted, 9))
    assert [len(one.arguments) - 1 for one in asked] == sizes
    assert {value for one in asked for value in one.arguments} == {key for (key,) in wanted} | {9}


@BOTH
def test_keys_of_several_columns_stay_within_a_thousand_parameters(dialect: str) -> None:
    wanted = [(f"k{number}", number) for number in range(1000)]
    asked = list(plain(dialect, ("sfzh",), ("sfzh", "序号")).of_keys(wanted, 9))
    assert max(len(one.arguments) for one in asked) <= 1001


@BOTH
def test_so_many_texts_at_most_are_sent_for_all_lengths_of_a_batch(dialect: str) -> None:
    select = plain(dialect, ("sfzh",), ("sfzh",))
    batches = [[(f"k{number}",) for number in range(length)] for length in range(1, 1001, 37)]
    assert len({one.text for batch in batches for one in select.of_keys(batch, 9)}) <= 4


@BOTH
def test_no_value_stands_in_a_statement(dialect: str) -> None:
    hostile = "330799199003071013' OR 1=1 --"
    for keys in ([(hostile,)], [(f"{hostile}{number}",) for number in range(30)]):
        for asked in plain(dialect, ("sfzh",), ("sfzh",)).of_keys(keys, 424242):
            assert "3307" not in asked.text
            assert "424242" not in asked.text
            assert "'" not in asked.text


def test_hostile_names_stay_names() -> None:
    names = (HOSTILE.columns[0].name,)
    oracle = PlainSelect(Description(HOSTILE, 'S"'), names, (), "oracle").of_all(1).text
    assert flat(oracle).startswith('SELECT "S"""."t%s""]\'; DROP TABLE x --"."a]%(k)s""\'" FROM')
    mssql = PlainSelect(Description(HOSTILE, "S]"), names, (), "mssql").of_all(1).text
    bound = flat(mssql % ("@P1",))  # as the driver puts the names of parameters into the text
    assert bound.startswith("SELECT TOP (@P1) [S]]].[t%s\"]]'; DROP TABLE x --].[a]]%(k)s\"'] FROM")


def test_a_dot_in_the_name_of_a_schema_parts_nothing() -> None:
    text = PlainSelect(Description(ENTITY, "a.b"), ("sfzh",), (), "mssql").of_all(1).text
    assert "[a.b].[人口]" in text


@BOTH
def test_parts_of_keys_are_spelled_as_their_columns_store_them(dialect: str) -> None:
    parts = plain(dialect, ("sfzh",), ("sfzh", "序号", "money")).parts()
    bound = [("a", "7", "1.5"), ("b", "07", "1"), ("c", "7", "1.50"), ("d", "x", "1")]
    assert key_tuples(bound, parts) == [("a", 7, Decimal("1.5"))]


def test_the_empty_text_is_asked_of_sql_server_alone() -> None:
    found = {
        name: key_tuples([("",)], plain(name, ("sfzh",), ("sfzh",)).parts()) for name in ("oracle", "mssql")
    }
    assert found == {"oracle": [], "mssql": [("",)]}


@BOTH
def test_a_day_is_no_key(dialect: str) -> None:
    with pytest.raises(UnsupportedReadError):
        plain(dialect, ("sfzh",), ("born",)).parts()
