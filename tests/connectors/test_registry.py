"""Settings of sources are checked together and opened by kind."""

from typing import Any

import pytest

from connectors.errors import ConnectorUnknownError, SourceSettingsError
from connectors.registry import fill, kinds, open_connector, read_settings, seconds

pytestmark = pytest.mark.anyio


def test_our_own_kinds_come_through_the_same_door_as_foreign_ones() -> None:
    assert {"sql", "files", "rest", "memory"} <= kinds().keys()
    assert all(kind.name == name for name, kind in kinds().items())


async def test_an_unknown_kind_names_the_installed_ones(statements: Any) -> None:
    with pytest.raises(ConnectorUnknownError, match="sql"):
        await open_connector("fax", {}, statements.surroundings(), {})


def test_all_problems_are_told_at_once_without_any_value() -> None:
    given = {
        "kind": "sql",
        "url": "sqlite:///x.db",
        "maxConnections": "zero-nobody-may-read",
        "statementTimeout": "soon-nobody-may-read",
        "colour": "red-nobody-may-read",
        "tls": "maybe-nobody-may-read",
    }
    with pytest.raises(SourceSettingsError) as caught:
        read_settings(kinds()["sql"], "civil-affairs", given)
    assert {problem.path for problem in caught.value.problems} == {
        "maxConnections",
        "statementTimeout",
        "colour",
        "tls",
    }
    assert all(problem.remedy for problem in caught.value.problems)
    assert "nobody-may-read" not in caught.value.text


def test_a_password_in_an_address_is_not_shown() -> None:
    settings = read_settings(kinds()["sql"], "x", {"url": "postgresql://u:hidden@h/d"})
    assert "hidden" not in repr(settings)
    with pytest.raises(SourceSettingsError) as caught:
        read_settings(kinds()["sql"], "x", {"url": "db2://u:hidden@h/d"})
    assert "hidden" not in caught.value.text


def test_names_are_filled_in_wherever_they_stand() -> None:
    filled = fill({"a": "${HOME_OF}/x", "b": {"c": ["${PORT}", 3]}}, {"HOME_OF": "/h", "PORT": "9"}, "x")
    assert filled == {"a": "/h/x", "b": {"c": ["9", 3]}}


def test_unknown_names_are_refused_all_at_once() -> None:
    with pytest.raises(SourceSettingsError) as caught:
        fill({"a": "${ONE}", "b": {"c": "${TWO}"}}, {"HOME_OF": "/h"}, "x")
    assert [problem.path for problem in caught.value.problems] == ["a", "b.c"]


def test_a_filled_value_is_not_filled_again() -> None:
    assert fill({"a": "${A}"}, {"A": "${B}", "B": "no"}, "x") == {"a": "${B}"}


@pytest.mark.parametrize(
    ("text", "value"), [("3s", 3.0), ("500ms", 0.5), ("2m", 120.0), ("4", 4.0), ("x", "x")]
)
def test_durations_are_read(text: str, value: object) -> None:
    assert seconds(text) == value
