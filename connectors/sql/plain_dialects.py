"""Oracle's and SQL Server's SQL as SQLAlchemy writes it: text and parameters only, for their own clients."""

from sqlalchemy.dialects.mssql.base import MSDialect, MSIdentifierPreparer
from sqlalchemy.dialects.oracle.base import OracleDialect
from sqlalchemy.engine.interfaces import Dialect

ORACLE = "oracle"
MSSQL = "mssql"
PLAIN = (ORACLE, MSSQL)
"""Dialects that no server has been asked in here: they are given plain selects, and nothing to work out."""


class _DoublingPreparer(MSIdentifierPreparer):
    """Doubles each `%` of a name: the driver puts the names of its parameters where a statement has `%s`."""

    def _escape_identifier(self, value: str) -> str:
        escaped: str = super()._escape_identifier(value)  # type: ignore[no-untyped-call]
        return escaped.replace("%", "%%")


class _MssqlDialect(MSDialect):
    """SQL Server with `%s` for each use of a parameter."""

    preparer = _DoublingPreparer
    supports_statement_cache = True


def plain_dialect(name: str) -> Dialect:
    """Return the dialect: parameters are `:1`, `:2` in Oracle, in their order, and `%s` in SQL Server."""
    if name == ORACLE:
        return OracleDialect(paramstyle="numeric")
    return _MssqlDialect(paramstyle="format")  # type: ignore[no-untyped-call]
