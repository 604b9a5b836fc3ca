"""The caller's `orderBy`: by a field of the row, or of the row across a to-one link.

Across a link, the keys of the rows to be ordered are read first, then the rows they lead to, as the
link itself would show them; each key is bound beside the value it leads to. This is done within one
source and across two alike, both sides' row filters hold, and keys and values stay in memory.
"""

from collections.abc import Sequence
from typing import Protocol

from auth.filters import Operator
from connectors.model import Order
from govgraph.expressions.terms import And, Case, Constant, Expression, Kind, Paired
from govgraph.expressions.walk import kind_of
from resolvers.documents.arguments import Tree
from resolvers.planning.comparing import held_against
from resolvers.planning.fields import normal, sortable
from resolvers.planning.plan import MOST_KEYS, Feed, KeySet
from resolvers.planning.semijoin import Joining, key_text
from resolvers.planning.steps import StepDraft
from schema.catalog import Link


class Ordering(Joining, Protocol):
    """What ordering rows needs of the making of a plan."""


def ordered(rows: Ordering, draft: StepDraft, orders: Sequence[Tree]) -> tuple[Order, ...]:
    """Return the order of the rows of a step, on which its conditions are stated already."""
    return tuple(ranked(rows, draft, entry) for item in orders for entry in item.items())


def ranked(rows: Ordering, draft: StepDraft, entry: tuple[str, Tree]) -> Order:
    """Return one step of an order: a field and its direction, or a link and a step beyond it."""
    name, way = entry
    if not isinstance(way, dict):
        rows.facts.matched(draft.resource, name)
        return Order(sortable(draft.resource.fields[name]), way.literal == "DESC")
    link = draft.resource.links[name]
    other = rows_across(rows, draft, link)
    [beyond] = way.items()
    there = ranked(rows, other, beyond)
    cell = other.cell(("rank", there.expression), other.resource.name, there.expression, None)
    # The name stays the same whatever else a document asks, so that a cursor stays valid.
    bind = "_".join(("beside", *names(entry)))
    if all(known.bind != bind for known in draft.key_sets):
        draft.key_sets.append(KeySet(bind, other.number, (), cell))
    key, kind = key_along(rows, draft, link), kind_of(there.expression) or Kind.TEXT
    return Order(Paired(key, bind, kind), there.descending)


def names(entry: tuple[str, Tree]) -> list[str]:
    """Return the links that a step of an order goes along, and the field at their end."""
    name, way = entry
    return (
        [name, *(inner for below in way.items() for inner in names(below))]
        if isinstance(way, dict)
        else [name]
    )


def rows_across(rows: Ordering, draft: StepDraft, link: Link) -> StepDraft:
    """Return the step with the rows that the rows of another lead to; one for all orders across the link."""
    name = ("rows across", draft.number, link.name)
    if name not in rows.shared:
        target = rows.resource(link.target)
        own, theirs = tuple(pair[0] for pair in link.by), tuple(pair[1] for pair in link.by)
        rows.facts.chosen_by(draft.resource, link)
        rows.facts.joined(draft.resource, (*own, *(one for one, _ in link.when)))
        rows.facts.joined(target, theirs)
        keys = keys_of(rows, draft, link)
        other = rows.unseen_draft(target, draft.depth, link.target_when)
        other.unseen, other.key_fields = True, theirs
        other.feeds.append(Feed(step=keys.number))
        rows.shared[name] = other
    return rows.shared[name]


def keys_of(rows: Ordering, draft: StepDraft, link: Link) -> StepDraft:
    """Return the step that reads the keys by which the rows of another lead across a link."""
    keys = rows.unseen_draft(draft.resource, draft.depth)
    keys.predicates = [*draft.predicates, *conditions(rows, draft, link)]
    keys.key_fields, keys.feeds, keys.key_sets = draft.key_fields, draft.feeds, [*draft.key_sets]
    keys.keys_only(tuple(own for own, _ in link.by), MOST_KEYS)
    return keys


def conditions(rows: Ordering, draft: StepDraft, link: Link) -> list[Expression]:
    """Return the link's own conditions on the row that it leads from."""
    fields = draft.resource.fields
    return [held_against(fields[name], Operator.EQ, value, rows.binds) for name, value in link.when]


def key_along(rows: Ordering, draft: StepDraft, link: Link) -> Expression:
    """Return the key by which a row leads across a link, in normal form; null where it does not."""
    key = key_text([normal(draft.resource.fields[own]) for own, _ in link.by])
    if not link.when:
        return key
    return Case(((And(tuple(conditions(rows, draft, link))), key),), Constant(None))
