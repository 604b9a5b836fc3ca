"""A grants file: one client, one purpose, and what it may do with each resource."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from auth.disclosure import AT_ONCE, Disclosure
from auth.filters import Operator, RowFilter
from auth.grants import ALWAYS_ALLOWED, CLEAR, FieldGrant, Grant
from auth.masking.rule import MaskRule
from auth.rights import Quota, Right
from schema.catalog import Catalog, CatalogField, Resource
from schema.conditions import known_field, read_condition
from schema.errors import GrantsRefusedError, ManifestRefusedError, Problem
from schema.manifest import read_text
from schema.manifest_fields import NONE, read_mask_code, read_rights
from schema.marked_yaml import Items, Scalar, read_yaml
from schema.naming import PURPOSE
from schema.place import Place, Report
from schema.revealing import too_revealing

NUMBER = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
REQUIRED = ("grants", "client", "purpose", "valid", "items")
KEYS = (*REQUIRED, "legalBasis", "agreement", "disclosure")
ITEM_KEYS = ("id", "resource", "quota", "bulk", "rows", "fields")


@dataclass(frozen=True, slots=True)
class _Terms:
    """What all grants of one file share."""

    client: str
    purpose: str
    valid_from: date
    valid_to: date
    legal_basis: str
    agreement: str
    disclosure: Disclosure


def read_grants(path: Path, catalog: Catalog, clients: Collection[str] | None = None) -> list[Grant]:
    """Return the grants in a file, held against the catalog and, where given, the known clients.

    Raises `GrantsRefusedError` with every problem of the file.
    """
    try:
        text = read_text(path)
    except ManifestRefusedError as error:
        raise GrantsRefusedError(error.problems) from None
    return read_grants_text(text, str(path), catalog, clients)


def read_grants_text(
    text: str, file: str, catalog: Catalog, clients: Collection[str] | None = None
) -> list[Grant]:
    """Return the grants in a text; `file` names it in problems."""
    reading = read_yaml(text, file)
    if reading.root is None:
        empty = Problem(file, 1, "", "The file is empty", "Begin with `grants: 1`.", "FILE")
        raise GrantsRefusedError(reading.problems or (empty,))
    report = Report(file, list(reading.problems))
    grants = _document(Place(reading.root, (), report, 1), catalog, clients)
    if report.problems:
        raise GrantsRefusedError(report.ordered())
    return grants


def _document(root: Place, catalog: Catalog, clients: Collection[str] | None) -> list[Grant]:
    entry = root.table(KEYS, REQUIRED)
    if "grants" in entry:
        entry["grants"].one_of(("1",))
    client = entry["client"].matching(NUMBER, "a client's name") if "client" in entry else ""
    if client and clients is not None and client not in clients:
        entry["client"].refuse("No client has this name", "Create it with `govgraph client create`.")
    purpose = entry["purpose"].matching(PURPOSE.pattern, "a purpose code") if "purpose" in entry else ""
    first, last = _valid(entry["valid"]) if "valid" in entry else (date.min, date.max)
    told = (_text(entry, "legalBasis"), _text(entry, "agreement"))
    disclosure = _disclosure(entry["disclosure"]) if "disclosure" in entry else AT_ONCE
    terms = _Terms(client, purpose, first, last, *told, disclosure)
    items = entry["items"].items() if "items" in entry else ()
    grants = [_grant(item, terms, catalog) for item in items]
    _refuse_repeated(items, grants)
    _refuse_revealing(items, grants, catalog)
    return [grant for grant in grants if grant is not None]


def _text(entry: Mapping[str, Place], name: str) -> str:
    return entry[name].text() if name in entry else ""


def _disclosure(place: Place) -> Disclosure:
    if isinstance(place.node, Scalar):
        place.one_of(("immediate",))
        return AT_ONCE
    entry = place.table(("deferred", "sealed"))
    if len(entry) != 1:
        place.refuse("The disclosure says neither one thing nor the other", "Write `deferred` or `sealed`.")
    until = _day(entry["deferred"]) if "deferred" in entry else None
    return Disclosure(until, _text(entry, "sealed"))


def _valid(place: Place) -> tuple[date, date]:
    entry = place.table(("from", "to"), ("from", "to"))
    first = _day(entry["from"]) if "from" in entry else None
    last = _day(entry["to"]) if "to" in entry else None
    if first and last and last < first:
        entry["to"].refuse("The grants end before they begin", "Write a later day.")
    return first or date.min, last or date.max


def _day(place: Place) -> date | None:
    text = place.matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day such as 2026-01-31")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        place.refuse("There is no such day", "Write a day of the calendar.")
        return None


def _refuse_repeated(items: Sequence[Place], grants: Sequence[Grant | None]) -> None:
    """Refuse a second grant of the file on one resource, and a number used twice."""
    numbers: set[str] = set()
    resources: set[str] = set()
    for item, grant in zip(items, grants, strict=True):
        if grant is None:
            continue
        if grant.id in numbers:
            item.refuse("This number is used twice", "Give each grant a number of its own.")
        if grant.resource in resources:
            item.refuse(
                "A second grant of this file opens the same resource",
                "Put all its fields into one grant.",
                "GRANTS_OVERLAP",
            )
        numbers.add(grant.id)
        resources.add(grant.resource)


def _refuse_revealing(items: Sequence[Place], grants: Sequence[Grant | None], catalog: Catalog) -> None:
    """Refuse the grant with which the file's grants in sum give identity numbers away."""
    judged: list[Grant] = []
    for item, grant in zip(items, grants, strict=True):
        if grant is None:
            continue
        judged.append(grant)
        if too_revealing(judged, catalog):
            item.refuse(
                "With this grant the client is shown both ends of identity numbers and the birth year, and "
                "may match numbers; together they leave so few candidates that a number can be found out",
                "Leave out one of the three.",
                "GRANT_TOO_REVEALING",
            )
            return


def _grant(place: Place, terms: _Terms, catalog: Catalog) -> Grant | None:
    entry = place.table(ITEM_KEYS, ("id", "resource", "fields"))
    number = entry["id"].matching(NUMBER, "a number such as G-2026-0001") if "id" in entry else ""
    resource = _resource(entry["resource"], catalog) if "resource" in entry else None
    if resource is None or "fields" not in entry:
        return None
    return Grant(
        id=number,
        client=terms.client,
        purpose=terms.purpose,
        resource=resource.name,
        fields=_fields(entry["fields"], resource),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        rows=_rows(entry["rows"], resource) if "rows" in entry else None,
        quota=_quota(entry["quota"]) if "quota" in entry else Quota(),
        bulk="bulk" in entry and entry["bulk"].truth(),
        legal_basis=terms.legal_basis,
        agreement=terms.agreement,
        disclosure=terms.disclosure,
        department=resource.department,
    )


def _resource(place: Place, catalog: Catalog) -> Resource | None:
    text = place.text()
    department, _, name = text.rpartition(".")
    resource = catalog.resources.get(name)
    if resource is not None and resource.department == department:
        return resource
    if text:
        place.refuse(
            "The catalog has no such resource",
            "Write it as `department.Type`; `govgraph catalog search` shows what exists.",
        )
    return None


def _quota(place: Place) -> Quota:
    entry = place.table(("lookupsPerDay",), ("lookupsPerDay",))
    return Quota(entry["lookupsPerDay"].whole_number() if "lookupsPerDay" in entry else None)


def _rows(place: Place, resource: Resource) -> RowFilter:
    conditions = []
    for name, entry in place.entries().items():
        field = known_field(entry, name, resource.fields)
        for written, value in entry.entries().items():
            known = written in {operator.value for operator in Operator}
            if not known:
                value.refuse_unknown(written, (operator.value for operator in Operator))
            elif field is not None:
                conditions.append(read_condition(value, field, Operator(written)))
    if not conditions:
        place.refuse("The row filter holds no condition", "Write one, or leave `rows` out to open every row.")
    return RowFilter(tuple(conditions))


def _fields(place: Place, resource: Resource) -> Mapping[str, FieldGrant]:
    granted = {}
    for name, entry in place.entries().items():
        field = known_field(entry, name, resource.fields)
        if field is not None:
            granted[name] = _field(entry, field)
    if not granted:
        place.refuse("The grant gives no field", "Name at least one field.")
    return granted


def _field(place: Place, field: CatalogField) -> FieldGrant:
    if isinstance(place.node, Items):
        return FieldGrant(_within_ceiling(place, field))
    entry = place.table(("rights", "mask"), ("rights",))
    rights = _within_ceiling(entry["rights"], field) if "rights" in entry else frozenset()
    return FieldGrant(rights, _mask(entry["mask"], field) if "mask" in entry else None)


def _within_ceiling(place: Place, field: CatalogField) -> frozenset[Right]:
    rights = read_rights(place)
    above = [right.value for right in Right if right in rights - field.rights]
    if above:
        allowed = ", ".join(right.value for right in Right if right in field.rights) or "none"
        place.refuse(
            f"The owner does not allow {', '.join(above)} on `{field.name}`",
            f"Choose among: {allowed}; or ask the owning department to raise its ceiling.",
        )
    return rights & field.rights


def _mask(place: Place, field: CatalogField) -> MaskRule | None:
    written = read_mask_code(place, field.type, (NONE,))
    if not written:
        return None
    code = CLEAR if written == NONE else written
    default = CLEAR if field.mask is None else field.mask.mask
    allowed = field.alternatives | ALWAYS_ALLOWED | {default}
    if code not in allowed:
        listed = ", ".join(sorted(NONE if one == CLEAR else one for one in allowed))
        place.refuse(f"The owner does not allow this mask on `{field.name}`", f"Choose among: {listed}.")
    return MaskRule(code)
