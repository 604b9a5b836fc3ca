"""A small table of people, as SQLite and PostgreSQL hold it, and a read of it by key."""

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg

from connectors.model import Binds, Keys, Order, Output, Read
from govgraph.expressions.terms import (
    Bind,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Repeat,
    Slice,
)

TABLE = "t_rk_jbxx"
MAKE = (
    f"CREATE TABLE {TABLE} (sfzh text PRIMARY KEY, xm text, n bigint, share numeric, ok boolean, csrq date)",
    f"INSERT INTO {TABLE} VALUES ('330799199003071013', '陈志远', 7, 0.50, true, '1990-03-07')",
    f"INSERT INTO {TABLE} VALUES ('330799201902120021', '陈小苗', NULL, 2400, false, '2019-02-12')",
    f"INSERT INTO {TABLE} VALUES ('330799199106290025', NULL, -1, NULL, NULL, NULL)",
    f"CREATE VIEW v_all AS SELECT sfzh, xm, n > 0 AS big FROM {TABLE}",
)
BY_KEY = Read(
    TABLE,
    (Output("name", Concat((Slice(Column("xm"), Constant(0), Constant(1)), Repeat("*", Constant(2))))),),
    keys=Keys((Column("sfzh"),), "keys"),
    predicate=Compare(Comparison.UNEQUAL, Column("sfzh"), Bind("caller.subject")),
    order=(Order(Column("sfzh")),),
)


def sqlite_city(folder: Path) -> str:
    path = folder / "secret-folder" / "people.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        for statement in MAKE:
            database.execute(statement)
        database.execute("CREATE TABLE dirt (id TEXT, cell TEXT, day DATE, number INTEGER)")
        database.execute(
            "INSERT INTO dirt VALUES ('1', '3307' || char(0) || '99199003071013', 20160520, 'not a number')"
        )
        database.execute("INSERT INTO dirt VALUES ('2', CAST(x'ff41' AS TEXT), '2016-05-20', 3)")
        database.execute(
            "CREATE VIEW slow AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
            "WHERE n < 1000000000) SELECT CAST(count(*) AS TEXT) AS n FROM c"
        )
        database.commit()
    return f"sqlite:///{path}"


async def postgresql_city(url: str) -> str:
    database = await asyncpg.connect(url)
    for statement in MAKE:
        await database.execute(statement)
    await database.execute("CREATE VIEW slow AS SELECT pg_sleep(60)::text AS n")
    await database.execute(
        "CREATE TABLE kept (code char(6), at timestamptz, id uuid, PRIMARY KEY (id, code))"
    )
    await database.execute(
        "INSERT INTO kept VALUES ('ab', '2026-06-30T08:00:00+08', '00000000-0000-0000-0000-000000000001')"
    )
    await database.execute("COMMENT ON COLUMN kept.code IS '代码'")
    await database.close()
    return url


def keys(*numbers: str) -> Binds:
    return {"keys": [(number,) for number in numbers], "caller.subject": "nobody-in-particular"}
