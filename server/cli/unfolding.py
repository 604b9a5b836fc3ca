"""Options that go together: written once, as a dataclass, and offered by each command one by one."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any


def unfolded(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command as Typer reads it, each dataclass that it takes replaced by the fields of it."""
    taken = inspect.signature(command).parameters
    bundles: dict[str, Any] = {
        name: one.annotation for name, one in taken.items() if is_dataclass(one.annotation)
    }

    @wraps(command)
    def offered(**given: Any) -> None:
        command(**_folded(given, bundles))

    parts = [part for name, one in taken.items() for part in _parts(one, bundles.get(name))]
    offered.__signature__ = inspect.Signature(parts)  # type: ignore[attr-defined]
    return offered


def _parts(one: inspect.Parameter, bundle: type | None) -> list[inspect.Parameter]:
    parts = [one] if bundle is None else inspect.signature(bundle).parameters.values()
    return [part.replace(kind=inspect.Parameter.KEYWORD_ONLY) for part in parts]


def _folded(given: Mapping[str, Any], bundles: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given, the fields of each dataclass put together again."""
    held = {name: {one.name: given[one.name] for one in fields(kind)} for name, kind in bundles.items()}
    whole = {name: kind(**held[name]) for name, kind in bundles.items()}
    apart = {name for values in held.values() for name in values}
    return {**{name: value for name, value in given.items() if name not in apart}, **whole}
