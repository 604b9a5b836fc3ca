"""Steps and their parts while a plan is made: rows, filters, orders, values and look-ups of one resource."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from auth.filters import Operator
from auth.masking.masks import MASKS, mask_expression
from auth.rights import Permissions, Quota, Right, Rights
from govgraph.expressions.terms import Expression
from resolvers.documents.arguments import Leaf, Tree
from resolvers.documents.selection import Asked
from resolvers.errors import FieldNotAvailableError, LimitExceededError
from resolvers.planning.binds import BindTable
from resolvers.planning.comparing import condition, held_against
from resolvers.planning.deletions import alive
from resolvers.planning.facts import FactsDraft
from resolvers.planning.fields import always_readable, bare, completion, is_day, normaliser, unreadable
from resolvers.planning.forms import form_of
from resolvers.planning.plan import Charge
from resolvers.planning.steps import StepDraft
from resolvers.planning.where import narrow
from resolvers.snapshot import Snapshot
from schema.catalog import CatalogField, Resource
from schema.numbering import numbering_of

Pseudonyms = Callable[[str], Callable[[Any], Any]]
When = tuple[tuple[str, str], ...]
MOST_STATEMENTS = 100
"""Statements of one plan; each link in `where` is one."""


@dataclass(slots=True)
class Drafting:
    """Drafts the steps of one plan. `pseudonyms` gives what makes a pseudonym under a grant."""

    snapshot: Snapshot
    permissions: Permissions
    page_limit: int
    pseudonyms: Pseudonyms
    facts: FactsDraft
    binds: BindTable = field(default_factory=BindTable)
    drafts: list[StepDraft] = field(default_factory=list)
    shared: dict[Any, StepDraft] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)

    def value_cell(self, draft: StepDraft, one: CatalogField, rights: Rights) -> int:
        """Return the cell with a field as this caller sees it."""
        name = ("value", one.name)
        if name in draft.known:
            return draft.known[name]
        coordinate = f"{draft.resource.name}.{one.name}"
        expression, complete = self.seen(draft, one, rights)
        position = draft.cell(name, coordinate, expression, complete)
        if rights.mask is None and (form := form_of(one)) is not None:
            draft.forms[position] = form
        if rights.mask is not None and not always_readable(one):
            draft.flagged(position, unreadable(one, draft.masked(one)))
        return position

    def seen(
        self, draft: StepDraft, one: CatalogField, rights: Rights
    ) -> tuple[Expression, Callable[[Any], Any] | None]:
        """Return what is asked of the source for a field, and what completes it here.

        A clear value comes as its source spells it; a masked one leaves its source masked. Where a
        stricter mask holds, there is nothing to make a pseudonym of.
        """
        rule = rights.mask
        if rule is None:
            return bare(one), completion(one)
        resource, plain = draft.resource, draft.masked(one)
        masked = mask_expression(
            rule, plain, lambda stated: condition(resource, stated, self.binds), day=is_day(one)
        )
        return masked, self.pseudonyms(rights.grant) if MASKS[rule.mask].keyed else None

    def root_draft(self, resource: Resource, key: tuple[str, ...]) -> StepDraft:
        """Return the step that looks up root rows of a resource, one for all root fields."""
        name = (resource.name, 0, key)
        if name not in self.shared:
            self.shared[name] = self.new_draft(resource, 0, key)
        return self.shared[name]

    def new_draft(
        self, resource: Resource, depth: int, key: tuple[str, ...] = (), when: When = ()
    ) -> StepDraft:
        """Return a new step on the rows that the grant opens and the link's condition admits."""
        draft = self.unseen_draft(resource, depth, when)
        draft.key_fields = key
        self.facts.shown(resource)
        return draft

    def unseen_draft(self, resource: Resource, depth: int, when: When = ()) -> StepDraft:
        """Return a new step on the same rows, of which nothing is shown."""
        if len(self.drafts) >= MOST_STATEMENTS:
            raise LimitExceededError(f"The document needs more than {MOST_STATEMENTS} statements at sources")
        draft = StepDraft(len(self.drafts), resource, depth)
        self.drafts.append(draft)
        self.facts.touched(resource)
        draft.predicates += alive(resource)
        if (rows := self.permissions.row_filters.get(resource.name)) is not None:
            draft.predicates += [condition(resource, stated, self.binds) for stated in rows.conditions]
        for name, value in when:
            draft.predicates.append(held_against(resource.fields[name], Operator.EQ, value, self.binds))
            self.facts.joined(resource, (name,))
        return draft

    def narrow(self, draft: StepDraft, arguments: Any) -> None:
        """Add the caller's `where` and `orderBy` to a step."""
        narrow(self, draft, arguments)

    def first(self, asked: Asked) -> str | None:
        """Return the bind of `first`, None where it is absent."""
        leaf = asked.arguments.get("first")
        return None if leaf is None else self.binds.add(leaf, int)

    def charge(self, resource: Resource, name: str, leaf: Tree) -> None:
        """Note values that the caller matches on a field."""
        self.facts.matched(resource, name)
        one = resource.fields[name]
        grant = self.permissions.grants[resource.name]
        quota = self.permissions.quotas.get(resource.name, Quota())
        coordinate, numbered = f"{resource.name}.{name}", numbering_of(resource, one)
        for single in leaf if isinstance(leaf, list) else [leaf]:
            if isinstance(single, Leaf):
                self.charges.append(Charge(grant, quota, coordinate, single, normaliser(one), numbered))

    def resource(self, name: str) -> Resource:
        """Return a resource of the catalog."""
        return self.snapshot.catalog.resources[name]

    def rights(self, resource: Resource, name: str) -> Rights:
        """Return the rights on a field; a plan never reads one that may not be read."""
        rights = self.permissions.rights.get(f"{resource.name}.{name}")
        if rights is None or not rights.allows(Right.READ):
            raise FieldNotAvailableError("A field of the document is not available to this client")
        return rights
