"""Increments: the rows of a connection in the order of their changes, each change at least once, none lost.

Rows are ordered by the second of their change and by their key, and none is shown before its second is
settled: a transaction that is still open may bring rows of an earlier time (docs/decisions/0023). A row
that changes moves behind every place that was read, so it comes again.
"""

from typing import Protocol

from auth.filters import Operator
from connectors.model import Order
from resolvers.documents.selection import Asked
from resolvers.errors import ValueNotValidError
from resolvers.planning.binds import BindTable
from resolvers.planning.comparing import held_against
from resolvers.planning.deletions import alive
from resolvers.planning.facts import FactsDraft
from resolvers.planning.fields import sortable
from resolvers.planning.plan import Settled
from resolvers.planning.steps import StepDraft
from schema.connections import CHANGED_SINCE

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
    draft.predicates += [
        held_against(field, Operator.GTE, since, rows.binds),
        held_against(field, Operator.LT, Settled(draft.resource.settles), rows.binds),
    ]
    draft.order = (Order(sortable(field)),)


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
