"""Values beside texts: a mapping bound as one parameter, its values as text whatever they are read as."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import ARRAY, String, bindparam
from sqlalchemy.sql.elements import BindParameter

from connectors.sql.collation import MYSQL
from govgraph.expressions import cells
from govgraph.expressions.terms import Kind


def pairs_parameter(name: str, dialect: str) -> BindParameter[Any]:
    """Return the parameter of a mapping: a list of pairs in DuckDB, JSON elsewhere."""
    type_ = ARRAY(String(), dimensions=2) if dialect == "duckdb" else String()
    return bindparam(name, type_=type_, required=True)


def bound_pairs(value: Mapping[str, Any], dialect: str) -> Any:
    """Return a mapping as its parameter takes it; what stands beside null is left out."""
    texts = {key: cells.text(item) for key, item in value.items() if item is not None}
    if dialect == "duckdb":
        return [[key, text] for key, text in texts.items()]
    return orjson.dumps([*texts.items()] if dialect in MYSQL else texts).decode()


def readings(whole: str, decimal: str) -> Mapping[Kind, str]:
    """Return how the text of a value is read as each kind, by the patterns of a dialect."""
    return {
        Kind.TEXT: "{0}",
        Kind.DATE: "{0}",
        Kind.INSTANT: "{0}",
        Kind.BOOLEAN: "({0} = 'true')",
        Kind.INTEGER: whole,
        Kind.DECIMAL: decimal,
    }
