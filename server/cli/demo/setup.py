"""Setting the demonstration up through the control graph, as any administrator would."""

from pathlib import Path
from typing import Any

import orjson
import yaml

from server.cli import catalog, clients, grants, keys, seats
from server.cli.connection import DEMO_CLIENTS, Connection
from server.cli.reading import read_files
from server.errors import DemoBrokenError
from server.home import write_private

SECRET = "medical-insurance/api-key"  # noqa: S105 the name of a secret
DONE = "demo-ready"


def demo_clients(home: Path) -> list[dict[str, Any]]:
    """Return the demonstration's clients with their secrets, as far as they were made."""
    file = home / DEMO_CLIENTS
    found: list[dict[str, Any]] = orjson.loads(file.read_bytes()) if file.is_file() else []
    return found


def secret_of(home: Path, client: str) -> str:
    """Return a client's secret. Raises `DemoBrokenError`."""
    for entry in demo_clients(home):
        if entry["client_id"] == client:
            return str(entry["client_secret"])
    raise DemoBrokenError("A client of the demonstration is missing", where=client)


async def set_up(control: Connection, city: Path, home: Path, api_key: str) -> bool:
    """Make clients, publish manifests, put grants in force, end set-up.

    Return False where that was done before; set-up is ended then too, for homes older than its end.
    """
    done = home / DONE
    if done.is_file():
        await seats.ended_now(control)
        return False
    await _make_clients(control, city, home)
    await control.ask(keys.SECRET, reference=SECRET, value=api_key)
    manifests = sorted((city / "catalog").glob("*.yaml"))
    await control.ask(catalog.APPLY, files=read_files(manifests))
    await control.ask(grants.APPLY, files=read_files(sorted((city / "grants").glob("*.yaml"))))
    await seats.ended_now(control)
    done.touch(mode=0o600)
    return True


async def _make_clients(control: Connection, city: Path, home: Path) -> None:
    made = demo_clients(home)
    names = {entry["client_id"] for entry in made}
    for item in yaml.safe_load((city / "clients.yaml").read_text(encoding="utf-8"))["items"]:
        if item["id"] in names:
            continue
        draft = {key: item[key] for key in ("id", "title", "role", "department", "subject") if key in item}
        new = (await control.ask(clients.CREATE, client=draft))["createClient"]
        made.append(
            {
                "client_id": new["clientId"],
                "client_secret": new["clientSecret"],
                "title": item["title"],
                "role": item["role"],
                "department": item.get("department"),
                "subject": item.get("subject"),
                "purposes": item.get("purposes", []),
            }
        )
        write_private(home / DEMO_CLIENTS, orjson.dumps(made, option=orjson.OPT_INDENT_2))
