"""Rows chosen by the rows they are linked to: first the keys of those are read, then they are bound.

Both sides' row filters hold, keys meet in their normal form, and they stay in memory. The same is
done within one source and across two, so that an answer does not depend on where a table stands.
"""

from collections.abc import Callable
from typing import Any, Protocol

from auth.filters import Operator
from govgraph.expressions.shorthand import joined
from govgraph.expressions.terms import (
    Among,
    And,
    Case,
    Concat,
    Constant,
    Expression,
    Length,
    ToText,
)
from resolvers.planning.binds import BindTable
from resolvers.planning.comparing import held_against
from resolvers.planning.facts import FactsDraft
from resolvers.planning.fields import bare, speller
from resolvers.planning.plan import MOST_KEYS, KeySet
from resolvers.planning.steps import StepDraft
from schema.catalog import Link, Resource

Chosen = Callable[[StepDraft], Expression]


class Joining(Protocol):
    """What a semi-join needs of the making of a plan."""

    @property
    def facts(self) -> FactsDraft:
        """What the record and the answer will say."""

    @property
    def binds(self) -> BindTable:
        """The values that the plan leaves open."""

    @property
    def shared(self) -> dict[Any, StepDraft]:
        """Steps by what tells them apart, so that places that ask the same share one."""

    def resource(self, name: str) -> Resource:
        """Return a resource of the catalog."""

    def unseen_draft(
        self, resource: Resource, depth: int, when: tuple[tuple[str, str], ...] = ()
    ) -> StepDraft:
        """Return a new step on the rows that the grant opens and a link's condition admits, none shown."""


def related(
    rows: Joining, draft: StepDraft, link: Link, sought: tuple[Any, Chosen], *, negated: bool
) -> Expression:
    """Return whether a row has one across a link on which a condition is true.

    `sought` is the condition, and before it what tells it apart from others: equal ones are read
    once. The key is looked for in the spellings that the row's source is known to hold, so that an
    index serves. Where `negated`, the answer is never unknown: a row without a key has no other.
    """
    other = keys_across(rows, draft, link, sought)
    own = tuple(name for name, _ in link.by)
    fields = [draft.resource.fields[name] for name in own]
    bind = f"keys{draft.number}of{other.number}by{'_'.join(own)}"
    if all(known.bind != bind for known in draft.key_sets):
        draft.key_sets.append(KeySet(bind, other.number, tuple(speller(one) for one in fields)))
    conditions = [
        held_against(draft.resource.fields[name], Operator.EQ, value, rows.binds) for name, value in link.when
    ]
    found = And((*conditions, Among(key_text([bare(one) for one in fields]), bind)))
    return certain(found) if negated else found


def certain(condition: Expression) -> Expression:
    """Return whether a condition is true; false where it is unknown."""
    return Case(((condition, Constant(value=True)),), Constant(value=False))


def keys_across(rows: Joining, draft: StepDraft, link: Link, sought: tuple[Any, Chosen]) -> StepDraft:
    """Return the step that reads the keys of the rows across a link on which a condition is true."""
    target = rows.resource(link.target)
    own, theirs = tuple(pair[0] for pair in link.by), tuple(pair[1] for pair in link.by)
    rows.facts.chosen_by(draft.resource, link)
    rows.facts.joined(draft.resource, (*own, *(name for name, _ in link.when)))
    rows.facts.joined(target, theirs)
    condition, chosen = sought
    name = ("keys", target.name, theirs, link.target_when, condition)
    if name not in rows.shared:
        other = rows.unseen_draft(target, draft.depth, link.target_when)
        other.keys_only(theirs, MOST_KEYS)
        other.predicates.append(chosen(other))
        rows.shared[name] = other
    return rows.shared[name]


def key_text(parts: list[Expression]) -> Expression:
    """Return a key as one text; of several parts, each but the last follows its length."""
    if len(parts) == 1:
        return parts[0]
    counted = [joined(ToText(Length(part)), ":", part) for part in parts[:-1]]
    return Concat((*counted, parts[-1]))
