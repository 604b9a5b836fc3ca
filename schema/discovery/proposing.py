"""The proposal: a manifest for a clerk to correct, each field with its reasons, and what is left open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from schema.catalog import Resource
from schema.discovery.classifying import Classified
from schema.discovery.columns import about_a_person, classified_columns
from schema.discovery.keys import changed_at, deleted_by, key_of, subject_of
from schema.discovery.looking import Looked
from schema.discovery.naming import table_name
from schema.discovery.questions import counted, open_points, unreadable, with_links
from schema.discovery.unique_names import brought, name_fields, name_type
from schema.discovery.writing import Written, head_lines, manifest
from schema.errors import Problem

NAME = "proposed manifest"
"""What the file is called in problems."""


@dataclass(frozen=True, slots=True)
class SourceHead:
    """Whose source it is and how it is reached; `source` is the department's key."""

    code: str
    title: str
    source: str
    kind: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ProposedField:
    """A field as proposed: `type` is a semantic type or `Enum`, `mask` a code or `none`."""

    entity: str
    column: str
    name: str
    title: str
    type: str
    level: str
    mask: str
    key: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A manifest that can be read back, its fields one by one, and what a clerk has to decide."""

    manifest: str
    fields: tuple[ProposedField, ...]
    problems: tuple[Problem, ...]


def propose(
    head: SourceHead,
    looked: Sequence[Looked],
    taken: Collection[str] = (),
    others: Sequence[Resource] = (),
) -> Proposal:
    """Return the proposal for a source; it takes some 10 ms of the processor for each column.

    `taken` are the names of types and root fields that others hold, `others` the resources of other
    departments that links may lead to.
    """
    problems: list[Problem] = []
    used = set(taken)
    resources: list[Written] = []
    for one in looked:
        refused = unreadable(one, NAME)
        if refused is not None:
            problems.append(refused)
            continue
        resource, found = _resource(one, head.source, used)
        used |= brought(resource.type)
        resources.append(resource)
        problems += found
    linked, links = with_links(head.source, looked, resources, others)
    problems += [link.question(type_name, NAME) for type_name, link in links]
    fields = tuple(field for one in linked for field in _proposed(one))
    lines = head_lines(head.source, head.code, head.title, head.kind, head.settings)
    return Proposal(manifest(lines, linked), fields, tuple(problems))


def _resource(one: Looked, department: str, used: Collection[str]) -> tuple[Written, list[Problem]]:
    """Return an entity as a resource, and what is open about it."""
    wanted, title, why = table_name(one.entity.name, one.entity.comment)
    type_name, clash = name_type(wanted, department, used, NAME)
    columns = classified_columns(one)
    key, key_why = key_of(one, columns)
    subject, subject_why = subject_of(columns, key)
    columns = about_a_person(columns) if subject else columns
    fields, problems = name_fields(type_name, columns, NAME)
    names = {column: name for name, (column, _) in fields.items()}
    fields = {
        name: (column, _explained(field, column in key, key_why, subject_why if column == subject else ""))
        for name, (column, field) in fields.items()
    }
    written = Written(
        type_name,
        one.entity.name,
        title,
        f"{why}; {counted(one)}",
        tuple(names[column] for column in key),
        fields,
        names.get(subject, ""),
        changed_at(columns),
        deleted_by(columns),
    )
    return written, [*([clash] if clash else []), *problems, *open_points(written, NAME)]


def _explained(field: Classified, key: bool, key_why: str, subject_why: str) -> Classified:
    more = [f"part of the key: {key_why}"] if key else []
    more += [f"the row's person: {subject_why}"] if subject_why else []
    return replace(field, reasons=(*field.reasons, *more))


def _proposed(one: Written) -> list[ProposedField]:
    return [
        ProposedField(
            one.entity,
            column,
            name,
            field.title,
            field.type,
            field.level,
            field.mask,
            name in one.key,
            field.reasons,
        )
        for name, (column, field) in one.fields.items()
    ]
