"""Rows that their source marks as deleted: only an increment shows them, all else reads the others."""

from govgraph.expressions.terms import Column, Compare, Comparison, Constant, Expression, IsNull, Not, Or
from schema.catalog import Resource


def alive(resource: Resource) -> tuple[Expression, ...]:
    """Return the condition on rows that are not marked as deleted; none where their source marks none."""
    if resource.deleted is None:
        return ()
    mark = Column(resource.deleted.column)
    return (Or((IsNull(mark), Compare(Comparison.UNEQUAL, mark, Constant(resource.deleted.value)))),)


def marked(resource: Resource) -> Expression:
    """Return whether a row is marked as deleted: true or false, never unknown."""
    return Not(alive(resource)[0])
