"""A draft as a document again: for the store, and as a manifest that a clerk can edit.

What is written reads back to an equal draft. Every level, mask and ceiling is written out, so that
a later change of a type's defaults cannot change what a department published.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auth.filters import Attribute, Condition, ConditionValue, YearsBeforeToday
from auth.masking.rule import MaskRule
from auth.rights import Right
from schema.catalog import CatalogField, Resource, Share
from schema.code_tables import table_name
from schema.draft import Draft, LinkDraft, ResourceDraft
from schema.manifest_changes import SETTLES

PLAIN = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff][A-Za-z0-9_./\u4e00-\u9fff-]*( [A-Za-z0-9_./\u4e00-\u9fff-]+)*")
OPENED = ((0, "resources"), (2, "fields"), (2, "links"))


def document(draft: Draft) -> dict[str, Any]:
    """Return a draft in the manifest's form, with text as its only leaves."""
    department = draft.department
    return {
        "manifest": "1",
        "department": {"key": department.key, "code": department.code, "title": department.title},
        "source": {"kind": draft.source.kind, **draft.source.settings},
        "resources": {name: _resource(resource) for name, resource in draft.resources.items()},
    }


def export_yaml(draft: Draft) -> str:
    """Return the YAML text of a draft: one line per field and link."""
    return "".join(_lines(document(draft), 0))


def _resource(draft: ResourceDraft) -> dict[str, Any]:
    resource, classified, gone = draft.resource, draft.classified, draft.resource.deleted
    digits = {"lei": classified.lei, "xiang": classified.xiang, "mu": classified.mu, "ximu": classified.ximu}
    written = {
        "table": resource.entity,
        "title": resource.title,
        "class": _given(digits),
        "summary": resource.summary,
        "share": _share(resource),
        "open": str(resource.open),
        "cycle": str(resource.cycle),
        "coverage": _given({"area": resource.coverage.area, "since": resource.coverage.since}),
        "key": list(resource.key),
        "subject": resource.subject or "",
        "changedAt": _changes(resource),
        "deleted": _given({"column": gone.column, "value": gone.value}) if gone else {},
        "hidden": "true" if resource.hidden else "",
        "verify": list(resource.verify),
        "fields": {name: _field(field) for name, field in resource.fields.items()},
        "links": {link.name: _link(link) for link in draft.links},
    }
    return _given(written)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what says something; empty values are the defaults."""
    return {name: value for name, value in values.items() if value}


def _changes(resource: Resource) -> Any:
    """Return `changedAt`: a text, or a mapping where its times settle sooner or later than most."""
    if resource.settles == SETTLES or not resource.changed_at:
        return resource.changed_at or ""
    return {"field": resource.changed_at, "settles": str(resource.settles)}


def _share(resource: Resource) -> dict[str, Any]:
    """Return how a resource is shared; conditional sharing states its conditions, be they none yet."""
    stated = {"scope": resource.scope, "purposes": list(resource.purposes)}
    stated = stated if resource.share is Share.CONDITIONAL else _given(stated)
    return {"type": str(resource.share), **stated, **_given({"legalBasis": resource.legal_basis})}


def _field(field: CatalogField) -> dict[str, Any]:
    written: dict[str, Any] = {"column": field.column, "title": field.title}
    if field.codes:
        table = table_name(field.codes)
        written["codes"] = table or {code.stored: f"{code.name} {code.title}" for code in field.codes}
    else:
        written["type"] = field.type
    written["level"] = str(field.level)
    written["mask"] = "none" if field.mask is None else _mask(field.mask)
    written["rights"] = [str(right) for right in Right if right in field.rights]
    return written | _given({"alternatives": sorted(field.alternatives), "variants": list(field.variants)})


def _mask(rule: MaskRule) -> Any:
    if not rule.exceptions:
        return rule.mask
    when = [{**_condition(one.condition), "mask": one.mask} for one in rule.exceptions]
    return {"default": rule.mask, "when": when}


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "field": condition.field,
        "operator": str(condition.operator),
        "value": _value(condition.value),
    }


def _value(value: ConditionValue) -> Any:
    match value:
        case Attribute(name):
            return {"caller": name}
        case YearsBeforeToday(years):
            return {"yearsBeforeToday": str(years)}
        case bool():
            return "true" if value else "false"
        case tuple():
            return list(value)
        case _:
            return value


def _link(link: LinkDraft) -> dict[str, Any]:
    return _given(
        {
            "to": link.target,
            "one": "true" if link.one else "",
            "by": dict(link.by),
            "when": dict(link.when),
            "targetWhen": dict(link.target_when),
            "reverse": link.reverse,
            "reverseOne": "true" if link.reverse_one else "",
            "title": link.title,
        }
    )


def _lines(value: Mapping[str, Any], depth: int) -> Sequence[str]:
    """Return block lines for the outer levels and one flow line for each field and link."""
    lines: list[str] = []
    for name, item in value.items():
        indent = "  " * depth
        if isinstance(item, Mapping) and item and (depth == 1 or (depth, name) in OPENED):
            lines += [f"{indent}{_quoted(name)}:\n", *_lines(item, depth + 1)]
        else:
            lines.append(f"{indent}{_quoted(name)}: {_flow(item)}\n")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(name)}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar: plain where nobody could misread it, else double-quoted."""
    if PLAIN.fullmatch(text):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08X}"
