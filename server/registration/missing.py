"""What a manifest names and its source has not: tables, columns."""

from collections.abc import Iterator, Sequence

from connectors.model import Entity
from schema.draft import Draft
from schema.errors import Problem
from server.lost_fields import lost_columns


def missing(draft: Draft, entities: Sequence[Entity]) -> Iterator[Problem]:
    """Yield a problem for each entity and column that the source does not offer."""
    offered = {entity.name: entity for entity in entities}
    for name, one in draft.resources.items():
        entity = offered.get(one.resource.entity)
        if entity is None:
            what = f"The source offers no entity `{one.resource.entity}`"
            yield draft.origin.problem(
                f"resources.{name}.table", what, "Correct the name, or have the account read it.", "MISSING"
            )
            continue
        for field in lost_columns(one.resource, entity):
            yield draft.origin.problem(
                f"resources.{name}.fields.{field.name}.column",
                f"`{entity.name}` has no column `{field.column}`",
                "Correct the name, or leave the field out.",
                "MISSING",
            )
