"""The SQL dialects that statements are compiled for; each is run by its source's own client."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.engine.interfaces import Dialect

from connectors.sql.collation import MYSQL
from connectors.sql.duckdb_dialect import DuckdbDialect
from connectors.sql.trino_dialect import TrinoDialect


class _NumberedSQLiteCompiler(SQLiteCompiler):
    """Numbers parameters `?1`, which SQLite counts; `:1` and `$1` would be names to it."""

    @property
    def _numeric_binds_identifier_char(self) -> str:
        return "?"

    @_numeric_binds_identifier_char.setter
    def _numeric_binds_identifier_char(self, _given: str) -> None:
        return


class _NumberedSQLiteDialect(SQLiteDialect):
    """SQLite with numbered parameters, as a sequence of values."""

    statement_compiler = _NumberedSQLiteCompiler
    supports_statement_cache = True


def dialect(name: str) -> Dialect:
    """Return the dialect of a name that `spellings` knows. Raises `KeyError` for any other.

    A compiled statement has numbered parameters (`?1` in SQLite, `$1` elsewhere, cast to their
    types): each stands once in `compiled.positiontup`, however often the text uses it.
    `[values[name] for name in compiled.positiontup]`, with `values = compiled.construct_params(binds)`,
    are the arguments that sqlite3, aiosqlite, asyncpg and duckdb take. MySQL and Trino have no numbers:
    each `?` has its own place in `positiontup`.
    """
    makers: Mapping[str, Callable[..., Any]] = {
        "sqlite": _NumberedSQLiteDialect,
        "postgresql": PGDialect_asyncpg,
        "duckdb": DuckdbDialect,
    }
    if name in MYSQL:
        return MySQLDialect(paramstyle="qmark")
    if name == "trino":
        return TrinoDialect(paramstyle="qmark")
    made: Dialect = makers[name](paramstyle="numeric_dollar")
    return made
