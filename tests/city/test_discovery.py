"""Discovery is held against the demo city's manifests, which its clerks wrote without it."""

from pathlib import Path

import pytest

from connectors.model import Surroundings
from connectors.registry import open_connector
from govgraph.file_access import FileAccess
from schema.catalog import CatalogField
from schema.discovery.looking import look
from schema.discovery.proposing import ProposedField, SourceHead, propose
from schema.manifest import inspect_manifest, read_manifest

pytestmark = pytest.mark.anyio
CATALOG = Path(__file__).parents[2] / "examples/city/catalog"
ASKED = sorted(
    path for path in CATALOG.glob("*.yaml") if "kind: rest" not in path.read_text(encoding="utf-8")
)
TOLD_BY_CELLS = frozenset(
    {"IdNumber", "UnifiedSocialCreditCode", "PlateNumber", "UnitNumber", "Phone", "PersonName", "Address"}
    | {"BankAccount", "VehicleIdentificationNumber"}
)


async def compared(city: Path, path: Path) -> list[tuple[str, CatalogField, ProposedField]]:
    """Return each field of a manifest with the one proposed for its column, under its coordinate."""
    written = read_manifest(path)
    key, source = written.department.key, written.source
    surroundings = Surroundings("test", lambda _: "", files=FileAccess("test", allowed=(city,)))
    values = {"DEPARTMENT_FOLDER": str(city / key)}
    connector = await open_connector(source.kind, source.settings, surroundings, values)
    proposal = propose(
        SourceHead(written.department.code, key, key, source.kind, source.settings), await look(connector)
    )
    await connector.aclose()
    assert inspect_manifest(proposal.manifest, "proposed")[1] == ()
    found = {(field.entity, field.column): field for field in proposal.fields}
    return [
        (f"{name}.{field.name}", field, found[one.resource.entity, field.column])
        for name, one in written.resources.items()
        for field in one.resource.fields.values()
    ]


async def test_what_cells_can_tell_is_told_as_the_clerks_wrote_it(city: Path) -> None:
    pairs = [pair for path in ASKED for pair in await compared(city, path)]
    told = [(place, proposed.type) for place, field, proposed in pairs if field.type in TOLD_BY_CELLS]
    wrong = [
        (place, field.type, proposed.type)
        for place, field, proposed in pairs
        if field.type in TOLD_BY_CELLS and proposed.type != field.type
    ]
    assert len(told) > 25
    assert wrong == []


async def test_few_proposals_are_less_careful_than_the_clerks_and_none_of_an_identity(city: Path) -> None:
    pairs = [pair for path in ASKED for pair in await compared(city, path)]
    weaker = [
        (place, field.type)
        for place, field, proposed in pairs
        if proposed.level < field.level or (field.mask is not None and proposed.mask == "none")
    ]
    assert len(pairs) > 100
    assert len(weaker) <= 0.06 * len(pairs), weaker
    assert not [place for place, type_name in weaker if type_name in TOLD_BY_CELLS]
