"""Cities made at random: resources, links, grants, rows and the kind of source each department keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from auth.filters import Attribute, Condition, ConditionValue, Operator, RowFilter, YearsBeforeToday
from auth.grants import FieldGrant, Grant
from auth.masking.rule import MaskException, MaskRule
from auth.policy import permissions
from auth.principal import Principal, Role
from auth.rights import Level, Permissions, Right
from schema.catalog import Catalog, CatalogField, Cycle, Department, Link, Open, Resource, Share
from schema.visibility import ceilings, ranging
from tests.resolvers.generated.cells import (
    ANY_MASK,
    CELLS,
    CODES,
    KEYS,
    MASKS,
    NATIVE,
    ONE,
    STATED,
    TWO,
    VARIANTS,
)
from tests.subsets import subsets

NAMES = ("Person", "Firm", "Permit", "House", "Car")
WHO = ("app", "STUDY")
CALLER = Principal(*WHO, Role.APPLICATION)
TODAY = date(2026, 6, 30)
KINDS = ("memory", "partly", "lookup", "sqlite", "files", "postgresql", "pushdown", "rest")
EVERYTHING = frozenset(Right)
CLEAR = FieldGrant(EVERYTHING, MaskRule("CLEAR"))
Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class City:
    """A catalog, its rows by type, the grants of one caller, and the kind of each department's source.

    `native` are coordinates of columns that a database keeps in a type of its own. Fewer persons than
    `smallest` are not told as a number.
    """

    catalog: Catalog
    rows: Mapping[str, Sequence[Row]]
    grants: Sequence[Grant]
    kinds: Mapping[str, str]
    native: frozenset[str] = frozenset()
    principal: Principal = CALLER
    smallest: int = 2

    @property
    def permissions(self) -> Permissions:
        """Return what the caller may do."""
        return permissions(*WHO, self.grants, ceilings(self.catalog), TODAY)


def by_one_key(catalog: Catalog, department: str) -> bool:
    """Return whether every resource of a department is looked up by one and the same field, as REST is."""
    links = [link for one in catalog.resources.values() for link in one.links.values()]
    for resource in catalog.resources.values():
        asked = {resource.key} | {
            tuple(theirs for _, theirs in link.by) for link in links if link.target == resource.name
        }
        if resource.department == department and {len(one) for one in asked} | {len(asked)} != {1}:
            return False
    return True


@st.composite
def fields(draw: st.DrawFn, name: str, kind: str) -> CatalogField:
    """Return a field of a type; some are masked unless a grant asks for the clear value."""
    masked = draw(st.integers(0, 4)) == 0
    return CatalogField(
        name, name, name, kind, draw(st.sampled_from(Level)), EVERYTHING,
        mask=MaskRule(draw(st.sampled_from(MASKS.get(kind, ANY_MASK)))) if masked else None,
        alternatives=frozenset({"CLEAR", *MASKS.get(kind, ()), *ANY_MASK}),
        codes=CODES if kind == "Enum" else (),
        variants=tuple(one for one in VARIANTS.get(kind, ()) if draw(st.booleans())),
    )  # fmt: skip


@st.composite
def resources(draw: st.DrawFn, name: str, department: str) -> Resource:
    """Return a resource without links, told apart by one field or by two."""
    keys = 2 if draw(st.integers(0, 4)) == 4 else 1
    kinds = [draw(st.sampled_from(KEYS)) for _ in range(keys)]
    kinds += draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    made = {}
    for number, kind in enumerate(kinds):
        one = draw(fields(f"{kind[0].lower()}{kind[1:]}{number}", kind))
        made[one.name] = one
    persons = [one.name for one in made.values() if one.type == "IdNumber"]
    return Resource(
        name, department, name.lower(), name, "", "", Share.CONDITIONAL, Open.NOT_OPEN, Cycle.DAILY,
        tuple(made)[:keys], made,
        subject=draw(st.sampled_from([None, *persons])),
        verify=tuple(made) if draw(st.booleans()) else (),
    )  # fmt: skip


@st.composite
def linked(draw: st.DrawFn, made: dict[str, Resource], number: int) -> dict[str, Resource]:
    """Return the resources with one more link and the fields it needs, and perhaps the link back."""
    own, target = (made[draw(st.sampled_from(sorted(made)))] for _ in range(2))
    joinable = [one.name for one in target.fields.values() if one.type in KEYS]
    theirs = target.key if draw(st.booleans()) else (draw(st.sampled_from(joinable)),)
    mine = []
    for name in theirs:
        kind = target.fields[name].type
        fitting = [one.name for one in own.fields.values() if one.type == kind]
        if not fitting or draw(st.booleans()):
            added = draw(fields(f"to{number}{name[0].upper()}{name[1:]}", kind))
            own = replace(own, fields={**own.fields, added.name: added})
            fitting = [added.name]
        mine.append(draw(st.sampled_from(fitting)))
    made = {**made, own.name: own}
    by = tuple(zip(mine, theirs, strict=True))
    link = Link(
        f"link{number}", target.name, draw(st.booleans()), by,
        when=draw(whens(made[own.name])), target_when=draw(whens(made[target.name])),
    )  # fmt: skip
    made = with_link(made, own.name, link)
    if draw(st.booleans()):
        back = tuple((theirs, mine) for mine, theirs in by)
        link = Link(f"back{number}", own.name, draw(st.booleans()), back)
        made = with_link(made, target.name, link)
    return made


def with_link(made: dict[str, Resource], name: str, link: Link) -> dict[str, Resource]:
    """Return the resources, one of them with a link more."""
    return {**made, name: replace(made[name], links={**made[name].links, link.name: link})}


@st.composite
def whens(draw: st.DrawFn, resource: Resource) -> tuple[tuple[str, str], ...]:
    """Return the constant condition of a link on one of its ends; most have none."""
    enums = [one.name for one in resource.fields.values() if one.type == "Enum"]
    if not enums or draw(st.booleans()):
        return ()
    return ((draw(st.sampled_from(enums)), draw(st.sampled_from(CODES)).name),)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return a catalog of two to five resources in one to three departments."""
    departments = ("north", "south", "west")[: draw(st.integers(1, 3))]
    made: dict[str, Resource] = {}
    for name in NAMES[: draw(st.integers(2, 5))]:
        made[name] = draw(resources(name, draw(st.sampled_from(departments))))
    for number in range(draw(st.integers(1, 5))):
        made = draw(linked(made, number))
    return Catalog(1, {key: Department(key, "", key) for key in departments}, {}, made)


@st.composite
def conditions(draw: st.DrawFn, resource: Resource) -> Condition:
    """Return a condition of a grant on a field."""
    one = draw(st.sampled_from(sorted(resource.fields.values(), key=lambda field: field.name)))
    allowed = {"eq", "in", *ranging(one.type)} - {"contains"}
    operator = Operator(draw(st.sampled_from(sorted(allowed))))
    stated = [code.name for code in CODES] if one.codes else [spelled(value) for value in STATED[one.type]]
    value: st.SearchStrategy[ConditionValue] = st.sampled_from(stated)
    if operator is Operator.IS_NULL:
        value = st.booleans()
    elif operator in (Operator.IN, Operator.NOT_IN):
        value = st.lists(st.sampled_from(stated), max_size=2).map(tuple)
    elif one.type == "Date":
        value = value | st.just(YearsBeforeToday(2))
    elif one.type == "IdNumber" and operator in (Operator.EQ, Operator.NE):
        value = value | st.just(Attribute("subject"))
    return Condition(one.name, operator, draw(value))


def spelled(value: Any) -> str:
    """Return a value as a grant writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@st.composite
def field_grants(draw: st.DrawFn, resource: Resource, one: CatalogField) -> FieldGrant | None:
    """Return what a grant gives of one field: mostly everything, at times a mask, some rights, or nothing."""
    match draw(st.integers(0, 9)):
        case 9:
            return None
        case 8:
            return FieldGrant(draw(subsets(Right)))
        case 6 | 7:
            code = draw(st.sampled_from([*MASKS.get(one.type, ()), *ANY_MASK]))
            stricter = draw(st.lists(conditions(resource), max_size=1))
            exceptions = tuple(MaskException(when, draw(st.sampled_from(("RD", "NU")))) for when in stricter)
            return FieldGrant(EVERYTHING, MaskRule(code, exceptions))
    return CLEAR


@st.composite
def grants(draw: st.DrawFn, catalog: Catalog) -> list[Grant]:
    """Return a grant for each resource."""
    made = []
    for name, resource in catalog.resources.items():
        given = {key: draw(field_grants(resource, one)) for key, one in resource.fields.items()}
        filtered = draw(st.integers(0, 4)) == 4
        filters = draw(st.lists(conditions(resource), min_size=1, max_size=2)) if filtered else []
        rows = RowFilter(tuple(filters)) if filters else None
        kept = {key: one for key, one in given.items() if one is not None}
        days, owner = (date(2026, 1, 1), date(2026, 12, 31)), resource.department
        made.append(Grant(f"G-{name}", *WHO, name, kept, *days, rows, bulk=True, department=owner))
    return made


@st.composite
def rows_of(draw: st.DrawFn, resource: Resource, native: frozenset[str]) -> list[Row]:
    """Return rows of a resource; those with one key, as its source spells it, are one row twice."""
    cells = []
    for one in resource.fields.values():
        pool = (NATIVE if f"{resource.name}.{one.name}" in native else CELLS)[one.type]
        cells.append(st.sampled_from([*pool[:3], *pool, None]))
    made = draw(st.lists(st.tuples(*cells), min_size=draw(st.sampled_from((0, 4))), max_size=12))
    first: dict[tuple[str | None, ...], Row] = {}
    whole = [dict(zip(resource.fields, row, strict=True)) for row in made]
    return [dict(first.setdefault(tuple(row[name] for name in resource.key), row)) for row in whole]


@st.composite
def cities(draw: st.DrawFn) -> City:
    """Return a city."""
    catalog = draw(catalogs())
    typed = [
        f"{name}.{one.name}"
        for name, resource in catalog.resources.items()
        for one in resource.fields.values()
        if one.type in NATIVE
    ]
    native = frozenset(one for one in typed if draw(st.integers(0, 2)) == 0)
    kinds = {
        key: draw(st.sampled_from(KINDS if by_one_key(catalog, key) else KINDS[:-1]))
        for key in catalog.departments
    }
    return City(
        catalog,
        {name: draw(rows_of(resource, native)) for name, resource in catalog.resources.items()},
        draw(grants(catalog)),
        kinds,
        native,
        Principal(*WHO, Role.APPLICATION, subject=draw(st.sampled_from([None, ONE, TWO]))),
        draw(st.integers(1, 3)),
    )
