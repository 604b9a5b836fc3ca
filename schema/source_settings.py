"""A draft's source held against the settings that its kind of connector takes."""

from collections.abc import Collection

from connectors.errors import SourceSettingsError
from connectors.registry import fill, kinds, read_settings
from schema.draft import Draft
from schema.errors import Problem

PROBE = "1"
"""Stands for every `${NAME}`, whose value only the running server knows; fits a path and a port."""


def source_problems(draft: Draft, names: Collection[str]) -> list[Problem]:
    """Return what is wrong with a source, without asking it; `names` are those written as `${NAME}`."""
    source, origin = draft.source, draft.origin
    if not source.kind:
        return []
    known = kinds()
    if source.kind not in known:
        what = "No connector of this kind is installed"
        return [origin.problem("source.kind", what, f"Use one of: {', '.join(sorted(known))}.")]
    try:
        values = dict.fromkeys(names, PROBE)
        read_settings(known[source.kind], source.department, fill(source.settings, values, source.department))
    except SourceSettingsError as error:
        return [
            origin.problem(
                f"source.{found.path}", f"The setting `{found.path}` {found.what}", _sentence(found.remedy)
            )
            for found in error.problems
        ]
    return []


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
