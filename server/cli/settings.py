"""The settings a command runs with: the environment, and what the command line gave in its place."""

from typing import Any

from pydantic import ValidationError

from govgraph.errors import SettingsRefusedError
from govgraph.settings import Settings


def read_settings(**given: Any) -> Settings:
    """Return the settings. Raises `SettingsRefusedError` naming each that does not fit, without its value."""
    try:
        return Settings(**{name: value for name, value in given.items() if value not in (None, "")})
    except ValidationError as error:
        named = sorted({f"GOVGRAPH_{str(part['loc'][0]).upper()}" for part in error.errors()})
    raise SettingsRefusedError("A setting has a value that does not fit", where=", ".join(named))
