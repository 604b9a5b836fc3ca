"""A draft's source held against the settings that its kind of connector takes."""

from collections.abc import Collection

from connectors.errors import SourceSettingsError
from connectors.protocol import ConnectorKind
from connectors.registry import fill, kinds, read_settings
from schema.draft import Draft
from schema.errors import Problem, SecretNotOwnError

DEPARTMENT_FOLDER = "DEPARTMENT_FOLDER"
"""The name that every manifest may write as `${DEPARTMENT_FOLDER}`: the folder of the department's files."""

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
    return [*_secret_problems(draft), *_settings_problems(draft, known[source.kind], names)]


def _settings_problems(draft: Draft, kind: ConnectorKind, names: Collection[str]) -> list[Problem]:
    source = draft.source
    try:
        values = dict.fromkeys(names, PROBE)
        read_settings(kind, source.department, fill(source.settings, values, source.department))
    except SourceSettingsError as error:
        return settings_problems(draft, error)
    return []


def settings_problems(draft: Draft, error: SourceSettingsError) -> list[Problem]:
    """Return what is wrong with the settings of a draft's source, each at its place in the file."""
    return [
        draft.origin.problem(
            f"source.{found.path}", f"The setting `{found.path}` {found.what}", _sentence(found.remedy)
        )
        for found in error.problems
    ]


def _secret_problems(draft: Draft) -> list[Problem]:
    """Return the problem of a source that refers to another department's secret."""
    reference = str(draft.source.settings.get("secret") or "")
    if not reference or reference.startswith(f"{draft.source.department}/"):
        return []
    return [
        draft.origin.problem(
            "source.secret",
            "The source refers to a secret that is not its department's own",
            f"Write `{draft.source.department}/name` and store the secret under it.",
            SecretNotOwnError.code,
        )
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
