"""DuckDB's SQL for SQLAlchemy Core: text and parameters only, for its own client.

DuckDB speaks PostgreSQL's grammar. No dialect on offer works with DuckDB 2.0, and none is
needed: statements are compiled here and run by the `duckdb` client.
"""

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg


class DuckdbDialect(PGDialect_asyncpg):
    """Compiles statements for DuckDB, with `$1` parameters cast to their type."""

    name = "duckdb"
    supports_statement_cache = True
