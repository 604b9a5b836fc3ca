"""Writes a manifest as a clerk would, with the reasons beside it as comments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schema.discovery.classifying import Classified

PLAIN = re.compile(r"[0-9A-Za-z_一-鿿][0-9A-Za-z_一-鿿 ./()（）、·-]*")
COMMENT = "  # "


@dataclass(frozen=True, slots=True)
class Written:
    """One resource to be written: its fields by graph name, each with its column.

    `links` are lines that a clerk may bring to life; they are written as comments. A resource without a
    `key` is written as a comment whole.
    """

    type: str
    entity: str
    title: str
    why: str
    key: tuple[str, ...]
    fields: Mapping[str, tuple[str, Classified]]
    subject: str = ""
    changed: str = ""
    deleted: str = ""
    links: tuple[str, ...] = ()


def manifest(head: Sequence[str], resources: Sequence[Written]) -> str:
    """Return the text of a manifest; `head` are its lines above the resources."""
    lines = [*head]
    alive = [one for one in resources if one.key]
    lines.append("resources:" if alive else "resources: {}")
    for one in resources:
        written = _resource(one)
        lines += written if one.key else [f"  # {line[2:]}" for line in written]
    return "\n".join(lines) + "\n"


def head_lines(key: str, code: str, title: str, kind: str, settings: Mapping[str, object]) -> list[str]:
    """Return the lines that say whose source it is and where it is."""
    lines = [
        "manifest: 1",
        f"department: {{key: {scalar(key)}, code: {scalar(code)}, title: {scalar(title)}}}",
        "source:",
        f"  kind: {scalar(kind)}",
    ]
    return lines + [f"  {scalar(name)}: {flow(value)}" for name, value in settings.items() if name != "kind"]


def flow(value: object) -> str:
    """Return a setting on one line: texts, numbers, truths, and lists and mappings of them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(name))}: {flow(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    return scalar(("true" if value else "false") if isinstance(value, bool) else str(value))


def scalar(text: str) -> str:
    """Return a text as YAML reads it back: plain where that is safe, else in quotation marks."""
    if PLAIN.fullmatch(text) and text == text.strip():
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\' or not character.isprintable():
        return f"\\U{ord(character):08X}"
    return character


def _resource(one: Written) -> list[str]:
    lines = [
        f"  {one.type}:{COMMENT}{one.why}",
        f"    table: {scalar(one.entity)}",
        f"    title: {scalar(one.title)}",
        "    class: {lei: 3, xiang: 99, mu: 999}  # to be chosen: the class of the catalog",
        f"    summary: {scalar(one.title)}",
        "    share: {type: CONDITIONAL, scope: 待数源部门确定, purposes: []}  # shared for nothing yet",
        "    open: NOT_OPEN",
        "    cycle: DAILY  # to be checked",
        f"    key: [{', '.join(one.key)}]",
    ]
    lines += [f"    subject: {one.subject}"] if one.subject else []
    lines += [f"    changedAt: {scalar(one.changed)}"] if one.changed else []
    lines += [f"    # deleted: {{column: {scalar(one.deleted)}, value: …}}"] if one.deleted else []
    lines.append("    fields:")
    for name, (column, field) in one.fields.items():
        lines += [f"      # {reason}" for reason in field.reasons]
        lines.append(f"      {name}: {_field(column, field)}")
    if one.links:
        lines += ["    # links:", *(f"    #   {line}" for line in one.links)]
    return lines


def _field(column: str, field: Classified) -> str:
    parts = [f"column: {scalar(column)}", f"title: {scalar(field.title)}"]
    coded = field.coded
    if coded is not None:
        codes = {code.stored: f"{code.name} {code.title}" for code in coded.codes}
        parts.append(f"codes: {scalar(coded.table) if coded.table else flow(codes)}")
    else:
        parts.append(f"type: {field.type}")
    parts += [f"level: {field.level}", f"mask: {field.mask}"]
    parts += [f"variants: [{', '.join(field.variants)}]"] if field.variants else []
    return "{" + ", ".join(parts) + "}"
