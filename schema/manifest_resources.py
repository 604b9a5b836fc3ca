"""The resources of a manifest: catalog entries of government information, and what they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from schema.catalog import CatalogField, Coverage, Cycle, Open, Resource, Share
from schema.conditions import known_field
from schema.draft import ClassCode, ResourceDraft
from schema.manifest_changes import Changes, read_changes, read_deletion
from schema.manifest_fields import read_fields
from schema.manifest_links import read_links
from schema.naming import PURPOSE, RESERVED_TYPES, TYPE_NAME
from schema.place import Place

REQUIRED = ("table", "title", "class", "summary", "share", "open", "cycle", "key", "fields")
KEYS = (*REQUIRED, "subject", "changedAt", "deleted", "coverage", "links", "verify", "hidden")


def read_resource(name: str, place: Place, department: str) -> ResourceDraft:
    """Return one resource; every fault below it becomes a problem."""
    if not TYPE_NAME.fullmatch(name) or name in RESERVED_TYPES:
        place.refuse("This cannot name a type", "Use a capital, then letters and digits: `MarriageParty`.")
    entry = place.table(KEYS, REQUIRED)
    fields = read_fields(entry["fields"]) if "fields" in entry else {}
    share = _share(entry["share"]) if "share" in entry else _Share()
    changes = read_changes(entry["changedAt"], fields) if "changedAt" in entry else Changes()
    resource = Resource(
        name=name,
        department=department,
        entity=_text(entry, "table"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        code="",
        share=share.type,
        open=(entry["open"].choice(Open) if "open" in entry else None) or Open.NOT_OPEN,
        cycle=(entry["cycle"].choice(Cycle) if "cycle" in entry else None) or Cycle.YEARLY,
        key=_key(entry["key"], fields) if "key" in entry else (),
        fields=fields,
        subject=_field_name(entry["subject"], fields) if "subject" in entry else None,
        changed_at=changes.column,
        settles=changes.settles,
        deleted=read_deletion(entry["deleted"]) if "deleted" in entry else None,
        coverage=_coverage(entry["coverage"]) if "coverage" in entry else Coverage(),
        purposes=share.purposes,
        scope=share.scope,
        legal_basis=share.legal_basis,
        hidden="hidden" in entry and entry["hidden"].truth(),
        verify=_names(entry["verify"], fields) if "verify" in entry else (),
    )
    links = read_links(entry["links"], fields) if "links" in entry else ()
    return ResourceDraft(
        resource, _class_code(entry["class"]) if "class" in entry else ClassCode("", "", ""), links
    )


def _text(entry: Mapping[str, Place], name: str) -> str:
    return entry[name].text() if name in entry else ""


def _class_code(place: Place) -> ClassCode:
    digits = {"lei": "[0-9]", "xiang": "[0-9]{1,2}", "mu": "[0-9]{1,3}", "ximu": "[0-9]{1,6}"}
    entry = place.table(tuple(digits), ("lei", "xiang", "mu"))
    read = {name: entry[name].matching(digits[name], "a class code in digits") for name in entry}
    return ClassCode(
        read.get("lei", ""), read.get("xiang", "").zfill(2), read.get("mu", "").zfill(3), read.get("ximu", "")
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """What `share` says; made empty where it is missing."""

    type: Share = Share.NOT_SHARED
    scope: str = ""
    purposes: tuple[str, ...] = ()
    legal_basis: str = ""


def _share(place: Place) -> _Share:
    entry = place.table(("type", "scope", "purposes", "legalBasis"), ("type",))
    kind = entry["type"].choice(Share) if "type" in entry else None
    if kind is Share.CONDITIONAL and not {"scope", "purposes"} <= entry.keys():
        place.refuse("Conditional sharing states its conditions", "Add `scope: …` and `purposes: […]`.")
    if kind is Share.NOT_SHARED and "legalBasis" not in entry:
        place.refuse("A refusal to share cites its legal basis", "Add `legalBasis: …`.")
    purposes = tuple(_purpose(item) for item in entry["purposes"].items()) if "purposes" in entry else ()
    return _Share(kind or Share.NOT_SHARED, _text(entry, "scope"), purposes, _text(entry, "legalBasis"))


def _purpose(place: Place) -> str:
    return place.matching(PURPOSE.pattern, "a purpose code in capitals, digits and hyphens")


def _coverage(place: Place) -> Coverage:
    entry = place.table(("area", "since"))
    area = entry["area"].matching(r"[0-9]{2,12}", "a division code") if "area" in entry else ""
    months = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
    since = (
        entry["since"].matching(months, "a year, month or day such as 1986-03") if "since" in entry else ""
    )
    return Coverage(area, since)


def _key(place: Place, fields: Mapping[str, CatalogField]) -> tuple[str, ...]:
    names = _names(place, fields)
    if not names:
        place.refuse("The resource has no key", "Name the fields that identify one row.")
    return names


def _names(place: Place, fields: Mapping[str, CatalogField]) -> tuple[str, ...]:
    names: list[str] = []
    for item in place.items():
        name = _field_name(item, fields)
        if name in names:
            item.refuse("This field is named twice", "Remove one of the two.")
        elif name:
            names.append(name)
    return tuple(names)


def _field_name(place: Place, fields: Mapping[str, CatalogField]) -> str:
    name = place.text()
    return name if name and known_field(place, name, fields) else ""
