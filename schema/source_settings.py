"""A draft's source held against the settings that its kind of connector takes."""

from collections.abc import Collection, Mapping

from auth.rights import Level
from connectors.errors import SourceSettingsError
from connectors.protocol import ConnectorKind
from connectors.registry import SourceSettings, fill, kinds, read_settings
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
        settings = read_settings(kind, source.department, fill(source.settings, values, source.department))
    except SourceSettingsError as error:
        return settings_problems(draft, error)
    return _kept_problems(draft, settings.kept) if isinstance(settings, SourceSettings) else []


def _kept_problems(draft: Draft, kept: Collection[str]) -> list[Problem]:
    """Return the problem of each resource with a field of level L3 or above whose answers would be kept."""
    return [
        draft.origin.problem(
            f"source.entities.{one.resource.entity}",
            f"Answers that hold `{name}.{field.name}` would stay in memory",
            "Leave out `keep`: nothing of level L3 or above is kept.",
        )
        for name, one in draft.resources.items()
        for field in one.resource.fields.values()
        if one.resource.entity in kept and field.level >= Level.L3
    ]


def settings_problems(draft: Draft, error: SourceSettingsError) -> list[Problem]:
    """Return what is wrong with the settings of a draft's source, each at its place in the file."""
    return [
        draft.origin.problem(
            f"source.{found.path}", f"The setting `{found.path}` {found.what}", _sentence(found.remedy)
        )
        for found in error.problems
    ]


def secrets_of(settings: Mapping[str, object]) -> Mapping[str, str]:
    """Return the references to secrets by the path they stand at: `secret`, or that of a part's own."""
    found = {"secret": settings.get("secret")}
    found |= {
        f"{name}.secret": part.get("secret") for name, part in settings.items() if isinstance(part, Mapping)
    }
    return {path: reference for path, reference in found.items() if isinstance(reference, str) and reference}


def _secret_problems(draft: Draft) -> list[Problem]:
    """Return the problem of each reference to another department's secret."""
    return [
        draft.origin.problem(
            f"source.{path}",
            "The source refers to a secret that is not its department's own",
            f"Write `{draft.source.department}/name` and store the secret under it.",
            SecretNotOwnError.code,
        )
        for path, reference in secrets_of(draft.source.settings).items()
        if not reference.startswith(f"{draft.source.department}/")
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
