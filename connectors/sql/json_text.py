"""JSON written by the source: the rows of a statement as one array, with what is counted of them beside.

The statement of the rows stays as it is, in an inner select: masks, conditions, order and limit are
those of the rows. Around it each row is found clean or not, and written. PostgreSQL only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Label, Select, String, and_, case, cast, func, select, true
from sqlalchemy import literal_column as literal
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement, quoted_name

from connectors.errors import UnsupportedReadError
from connectors.model import Member, Read, Writing, Written
from connectors.sql.constants import constant
from connectors.sql.expressions import render
from connectors.sql.spellings import SQL_TYPES
from govgraph.expressions.terms import Kind

Sql = ColumnElement[Any]
DIALECT = "postgresql"
LONGEST_NAME = 63  # bytes; a longer name of a column is cut
MOST_NAMES = 50  # a function takes a hundred arguments
MOST_OUTPUTS = 100


def written(rows: Select[Any], read: Read, writing: Writing, size: Sql) -> Select[Any]:
    """Return the select of one row: the array, counts, and each output beside."""
    if len(read.outputs) > MOST_OUTPUTS:
        raise UnsupportedReadError("A row of more than 100 values is not written")
    made = rows.subquery("made")
    columns = {one.name: made.c[f"o{place}"] for place, one in enumerate(read.outputs)}
    # A select with a window function stays apart, so that a row is looked at once, and keeps the order.
    places = func.row_number().over().label("place")
    held = select(*made.c, clean(writing, columns).label("clean"), places).subquery("held")
    values = {one.name: held.c[f"o{place}"] for place, one in enumerate(read.outputs)}
    raw = func.json_build_array(*values.values())
    one = case((held.c.clean, shown(writing.members, values)), else_=raw)
    array = func.json_agg(aggregate_order_by(one, held.c.place.desc()) if writing.backward else one)
    asked = held.c.place <= size
    return select(
        text_of(array.filter(asked)),
        func.count(),
        func.count().filter(and_(asked, held.c.clean.is_(False))),
        *(func.array_agg(values[name]) for name in writing.beside),
    ).select_from(held)


def clean(writing: Writing, columns: Mapping[str, Sql]) -> Sql:
    """Return whether a row can be written as it is; null is clean for every pattern."""
    fits: list[Sql] = [
        columns[name].op("~", return_type=Boolean())(constant(f"^(?:{pattern})$")).is_not(False)
        for name, pattern in writing.patterns
    ]
    holds: list[Sql] = [render(one, columns, DIALECT).is_(True) for one in writing.clean]
    return and_(true(), *fits, *holds)


def shown(members: Sequence[Member], values: Mapping[str, Sql]) -> Sql:
    """Return the object of a row. A name that a caller chose travels as a parameter."""
    if not any(one.caller or len(one.name.encode()) > LONGEST_NAME for one in members):
        named = [value(one, values).label(quoted_name(one.name, quote=True)) for one in members]
        inner = select(*named).correlate_except().subquery("shown")
        return select(func.row_to_json(inner.table_valued())).correlate_except(inner).scalar_subquery()
    if len(members) > MOST_NAMES:
        raise UnsupportedReadError("An object of more than 50 members is not written")
    pairs = [part for one in members for part in (constant(one.name), value(one, values))]
    return func.json_build_object(*pairs)


def value(member: Member, values: Mapping[str, Sql]) -> Sql:
    """Return the value of a member."""
    made = render(member.value, values, DIALECT)
    return made if member.kind is Kind.TEXT else cast(made, SQL_TYPES[member.kind]())


def text_of(json: Sql) -> Label[Any]:
    """Return JSON as bytes, which nobody reads on their way."""
    return func.convert_to(cast(json, String), literal("'UTF8'")).label(None)


def taken(row: Sequence[Any]) -> Written:
    """Return what the one row of such a select says."""
    text, count, unclean, *beside = row
    return Written(text, count, unclean, tuple(column or () for column in beside))
