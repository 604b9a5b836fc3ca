"""Which kinds of source are installed, and how one is opened from what a manifest says."""

import re
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from connectors.errors import ConnectorUnknownError, SettingProblem, SourceSettingsError
from connectors.hours import read_spans
from connectors.model import Surroundings
from connectors.protocol import Connector, ConnectorKind

GROUP = "govgraph.connectors"
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|)")
UNITS: Mapping[str, float] = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0}


def kinds() -> Mapping[str, ConnectorKind]:
    """Return the installed kinds by name, our own and foreign ones alike."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}


def seconds(value: object) -> object:
    """Return the seconds that `3s`, `500ms` or `2m` stand for; anything else as it is."""
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(found[1]) * UNITS[found[2]] if found else value


Duration = Annotated[float, BeforeValidator(seconds)]


class SettingsPart(BaseModel):
    """A part of a source's settings: camelCase names, nothing unknown, values frozen."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )


class SourceSettings(SettingsPart):
    """What the settings of every kind begin with."""

    timezone: str = Field("Asia/Shanghai", description="zone of times that carry none")
    requests_per_second: float = Field(
        0, ge=0, le=100_000, description="most reads that begin in one second; 0: any number"
    )
    hours: str = Field(
        "", description="spans of the day in which it may be asked, `08:00-12:00, 13:30-18:00`; empty: always"
    )

    @field_validator("hours")
    @classmethod
    def _hours(cls, text: str) -> str:
        read_spans(text)
        return text

    @property
    def kept(self) -> frozenset[str]:
        """The entities whose answers stay in memory; none of their fields may be of level L3 or above."""
        return frozenset()


async def open_connector(
    kind: str, settings: Mapping[str, object], surroundings: Surroundings, values: Mapping[str, str]
) -> Connector:
    """Return the connector of a source; `values` fill the `${NAME}` in its settings.

    Opening asks the source nothing: a source that is down is noticed by `describe`.
    """
    known = kinds()
    if kind not in known:
        raise ConnectorUnknownError(
            f"There is no connector of the kind `{kind}`; installed are {', '.join(sorted(known))}",
            where=surroundings.source,
        )
    checked = read_settings(known[kind], surroundings.source, fill(settings, values, surroundings.source))
    return await known[kind].open(checked, surroundings)


def read_settings(kind: ConnectorKind, source: str, settings: Mapping[str, object]) -> BaseModel:
    """Return the checked settings of a source. Raises `SourceSettingsError` with all problems at once."""
    given = {name: value for name, value in settings.items() if name != "kind"}
    try:
        return kind.settings.model_validate(given)
    except ValidationError as error:
        problems = [_problem(kind.settings, details) for details in error.errors(include_input=False)]
    raise SourceSettingsError(source, problems)


def fill(settings: Mapping[str, object], values: Mapping[str, str], source: str) -> dict[str, object]:
    """Return the settings with each `${NAME}` replaced. Raises `SourceSettingsError` for unknown names."""
    problems: list[SettingProblem] = []

    def filled(value: object, path: str) -> Any:
        if isinstance(value, Mapping):
            return {key: filled(part, f"{path}.{key}" if path else str(key)) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [filled(part, f"{path}.{index}") for index, part in enumerate(value)]
        return (
            PLACEHOLDER.sub(lambda found: named(found[1], path), value) if isinstance(value, str) else value
        )

    def named(name: str, path: str) -> str:
        if name not in values:
            remedy = f"use one of {', '.join(sorted(values))}" if values else "write the value itself"
            problems.append(SettingProblem(path, f"names ${{{name}}}, which is not known", remedy))
        return values.get(name, "")

    result = {key: filled(value, key) for key, value in settings.items()}
    if problems:
        raise SourceSettingsError(source, problems)
    return result


def _problem(settings: type[BaseModel], details: ErrorDetails) -> SettingProblem:
    """Return one of pydantic's findings in our own words, without the value it found."""
    path = ".".join(str(part) for part in details["loc"])
    if details["type"] == "missing":
        return SettingProblem(path, "is missing", _meaning(settings, path) or "add it")
    if details["type"] == "extra_forbidden":
        offered = ", ".join(sorted(field.alias or name for name, field in settings.model_fields.items()))
        return SettingProblem(path, "is not a setting here", f"remove it; the source itself takes {offered}")
    expected = str(details.get("ctx", {}).get("expected", ""))
    hint = f"use {expected}" if expected else _meaning(settings, path)
    return SettingProblem(path or "settings", "has a value that does not fit", hint or "correct it")


def _meaning(settings: type[BaseModel], path: str) -> str:
    top = path.partition(".")[0]
    fields = settings.model_fields.items()
    return next((field.description or "" for name, field in fields if top in (name, field.alias)), "")
