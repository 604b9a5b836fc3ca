"""The caller's `where` and `orderBy`: conditions on rows, on the rows linked to them, and their order."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from govgraph.expressions.terms import And, Expression, Not, Or
from resolvers.documents.arguments import Tree, identity
from resolvers.errors import LimitExceededError
from resolvers.planning.comparing import stated
from resolvers.planning.ordering import ordered
from resolvers.planning.semijoin import Joining, certain, related
from resolvers.planning.steps import StepDraft
from schema.catalog import Link, Resource

MATCHING = frozenset({"eq", "in"})
"""What tries values one by one; the rest needs the clear value to be readable."""

MOST_LEVELS = 6
"""Levels of `and`, `or` and `not`: SQLite's parser holds a hundred open places, an amount takes many."""


class Choosing(Joining, Protocol):
    """What choosing rows needs of the making of a plan."""

    def charge(self, resource: Resource, name: str, leaf: Tree) -> None:
        """Note values that the caller matches on a field."""


def narrow(rows: Choosing, draft: StepDraft, arguments: Mapping[str, Any]) -> None:
    """Add the caller's `where` and `orderBy` to a step."""
    if where := arguments.get("where"):
        check_levels(where)
        draft.predicates.append(condition(rows, draft, where, negated=False))
    draft.order = ordered(rows, draft, arguments.get("orderBy") or ())


def check_levels(where: Mapping[str, Tree]) -> None:
    """Refuse conditions that nest deeper than a source's parser takes; each link begins anew."""
    if levels(where) > MOST_LEVELS:
        raise LimitExceededError(f"`where` nests more than {MOST_LEVELS} levels of `and`, `or` and `not`")


def levels(where: Mapping[str, Tree]) -> int:
    """Return how deep a condition nests."""
    below = [*(where.get("and") or ()), *(where.get("or") or ()), *filter(None, [where.get("not")])]
    return 1 + max((levels(one) for one in below), default=0)


def condition(rows: Choosing, draft: StepDraft, where: Mapping[str, Tree], *, negated: bool) -> Expression:
    """Return whether every condition given holds; one that is null is not given."""
    given = [(name, below) for name, below in where.items() if below is not None]
    parts = [part for name, below in given for part in parts_of(rows, draft, (name, below), negated=negated)]
    return joined(And, parts)


def parts_of(rows: Choosing, draft: StepDraft, entry: tuple[str, Tree], *, negated: bool) -> list[Expression]:
    """Return the conditions of one entry of `where`."""
    name, below = entry
    if name in ("and", "or"):
        parts = [condition(rows, draft, one, negated=negated) for one in below]
        return [joined(And if name == "and" else Or, parts)]
    if name == "not":
        return [Not(condition(rows, draft, below, negated=True))]
    if name in draft.resource.links:
        return across(rows, draft, draft.resource.links[name], below, negated=negated)
    field = draft.resource.fields[name]
    rows.facts.matched(draft.resource, name)
    for operator, leaf in below.items():
        if operator in MATCHING and leaf is not None:
            rows.charge(draft.resource, name, leaf)
    return [stated(field, operator, leaf, rows.binds, negated=negated) for operator, leaf in below.items()]


def joined(connective: type[And | Or], parts: Sequence[Expression]) -> Expression:
    """Return conditions joined; one alone stands for itself, so that statements stay flat."""
    return parts[0] if len(parts) == 1 else connective(tuple(parts))


def across(
    rows: Choosing, draft: StepDraft, link: Link, below: Mapping[str, Tree], *, negated: bool
) -> list[Expression]:
    """Return the conditions on the row of a to-one link, or on the rows of a to-many link."""
    asked = {"some": below} if link.one else {name: one for name, one in below.items() if one is not None}
    return [quantified(rows, draft, link, entry, negated=negated) for entry in asked.items()]


def quantified(
    rows: Choosing, draft: StepDraft, link: Link, entry: tuple[str, Mapping[str, Tree]], *, negated: bool
) -> Expression:
    """Return one condition on the rows of a link; it is true or false, never unknown, below a negation.

    Every row meets a condition where there is none on which it is false or unknown.
    """
    quantifier, where = entry
    every = quantifier == "every"

    def chosen(other: StepDraft) -> Expression:
        check_levels(where)
        holds = condition(rows, other, where, negated=every)
        return Not(certain(holds)) if every else holds

    sought = (every, identity(where)), chosen
    found = related(rows, draft, link, sought, negated=negated or quantifier != "some")
    return found if quantifier == "some" else Not(found)
