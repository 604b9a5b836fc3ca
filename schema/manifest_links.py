"""The links of a resource in a manifest: keys to keys, with constant conditions."""

from collections.abc import Mapping

from auth.rights import Right
from schema.catalog import CatalogField
from schema.conditions import known_code, known_field
from schema.draft import LinkDraft
from schema.naming import FIELD_NAME, NAMING
from schema.place import Place

KEYS = ("to", "one", "by", "when", "targetWhen", "reverse", "reverseOne", "title")
TARGET = r"[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*"


def read_links(place: Place, fields: Mapping[str, CatalogField]) -> tuple[LinkDraft, ...]:
    """Return the links of a resource; what they say of their targets is checked by `schema.assemble`."""
    return tuple(_link(name, entry, fields) for name, entry in place.entries().items())


def _link(name: str, place: Place, fields: Mapping[str, CatalogField]) -> LinkDraft:
    if not FIELD_NAME.fullmatch(name):
        place.refuse("This cannot name a link", NAMING)
    if name in fields:
        place.refuse(
            "A field of this resource has the same name", f"Rename the link, for example `{name}Link`."
        )
    entry = place.table(KEYS, ("to", "by"))
    to = entry["to"].matching(TARGET, "a target such as `public-security.Person`") if "to" in entry else ""
    department, _, type_name = to.partition(".")
    reverse = entry["reverse"].text() if "reverse" in entry else ""
    if reverse and not FIELD_NAME.fullmatch(reverse):
        entry["reverse"].refuse("This cannot name a link", NAMING)
    return LinkDraft(
        name=name,
        department=department,
        type=type_name,
        one="one" in entry and entry["one"].truth(),
        by=_pairs(entry["by"], fields) if "by" in entry else (),
        title=entry["title"].text() if "title" in entry else "",
        when=_when(entry["when"], fields) if "when" in entry else (),
        target_when=_target_when(entry["targetWhen"]) if "targetWhen" in entry else (),
        reverse=reverse,
        reverse_one="reverseOne" in entry and entry["reverseOne"].truth(),
    )


def _pairs(place: Place, fields: Mapping[str, CatalogField]) -> tuple[tuple[str, str], ...]:
    pairs = tuple((own, entry.text()) for own, entry in place.entries().items())
    if not pairs:
        place.refuse("The link joins on nothing", "Write `by: {field: fieldOfTheTarget}`.")
    for own, entry in place.entries().items():
        found = known_field(entry, own, fields)
        if found is not None and Right.JOIN not in found.rights:
            entry.refuse(
                f"The field `{own}` may not be joined on",
                f"Add `join` to the rights of `{own}`, or drop the link.",
            )
    return pairs


def _when(place: Place, fields: Mapping[str, CatalogField]) -> tuple[tuple[str, str], ...]:
    conditions = []
    for name, entry in place.entries().items():
        found, text = known_field(entry, name, fields), entry.text()
        if found is not None:
            known_code(entry, found, text)
        conditions.append((name, text))
    return tuple(conditions)


def _target_when(place: Place) -> tuple[tuple[str, str], ...]:
    return tuple((name, entry.text()) for name, entry in place.entries().items())
