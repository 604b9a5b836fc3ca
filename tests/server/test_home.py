"""The home folder: held by one, and its note readable by its owner only."""

from pathlib import Path

import pytest

from govgraph.clock import system_clock
from govgraph.errors import SettingsRefusedError
from govgraph.settings import Settings
from server.app import build, local_url, public_url
from server.cli.output import width
from server.cli.texts import TEXTS, text
from server.errors import HomeLockedError, PortInUseError
from server.home import RunningServer, announce, held, running_server, withdraw, write_private
from server.responses import GRAPHQL_RESPONSE, JSON, media_type
from server.serving import listen


def test_a_home_is_held_by_one_only_and_free_again_afterwards(tmp_path: Path) -> None:
    with held(tmp_path / "home"):
        with pytest.raises(HomeLockedError), held(tmp_path / "home"):
            pass
        assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    with held(tmp_path / "home"):
        pass


def test_the_note_is_read_by_its_owner_only_and_gone_after_the_stop(tmp_path: Path) -> None:
    assert running_server(tmp_path) is None
    announce(tmp_path, RunningServer("http://127.0.0.1:1", "very-secret"))
    assert (tmp_path / "admin.json").stat().st_mode & 0o777 == 0o600
    found = running_server(tmp_path)
    assert found == RunningServer("http://127.0.0.1:1", "very-secret")
    assert "very-secret" not in repr(found)
    withdraw(tmp_path)
    withdraw(tmp_path)
    assert running_server(tmp_path) is None


def test_a_private_file_stays_private_when_it_is_written_again(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        write_private(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
        assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_port_is_taken_once(tmp_path: Path) -> None:
    del tmp_path
    with listen("127.0.0.1", 0) as sock, pytest.raises(PortInUseError) as caught:
        listen("127.0.0.1", sock.getsockname()[1])
    assert caught.value.where.startswith("port ")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", JSON),
        ("Application/JSON; charset=utf-8", JSON),
        ("application/json;q=0", GRAPHQL_RESPONSE),
        ("application/json;q=nonsense", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/json;q=0.9, application/graphql-response+json;q=0.8", JSON),
        ("application/json;q=0.5, */*;q=0.8", GRAPHQL_RESPONSE),
        ("application/json, application/*;q=0.8", JSON),
    ],
)
def test_the_media_type_a_client_likes_best_is_taken(accept: str, expected: str) -> None:
    for refused in (False, True):
        assert media_type(accept, refused=refused) == expected


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "text/html, */*;q=0.1"])
def test_a_client_that_does_not_care_gets_json_and_a_refusal_that_its_status_tells(accept: str) -> None:
    assert media_type(accept) == JSON
    assert media_type(accept, refused=True) == GRAPHQL_RESPONSE


def test_every_text_fills_its_places() -> None:
    for name, wording in TEXTS.items():
        places = [part.partition("}")[0] for part in wording.split("{")[1:]]
        shown = text(name, **dict.fromkeys(places, "x"))
        assert shown.replace("${", "").count("{") == 0, "only what a manifest writes keeps its braces"


def test_chinese_characters_take_two_columns() -> None:
    assert width("ab") == 2
    assert width("公安局") == 6


def test_this_machine_reaches_the_server_without_the_proxy() -> None:
    for host, url in (
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("10.0.0.7", "http://10.0.0.7:8000"),
    ):
        settings = Settings.model_validate({"host": host, "public_url": "https://city.example/data/"})
        assert local_url(settings) == url
        assert public_url(settings) == "https://city.example/data"


@pytest.mark.anyio
async def test_a_retention_below_the_law_keeps_the_platform_from_starting(
    tmp_path: Path,
) -> None:
    settings = Settings.model_validate({"home": tmp_path, "retention_days": 400})
    with pytest.raises(SettingsRefusedError):
        async with build(settings, system_clock()):
            pass
