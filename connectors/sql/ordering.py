"""One step of an order as each dialect writes it: nulls come last ascending and first descending."""

from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from connectors.sql.collation import MYSQL
from connectors.sql.fragment import MARK, Fragment

Sql = ColumnElement[Any]


class _Steps(Fragment):
    """Steps of an order, one after the other; they stand in no brackets."""

    inherit_cache = False

    def self_group(self, against: Any = None) -> ColumnElement[Any]:
        """Return the steps as they are."""
        return self


def ordered(rank: Sql, dialect: str, *, descending: bool) -> Sql:
    """Return the step; PostgreSQL's own rule for nulls is ours, and unsaid its index serves."""
    if dialect in MYSQL:
        way = "DESC" if descending else "ASC"
        return _Steps(f"{MARK}0{MARK} IS NULL {way}, {MARK}0{MARK} {way}", (rank,), rank.type)
    step = rank.desc() if descending else rank.asc()
    if dialect == "postgresql":
        return step
    return step.nulls_first() if descending else step.nulls_last()
