"""What discovery cannot decide: asked of the clerk as problems, each with its way out."""

from collections.abc import Sequence
from dataclasses import replace

from schema.catalog import Resource
from schema.discovery import shapes
from schema.discovery.linking import MayLink, alike, declared, targets_of
from schema.discovery.looking import Looked
from schema.discovery.writing import Written
from schema.errors import Problem

KEY_MISSING = "KEY_MISSING"
SUBJECT_OPEN = "SUBJECT_OPEN"
DELETED_OPEN = "DELETED_OPEN"
HEADER_IS_DATA = "HEADER_IS_DATA"
NOT_READ = "NOT_READ"
VALUES = (shapes.id_number, shapes.credit_code, shapes.mobile, shapes.email)


def unreadable(one: Looked, file: str) -> Problem | None:
    """Return why an entity is left out: it could not be read, or its first row was taken for its header."""
    if one.refused:
        what = f"The entity could not be read: {one.refused}"
        remedy = "Let the account read it, or name only the entities that are to be shared."
        return Problem(file, 0, f"entities.{_shown(one.entity.name)}", what, remedy, NOT_READ)
    if any(holds(column.name) for column in one.entity.columns for holds in VALUES):
        what = "The names of its columns are values: its first line is no header"
        remedy = "Write `header: false` for this file, or put a header into it."
        return Problem(file, 0, f"entities.{_shown(one.entity.name)}", what, remedy, HEADER_IS_DATA)
    return None


def _shown(entity: str) -> str:
    return "…" if any(holds(entity) for holds in VALUES) else entity


def counted(one: Looked) -> str:
    """Return how many rows there are and how many were seen."""
    seen = f"{len(one.rows)} rows seen"
    return seen if one.total is None else f"{one.total} rows, {seen}"


def open_points(resource: Written, file: str) -> list[Problem]:
    """Return what is open about a resource: its key, whom its rows are about, which of them are deleted."""
    where = f"resources.{resource.type}"
    found: list[Problem] = []
    if not resource.key:
        what = "No key is declared or could be told from the rows; the draft holds it as a comment"
        remedy = "Name the fields of the key and uncomment it, or share a view that has one."
        found.append(Problem(file, 0, where, what, remedy, KEY_MISSING))
    numbers = [name for name, (_, field) in resource.fields.items() if field.type == "IdNumber"]
    if numbers and not resource.subject:
        what = f"Whom is a row about? Identity numbers stand in {', '.join(f'`{name}`' for name in numbers)}"
        remedy = "Write `subject: …` with one of them, or leave it out where a row is about no person."
        found.append(Problem(file, 0, where, what, remedy, SUBJECT_OPEN))
    if resource.deleted:
        what = "Rows may be marked as deleted; which value marks them is not known"
        remedy = "Uncomment `deleted` and write the value, or remove it where such rows are to be shown."
        found.append(Problem(file, 0, where, what, remedy, DELETED_OPEN))
    return found


def with_links(
    department: str, looked: Sequence[Looked], resources: Sequence[Written], others: Sequence[Resource]
) -> tuple[list[Written], list[tuple[str, MayLink]]]:
    """Return the resources with the links that may be, as comments, and each link with its type's name."""
    entities = {one.entity.name: one.entity for one in looked}
    targets = targets_of(department, resources, others)
    linked: list[Written] = []
    found: list[tuple[str, MayLink]] = []
    for one in resources:
        links = [
            *declared(department, one, entities[one.entity], resources),
            *alike(department, one, targets),
        ]
        once = {(link.target, link.by): link for link in reversed(links if one.key else [])}
        kept = [link for link in links if once.get((link.target, link.by)) is link]
        linked.append(replace(one, links=tuple(link.line() for link in kept)))
        found += [(one.type, link) for link in kept]
    return linked, found
