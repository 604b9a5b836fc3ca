"""Trino's SQL for SQLAlchemy Core: text and parameters only, for its own client."""

from typing import Any

from sqlalchemy import ARRAY, BindParameter, Select
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import GenericTypeCompiler, SQLCompiler

PLAIN = "plain"


class _TrinoTypes(GenericTypeCompiler):
    """Types by the names that Trino gives them."""

    def visit_TEXT(self, type_: Any, **options: Any) -> str:  # noqa: N802 - the name SQLAlchemy looks for
        return "VARCHAR"

    def visit_NUMERIC(self, type_: Any, **options: Any) -> str:  # noqa: N802
        return "DECIMAL(38, 10)"

    def visit_DATETIME(self, type_: Any, **options: Any) -> str:  # noqa: N802
        return "TIMESTAMP"

    def visit_ARRAY(self, type_: ARRAY[Any], **options: Any) -> str:  # noqa: N802
        return f"ARRAY({self.process(type_.item_type, **options)})"


class _TrinoCompiler(SQLCompiler):
    """Casts each parameter to its type: a small number would be an INTEGER, and count in 32 bits."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *given: Any, **options: Any) -> str:
        """Return the parameter; bare where Trino's grammar has room for nothing else."""
        plain = options.pop(PLAIN, False)
        written: str = super().visit_bindparam(bindparam, *given, **options)  # type: ignore[no-untyped-call]
        if plain:
            return written
        type_ = self.dialect.type_compiler_instance.process(bindparam.type)
        return f"CAST({written} AS {type_})"

    def limit_clause(self, select: Select[Any], **options: Any) -> str:
        """Return the bound of the rows."""
        limit = select._limit_clause
        return "" if limit is None else f"\n LIMIT {self.process(limit, **{**options, PLAIN: True})}"


class TrinoDialect(DefaultDialect):
    """Compiles statements for Trino, with `?` for each use of a parameter."""

    name = "trino"
    statement_compiler = _TrinoCompiler
    type_compiler_cls = _TrinoTypes
    supports_statement_cache = True
    supports_native_boolean = True
