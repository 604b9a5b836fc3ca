"""The guide on kinds of source names every setting of a REST source."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from connectors.rest.settings import RestSettings
from docs.reference.generate import ROOT


def parts(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield a class of settings and those of its parts."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for inner in models(field.annotation):
            yield from parts(inner, seen)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the classes of settings that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def settings() -> list[str]:
    """Return the name of every setting of a REST source, as a manifest writes it."""
    found = {
        field.alias or name
        for part in parts(RestSettings, set())
        for name, field in part.model_fields.items()
    }
    return sorted(found)


def chapter() -> str:
    text = (ROOT / "docs/guides/sources.md").read_text(encoding="utf-8")
    return text.split("\n## REST\n")[1].split("\n## ")[0]


def test_the_settings_were_found_at_all() -> None:
    assert {"tokenUrl", "requestsPerSecond", "sizeParameter", "absent"} <= {*settings()}


@pytest.mark.parametrize("name", settings())
def test_every_setting_of_a_rest_source_is_named_in_the_guide(name: str) -> None:
    assert re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z])", chapter())
