"""What the fields of a department's resources are read from and its source has no more."""

from collections.abc import Sequence

from connectors.model import Entity
from connectors.protocol import Connector
from govgraph.errors import GovGraphError
from schema.catalog import Catalog, CatalogField, Resource


async def lost_fields(catalog: Catalog, department: str, connector: Connector) -> Sequence[str] | None:
    """Return the coordinates whose table or column is gone; None where the source does not tell."""
    try:
        entities = {entity.name: entity for entity in await connector.describe()}
    except GovGraphError:
        return None
    owned = [one for one in catalog.resources.values() if one.department == department]
    return [place for one in owned for place in _lost(one, entities.get(one.entity))]


def _lost(resource: Resource, entity: Entity | None) -> Sequence[str]:
    fields = resource.fields.values() if entity is None else lost_columns(resource, entity)
    return [f"{resource.name}.{field.name}" for field in fields]


def lost_columns(resource: Resource, entity: Entity) -> Sequence[CatalogField]:
    """Return the fields of a resource whose column the entity has not got."""
    known = {column.name for column in entity.columns}
    return [field for field in resource.fields.values() if field.column not in known]
