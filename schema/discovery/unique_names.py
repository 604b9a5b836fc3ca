"""Names that nobody else holds: clashes are told with two ways out, and the draft takes the first."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schema.assemble import proposal
from schema.discovery.classifying import Classified
from schema.discovery.naming import LONGEST_NAME, english, plain_letters
from schema.errors import Problem
from schema.naming import FIELD_NAME, platform_types, root_names, type_names
from schema.types import SEMANTIC_TYPES

NAME_TAKEN = "NAME_TAKEN"


def reserved() -> frozenset[str]:
    """Return the names that the platform keeps for itself."""
    return platform_types(semantic.scalar for semantic in SEMANTIC_TYPES.values())


def brought(type_name: str) -> frozenset[str]:
    """Return every name that a resource of this type takes in the graph."""
    return frozenset({*type_names(type_name, ()), *root_names(type_name).all()})


def name_type(wanted: str, department: str, used: Iterable[str], file: str) -> tuple[str, Problem | None]:
    """Return a free type name, and the clash where the wanted one is held already."""
    held = {*used, *reserved()}
    if not brought(wanted) & held:
        return wanted, None
    own = proposal(department, wanted)
    name, number = own, 2
    while brought(name) & held:
        name, number = f"{own}{number}", number + 1
    what = f"The name `{wanted}`, or one that it brings, is taken; the draft says `{name}`"
    remedy = f"Keep `{name}`, or rename the resource after what its rows are."
    return name, Problem(file, 0, f"resources.{name}", what, remedy, NAME_TAKEN)


def name_fields(
    type_name: str, columns: Mapping[str, Classified], file: str
) -> tuple[dict[str, tuple[str, Classified]], list[Problem]]:
    """Return the fields by names of their own, each with its column, and the clashes among them."""
    fields: dict[str, tuple[str, Classified]] = {}
    problems: list[Problem] = []
    for column, classified in columns.items():
        name = classified.name
        if name in fields:
            name = _other(column, classified, fields)
            first = fields[classified.name][0]
            what = f"The columns `{first}` and `{column}` would both be `{classified.name}`"
            remedy = f"Keep `{name}` for the second, or leave one of the two columns out."
            problems.append(
                Problem(file, 0, f"resources.{type_name}.fields.{name}", what, remedy, NAME_TAKEN)
            )
        fields[name] = (column, replace(classified, name=name))
    return fields, problems


def _other(column: str, classified: Classified, fields: Mapping[str, object]) -> str:
    """Return another name for a field: by its title, by its column, or with a number."""
    for made in (english(classified.title), plain_letters(column)):
        name = f"{made[:1].lower()}{made[1:]}"[:LONGEST_NAME]
        if FIELD_NAME.fullmatch(name) and name not in fields:
            return name
    return next(name for name in (f"{classified.name}{n}" for n in range(2, 10_000)) if name not in fields)
