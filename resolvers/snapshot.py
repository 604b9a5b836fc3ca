"""One version of everything a query depends on; a request keeps the snapshot it began with."""

from collections.abc import Mapping
from dataclasses import dataclass

from auth.rights import Ceiling
from connectors.protocol import Connector
from schema.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A catalog, the guarded connectors of its sources by department key, and the ceilings by coordinate."""

    catalog: Catalog
    connectors: Mapping[str, Connector]
    ceilings: Mapping[str, Ceiling]
