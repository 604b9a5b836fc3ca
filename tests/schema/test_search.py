"""Finding things in the catalog."""

from dataclasses import replace
from pathlib import Path

import pytest

from schema.search import search
from tests.schema.samples import city


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("person", "Person"),
        ("婚姻", "MarriageParty"),
        ("民政局 登记类别", "MarriageParty.kind"),
        ("Division name", "Division.name"),
        ("行政区划", "Division"),
    ],
)
def test_the_best_hit_comes_first(tmp_path: Path, text: str, first: str) -> None:
    assert search(city(tmp_path), text)[0].coordinate == first


def test_every_word_must_be_found(tmp_path: Path) -> None:
    assert search(city(tmp_path), "person spaceship") == []


def test_nothing_is_found_for_no_words(tmp_path: Path) -> None:
    assert search(city(tmp_path), "  ") == []


def test_a_hidden_resource_is_not_found(tmp_path: Path) -> None:
    catalog = city(tmp_path)
    hidden = {
        name: replace(resource, hidden=name == "Person") for name, resource in catalog.resources.items()
    }
    found = {hit.resource for hit in search(replace(catalog, resources=hidden), "公民身份号码")}
    assert found == {"MarriageParty"}
