"""What `deploy/` sets exists, and what it needs is asked for."""

import re
from pathlib import Path
from typing import Any

import yaml

from govgraph.settings import Settings
from tests.architecture.reading import ROOT

DEPLOY = ROOT / "deploy"
REPLICAS = ("first", "second")


def compose() -> dict[str, Any]:
    """Return the compose file."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def named(path: Path) -> set[str]:
    """Return the settings of the platform that a file names."""
    return set(re.findall(r"\bGOVGRAPH_[A-Z_]+", path.read_text(encoding="utf-8")))


def test_every_setting_that_is_named_exists() -> None:
    known = {f"GOVGRAPH_{name.upper()}" for name in Settings.model_fields}
    for path in (DEPLOY / "compose.yaml", DEPLOY / "Dockerfile", ROOT / "docs/guides/operator.md"):
        assert named(path) - {"GOVGRAPH_HOME"} <= known, path.name


def test_every_value_that_is_asked_for_stands_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)\}", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    given = re.findall(r"^([A-Z_]+)=", (DEPLOY / "example.env").read_text(encoding="utf-8"), re.MULTILINE)
    assert asked == set(given)


def test_replicas_are_set_alike_share_keys_and_sources_and_keep_homes_of_their_own() -> None:
    first, second = (compose()["services"][name] for name in REPLICAS)
    assert first["environment"] == second["environment"]
    assert set(first["volumes"]) & set(second["volumes"]) == {
        "keys:/var/lib/govgraph/keys",
        "sources:/var/lib/govgraph/sources",
    }
    assert second["depends_on"]["first"]["condition"] == "service_healthy"


def test_every_volume_is_declared_and_no_store_is_open_to_the_outside() -> None:
    containers = compose()["services"]
    mounted = {volume.partition(":")[0] for one in containers.values() for volume in one["volumes"]}
    own = {name for name in mounted if not name.startswith((".", "$"))}
    assert own == set(compose()["volumes"])
    assert [name for name, one in containers.items() if "ports" in one] == ["door"]


def test_no_password_stands_in_a_file() -> None:
    given = (DEPLOY / "example.env").read_text(encoding="utf-8")
    assert re.findall(r"^[A-Z]+_PASSWORD=(.*)$", given, re.MULTILINE) == ["", "", ""]
