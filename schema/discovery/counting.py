"""Counts what stands in the way of a draft's keys and codes in its source, over a bounded number of rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.model import Capability, Output, Read, Row
from connectors.protocol import Connector
from govgraph.expressions.cells import text
from govgraph.expressions.terms import Column, Constant
from schema.catalog import CatalogField
from schema.draft import Draft, ResourceDraft
from schema.types import normalise

WITHOUT_NORMAL_FORM = "keysWithoutNormalForm"
UNKNOWN_CODES = "unknownCodes"
DUPLICATE_KEYS = "duplicateKeys"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows have a fault, of how many that were looked at.

    `what` is `keysWithoutNormalForm` (cells that hold something), `unknownCodes`, or `duplicateKeys`:
    rows beyond the first of a key; `coordinate` is then that of the key's fields, `Type.a+b`.
    """

    coordinate: str
    what: str
    rows: int
    of: int


async def counts(connector: Connector, draft: Draft, limit: int = 10_000) -> tuple[Count, ...]:
    """Return the counts of every key and code table of a draft, the faultless ones too.

    At most `limit` rows of each resource are read, and only the columns that are counted. Raises what
    the source's connector raises.
    """
    await connector.describe()
    found: list[Count] = []
    for one in draft.resources.values():
        names = _counted(one)
        rows = await _rows(connector, one, names, limit)
        found += _counts(one, names, rows)
    return tuple(found)


def _counted(one: ResourceDraft) -> list[str]:
    """Return the fields whose cells count: keys, what links join on, the subject, and code tables."""
    resource = one.resource
    joined = [own for link in one.links for own, _ in link.by]
    coded = [name for name, field in resource.fields.items() if field.codes]
    subject = [resource.subject] if resource.subject else []
    wanted = dict.fromkeys((*resource.key, *joined, *subject, *coded))
    return [name for name in wanted if name in resource.fields]


async def _rows(connector: Connector, one: ResourceDraft, names: Sequence[str], limit: int) -> Sequence[Row]:
    columns = [one.resource.fields[name].column for name in names]
    if not columns:
        return ()
    if Capability.LIMIT not in connector.capabilities:
        sample = await connector.sample(one.resource.entity, limit)
        return [[row.get(column) for column in columns] for row in sample]
    outputs = tuple(Output(f"c{place}", Column(column)) for place, column in enumerate(columns))
    return await connector.prepare(Read(one.resource.entity, outputs, limit=Constant(limit))).rows({})


def _counts(one: ResourceDraft, names: Sequence[str], rows: Sequence[Row]) -> list[Count]:
    resource = one.resource
    cells = {name: [text(row[place]) for row in rows] for place, name in enumerate(names)}
    normal = {name: [_normal(resource.fields[name], cell) for cell in cells[name]] for name in names}
    found: list[Count] = []
    for name in names:
        lost = sum(
            cell is not None and form is None for cell, form in zip(cells[name], normal[name], strict=True)
        )
        what = UNKNOWN_CODES if resource.fields[name].codes else WITHOUT_NORMAL_FORM
        found.append(Count(f"{resource.name}.{name}", what, lost, len(rows)))
    if resource.key:
        found.append(
            Count(
                f"{resource.name}.{'+'.join(resource.key)}",
                DUPLICATE_KEYS,
                _doubled(resource.key, normal),
                len(rows),
            )
        )
    return found


def _normal(field: CatalogField, cell: str | None) -> str | None:
    """Return the form in which a cell is compared; None where it holds nothing or has no such form."""
    if cell is None:
        return None
    if field.codes:
        return cell if any(code.stored == cell for code in field.codes) else None
    return normalise(field.type, cell)


def _doubled(key: Sequence[str], normal: Mapping[str, Sequence[str | None]]) -> int:
    """Return the rows whose key is that of an earlier row; keys with a null are none."""
    tuples = Counter(
        found for found in zip(*(normal[name] for name in key), strict=True) if None not in found
    )
    return sum(count - 1 for count in tuples.values())
