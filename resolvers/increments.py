"""Increments: the rows of a connection in the order of their changes, each change at least once, none lost.

Rows are ordered by the second of their change and by their key, and none is shown before its second is
settled: a transaction that is still open may bring rows of an earlier time (docs/decisions/0023). A row
that changes moves behind every place that was read, so it comes again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from connectors.model import Order
from govgraph.clock import ZONE
from govgraph.expressions.terms import (
    Bind,
    Case,
    Compare,
    Comparison,
    Constant,
    Expression,
    Or,
    Position,
)
from resolvers.binds import BindTable
from resolvers.deletions import alive
from resolvers.errors import ValueNotValidError
from resolvers.facts import FactsDraft
from resolvers.fields import normal
from resolvers.plan import Operand, Settled
from resolvers.selection import Asked
from resolvers.steps import StepDraft
from schema.connections import CHANGED_SINCE

UNIVERSAL = ("Z", "+00:00")
"""How a moment says that it is UTC's; any other is taken for the city's."""
OTHERS = ("orderBy", "last", "before")
"""Arguments that have no place beside `changedSince`: it gives the order, and is read from its start."""


class Reading(Protocol):
    """What increments need of the making of a plan."""

    facts: FactsDraft
    binds: BindTable


def by_changes(rows: Reading, draft: StepDraft, asked: Asked) -> None:
    """Have a step read its rows by their changes, deleted ones among them, where that is asked for."""
    since = asked.arguments.get(CHANGED_SINCE)
    field = draft.resource.changes
    if since is None or field is None:
        return
    check_alone(asked)
    rows.facts.matched(draft.resource, field.name)
    living = alive(draft.resource)
    draft.predicates = [one for one in draft.predicates if one not in living]
    moment = normal(field)
    draft.predicates += [
        Compare(Comparison.GREATER_OR_EQUAL, moment, in_zone(moment, since, rows.binds)),
        Compare(Comparison.LESS, moment, in_zone(moment, Settled(draft.resource.settles), rows.binds)),
    ]
    draft.order = (Order(moment),)


def check_alone(asked: Asked) -> None:
    """Raise `VALUE_NOT_VALID` where another order, or the other end, is asked for beside the changes."""
    given = [f"`{name}`" for name in OTHERS if asked.arguments.get(name) is not None]
    if given:
        raise ValueNotValidError(
            f"`{CHANGED_SINCE}` and {given[0]} cannot be asked for together",
            path=(asked.name,),
            locations=[asked.location] if asked.location else [],
            remedy=f"Leave {given[0]} out: changes come in their own order, the earliest first.",
        )


def in_zone(moment: Expression, operand: Operand, binds: BindTable) -> Expression:
    """Return a second as the clock of the source shows it: UTC where a row says so, else the city's.

    It has no zone itself: a row of the same second, with its zone or without, is not before it.
    """
    universal = Or(
        tuple(Compare(Comparison.GREATER_OR_EQUAL, Position(moment, zone), Constant(0)) for zone in UNIVERSAL)
    )
    there = Bind(binds.add(operand, clock_face(UTC)))
    return Case(((universal, there),), Bind(binds.add(operand, clock_face(ZONE))))


def clock_face(zone: Any) -> Callable[[Any], str | None]:
    """Return what gives the second of a moment on a clock of a zone; a moment without one is the city's."""

    def shown(value: Any) -> str | None:
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        return aware.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()

    return shown
