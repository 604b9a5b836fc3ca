"""`govgraph grant`: who may use which fields for what."""

from pathlib import Path

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.reading import read_files
from server.cli.settings import read_settings
from server.cli.texts import text

GRANT = "id client purpose resource fields validFrom validTo department bulk suspended"
APPLY = f"mutation Apply($files: [FileText!]!) {{ putGrants(files: $files) {{ {GRANT} }} }}"
CREATE = f"mutation Create($grant: GrantWish!) {{ createGrant(grant: $grant) {{ {GRANT} }} }}"
LIST = f"query Grants($client: String) {{ grants(client: $client) {{ {GRANT} }} }}"
SUSPEND = "mutation Suspend($id: String!) { suspendGrant(id: $id) }"
RESUME = "mutation Resume($id: String!) { resumeGrant(id: $id) }"
REVOKE = "mutation Revoke($id: String!) { revokeGrant(id: $id) }"


async def apply(files: list[Path], server: str, acting: str, json: bool) -> None:
    """Put the grants of files in force."""
    async with connected(Target(server, acting), read_settings()) as control:
        grants = (await control.ask(APPLY, files=read_files(files)))["putGrants"]
    if json:
        print_json(grants)
    else:
        print_line(text("granted", count=len(grants)))


async def create(wish: dict[str, str], fields: list[str], server: str, acting: str, json: bool) -> None:
    """Put one grant in force."""
    grant = {**wish, "fields": [_field(one) for one in fields]}
    async with connected(Target(server, acting), read_settings()) as control:
        made = (await control.ask(CREATE, grant=grant))["createGrant"]
    if json:
        print_json(made)
    else:
        print_line(text("granted one", **{**made, "fields": ", ".join(made["fields"])}))


def _field(written: str) -> dict[str, object]:
    """Return the field that `name:rights:MASK` says."""
    name, _, rest = written.partition(":")
    rights, _, mask = rest.partition(":")
    return {"name": name, "rights": [one for one in (rights or "read").split(",") if one], "mask": mask}


async def listing(client: str, server: str, acting: str, json: bool) -> None:
    """Print the grants."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        grants = (await control.ask(LIST, client=client or None))["grants"]
    if json:
        print_json(grants)
    else:
        rows = [{**grant, "fields": list(grant["fields"])} for grant in grants]
        print_table(rows, ("id", "client", "purpose", "resource", "validTo", "bulk", "suspended", "fields"))


async def suspend(grant: str, server: str, acting: str, json: bool) -> None:
    """Suspend a grant."""
    await _turned(Target(server, acting), (SUSPEND, "suspended"), grant, json=json)


async def resume(grant: str, server: str, acting: str, json: bool) -> None:
    """Put a suspended grant in force again."""
    await _turned(Target(server, acting), (RESUME, "resumed"), grant, json=json)


async def revoke(grant: str, server: str, acting: str, json: bool) -> None:
    """Revoke a grant."""
    await _turned(Target(server, acting), (REVOKE, "revoked"), grant, json=json)


async def _turned(target: Target, turn: tuple[str, str], grant: str, *, json: bool) -> None:
    mutation, done = turn
    async with connected(target, read_settings()) as control:
        await control.ask(mutation, id=grant)
    if json:
        print_json({done: grant})
    else:
        print_line(text(f"{done} grant", grant=grant))
