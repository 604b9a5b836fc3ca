"""Many rows at once: above a bound, one request has rows of a resource only by the bulk right of its grant.

What is asked for is known before a source is asked: the pages of all places that list the resource,
each once. How often a list below other rows repeats is known afterwards; then the rows found are
counted, each once, and nothing of them leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.rights import Permissions
from resolvers.errors import BulkNotGrantedError
from resolvers.planning.plan import Branch, Plan, Way
from resolvers.running.counts import counts

LISTS = frozenset({Way.LIST, Way.TO_MANY})


@dataclass(frozen=True, slots=True)
class BulkBound:
    """The most rows of a resource for a caller; a list without a number of its own has `page_limit`."""

    permissions: Permissions
    most: int
    page_limit: int

    def check_asked(self, plan: Plan, binds: Mapping[str, Any]) -> None:
        """Raise `BULK_NOT_GRANTED`, before anything is fetched, where a plan asks for more rows."""
        asked = counts()
        for branch in plan.branches:
            if branch.way in LISTS:
                asked[branch.resource] += binds[branch.limit] if branch.limit else self.page_limit
                self.check(branch, asked)

    def check_found(self, plan: Plan, rows: Mapping[str, int]) -> tuple[str, ...]:
        """Return the grants whose bulk right the rows of an answer take. Raises `BULK_NOT_GRANTED`."""
        for branch in plan.branches:
            self.check(branch, rows)
        return tuple(
            sorted(self.permissions.grants[name] for name, count in rows.items() if count > self.most)
        )

    def check(self, branch: Branch, rows: Mapping[str, int]) -> None:
        """Raise where a branch shows a resource that has more rows than its grant gives."""
        resource = branch.resource
        if resource in self.permissions.bulk or rows.get(resource, 0) <= self.most:
            return
        raise BulkNotGrantedError(
            f"One request would have more than {self.most} rows of {resource}",
            path=branch.path,
            locations=[branch.location] if branch.location else [],
        )
