"""The fields of a resource in a manifest: types, levels, ceilings, masks, codes."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

from auth.filters import Operator
from auth.masking.masks import MASKS
from auth.masking.rule import MaskException, MaskRule
from auth.rights import Level, Right
from schema.catalog import CatalogField, Code
from schema.code_tables import FILES, code_table
from schema.conditions import known_field, read_condition
from schema.marked_yaml import Scalar, Table
from schema.naming import FIELD_NAME, GRAPHQL_CODE, NAMING
from schema.place import Place
from schema.types import SEMANTIC_TYPES, VARIANTS, SemanticType

CLEAR = "CLEAR"
NONE = "none"
ENUM = "Enum"
KEYS = ("column", "title", "type", "level", "mask", "rights", "alternatives", "codes", "variants")
SETS: Mapping[frozenset[Right], frozenset[Right]] = MappingProxyType(
    {one: one for size in range(len(Right) + 1) for one in map(frozenset, combinations(Right, size))}
)
"""Every set of rights there is, once: in a city of 100,000 fields a set for each weighs 50 MB."""
PLAIN = frozenset({Right.READ, Right.MATCH, Right.RANGE, Right.SORT, Right.AGGREGATE})
NUMERIC = frozenset({"Decimal", "Int", "Long"})
SUITABLE: Mapping[str, frozenset[str]] = {"YR": frozenset({"Date", "DateTime"}), "BK": NUMERIC}
"""Masks that read more than text; each speaks of these types alone."""


def read_fields(place: Place) -> Mapping[str, CatalogField]:
    """Return the fields of a resource by name; masks that depend on other fields are read last."""
    entries = place.entries()
    if not entries:
        place.refuse("The resource has no fields", "Write at least one field.")
    for name, entry in entries.items():
        if not FIELD_NAME.fullmatch(name):
            entry.refuse("This cannot name a field", NAMING)
    tables = {name: entry.table(KEYS, ("column", "title")) for name, entry in entries.items()}
    fields = {name: _field(name, entries[name], tables[name]) for name in entries}
    for name, table in tables.items():
        if "mask" in table and isinstance(table["mask"].node, Table):
            fields[name] = replace(fields[name], mask=_mask_by_row(table["mask"], fields, fields[name].type))
    return fields


def ceiling(level: Level, mask: MaskRule | None) -> frozenset[Right]:
    """Return the ceiling of a field whose manifest and type name none: harmless fields are free."""
    return PLAIN if level <= Level.L2 and mask is None else frozenset({Right.READ})


def default_mask(semantic: SemanticType) -> MaskRule | None:
    """Return the mask a type brings, or None."""
    return MaskRule(semantic.mask) if semantic.mask else None


def _field(name: str, place: Place, entry: Mapping[str, Place]) -> CatalogField:
    semantic = _type(entry)
    codes = read_codes(entry["codes"]) if "codes" in entry else ()
    type_name = ENUM if "codes" in entry else semantic.name
    level = _level(place, entry, semantic)
    mask = _mask(entry["mask"], type_name) if "mask" in entry else default_mask(semantic)
    rights = _rights(entry, semantic, level, mask)
    return CatalogField(
        name=name,
        column=entry["column"].text() if "column" in entry else "",
        title=entry["title"].text() if "title" in entry else "",
        type=type_name,
        level=level,
        rights=SETS[rights],
        mask=mask,
        alternatives=_alternatives(entry, type_name),
        codes=codes,
        variants=_variants(entry),
    )


def _type(entry: Mapping[str, Place]) -> SemanticType:
    name = entry["type"].one_of(SEMANTIC_TYPES) if "type" in entry else ""
    if "codes" in entry and name not in {"", "Text"}:
        entry["type"].refuse("A field with codes takes no type", "Remove `type`, or remove `codes`.")
    return SEMANTIC_TYPES[name or "Text"]


def _level(place: Place, entry: Mapping[str, Place], semantic: SemanticType) -> Level:
    if "level" in entry:
        return entry["level"].choice(Level) or Level.L4
    if semantic.level is None:
        place.refuse("The field has no level", "Add `level: L1` … `L4`; its type brings none.")
    return semantic.level or Level.L4


def _rights(
    entry: Mapping[str, Place], semantic: SemanticType, level: Level, mask: MaskRule | None
) -> frozenset[Right]:
    if "rights" in entry:
        return read_rights(entry["rights"])
    if semantic.rights is None or "codes" in entry:
        return ceiling(level, mask)
    # A type's ceiling counts on the type's own level; where a clerk is stricter, size and order go.
    return semantic.rights & (ceiling(level, mask) | {Right.MATCH, Right.JOIN})


def read_rights(place: Place) -> frozenset[Right]:
    """Return the rights of a list; unknown and repeated ones are problems."""
    rights: set[Right] = set()
    for item in place.items():
        right = item.choice(Right)
        if right in rights:
            item.refuse("This right is named twice", "Remove one of the two.")
        if right is not None:
            rights.add(right)
    return frozenset(rights)


def read_mask_code(place: Place, type_name: str, options: tuple[str, ...] = ()) -> str:
    """Return the code of a mask that suits the field's type; '' with a problem where it does not."""
    code = place.one_of((*MASKS, *options))
    if code in SUITABLE and type_name not in SUITABLE[code]:
        fit = ", ".join(sorted(SUITABLE[code]))
        place.refuse(f"The mask {code} does not suit the type {type_name}", f"It masks: {fit}.")
        return ""
    return code


def _mask(place: Place, type_name: str) -> MaskRule | None:
    if not isinstance(place.node, Scalar):
        return MaskRule("RD")  # replaced once all fields are read
    code = read_mask_code(place, type_name, (NONE,))
    return None if code == NONE else MaskRule(code or "RD")


def _mask_by_row(place: Place, fields: Mapping[str, CatalogField], type_name: str) -> MaskRule:
    """Return `{default: NM, when: [{field, operator, value, mask}]}` as a rule."""
    entries = place.table(("default", "when"), ("default", "when"))
    default = read_mask_code(entries["default"], type_name) if "default" in entries else ""
    exceptions = []
    for item in entries["when"].items() if "when" in entries else ():
        exception = _exception(item, fields, type_name)
        if exception is not None:
            _refuse_other_output(item, default, exception.mask)
            exceptions.append(exception)
    return MaskRule(default or "RD", tuple(exceptions))


def _exception(place: Place, fields: Mapping[str, CatalogField], type_name: str) -> MaskException | None:
    keys = ("field", "operator", "value", "mask")
    entries = place.table(keys, keys)
    if len(entries) < len(keys):
        return None
    target = known_field(entries["field"], entries["field"].text(), fields)
    operator = entries["operator"].choice(Operator)
    mask = read_mask_code(entries["mask"], type_name)
    if target is None or operator is None or not mask:
        return None
    return MaskException(read_condition(entries["value"], target, operator), mask)


def _refuse_other_output(place: Place, default: str, mask: str) -> None:
    """One field has one type in a caller's schema, whichever mask a row gets."""
    if default and mask != "NU" and default != "NU" and MASKS[mask].output != MASKS[default].output:
        place.refuse(f"The masks {default} and {mask} yield different types", "Use NU in place of one.")


def _alternatives(entry: Mapping[str, Place], type_name: str) -> frozenset[str]:
    if "alternatives" not in entry:
        return frozenset()
    codes = (read_mask_code(item, type_name, (CLEAR,)) for item in entry["alternatives"].items())
    return frozenset(code for code in codes if code)


def _variants(entry: Mapping[str, Place]) -> tuple[str, ...]:
    if "variants" not in entry:
        return ()
    return tuple(item.one_of(VARIANTS) for item in entry["variants"].items())


def read_codes(place: Place) -> tuple[Code, ...]:
    """Return a code table: by the name of a standard, or written out as `{1: MARRIED 结婚}`."""
    if isinstance(place.node, Scalar):
        name = place.one_of(FILES)
        return code_table(name) if name else ()
    codes = [_code(stored, entry) for stored, entry in place.entries().items()]
    if not codes:
        place.refuse("The code table is empty", "Write at least one code.")
    names: set[str] = set()
    for code, entry in zip(codes, place.entries().values(), strict=True):
        if code.name in names:
            entry.refuse("This name stands for two codes", "Give each code a name of its own.")
        names.add(code.name)
    return tuple(codes)


def _code(stored: str, place: Place) -> Code:
    name, _, title = place.text().partition(" ")
    if not GRAPHQL_CODE.fullmatch(name):
        place.refuse(
            "This does not begin with a name in capitals", "Write `NAME 标题`, the name in A-Z, 0-9 and _."
        )
        name = "UNKNOWN"
    return Code(stored, name, title.strip() or name)
