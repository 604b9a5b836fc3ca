"""The reference pages say what the code says."""

import re

import pytest

from docs.reference.generate import PAGES, ROOT, error_classes
from docs.reference.records_page import EVENTS, events
from govgraph.settings import Settings
from server.metrics.families import METRICS


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_what_the_code_says(path: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == PAGES[path](), "run `make docs`"


def headings(path: str) -> set[str]:
    return set(re.findall(r"^## `([^`]+)`$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_setting_has_a_heading() -> None:
    named = {f"GOVGRAPH_{name.upper()}" for name in Settings.model_fields}
    assert headings("docs/reference/settings.md") == named


def test_every_setting_says_what_it_is_for() -> None:
    assert not [name for name, field in Settings.model_fields.items() if not field.description]


def test_every_error_code_has_a_heading() -> None:
    assert headings("docs/reference/errors.md") == set(error_classes())


def test_every_metric_has_a_heading() -> None:
    assert headings("docs/reference/metrics.md") == {metric.name for metric in METRICS}


OTHERS_WORDS = frozenset({"DocumentRefusedError", "ServerRefusedError"})
"""Errors that carry the code and the remedy of another one."""


def test_every_error_says_what_to_do_or_is_the_root_of_others() -> None:
    silent = {
        kind.__name__
        for kinds in error_classes().values()
        for kind in kinds
        if not kind.remedy and not kind.__subclasses__()  # type: ignore[attr-defined]
    }
    assert silent <= OTHERS_WORDS


def test_every_remedy_is_a_sentence() -> None:
    ends = {kind.__name__: kind.remedy[-1:] for kinds in error_classes().values() for kind in kinds}  # type: ignore[attr-defined]
    assert not [name for name, last in ends.items() if last and last not in ".`"]


def test_every_event_is_described_and_no_other() -> None:
    assert events() == set(EVENTS)
