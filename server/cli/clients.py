"""`govgraph client`: who may ask."""

from collections.abc import Mapping

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text

MADE = "clientId clientSecret proposal"
CREATE = f"""mutation Create($client: ClientDraft!) {{ createClient(client: $client) {{ {MADE} }} }}"""
APPROVE = f"""mutation Approve($number: String!) {{ approveClient(number: $number) {{ {MADE} }} }}"""
SETTINGS = "onlyPersisted body tokens fields depth page deadline"
LIST = f"""query Clients {{ clients {{ id title role department revoked settings {{ {SETTINGS} }} }} }}"""
SET = f"""mutation Set($id: String!, $settings: ClientSettingsDraft!) {{
  setClient(id: $id, settings: $settings) {{ id settings {{ {SETTINGS} }} }} }}"""
RENEW = f"""mutation Renew($id: String!) {{ renewSecret(id: $id) {{ {MADE} }} }}"""
REVOKE = """mutation Revoke($id: String!) { revokeClient(id: $id) }"""


async def create(draft: dict[str, str], server: str, acting: str, json: bool) -> None:
    """Make a client and print its secret, this once; or print the number under which a seat waits."""
    async with connected(Target(server, acting), read_settings()) as control:
        made = (await control.ask(CREATE, client=draft))["createClient"]
    if made["clientSecret"]:
        _print_made(made, json)
    elif json:
        print_json({"client_id": made["clientId"], "proposal": made["proposal"]})
    else:
        print_line(text("proposed client", client=made["clientId"], number=made["proposal"]))


async def approve(number: str, server: str, acting: str, json: bool) -> None:
    """Fill a seat and print its secret, this once."""
    async with connected(Target(server, acting), read_settings()) as control:
        _print_made((await control.ask(APPROVE, number=number))["approveClient"], json)


def _print_made(made: dict[str, str], json: bool) -> None:
    if json:
        print_json({"client_id": made["clientId"], "client_secret": made["clientSecret"]})
        return
    print_line(text("created", client=made["clientId"]))
    print_line(made["clientSecret"])


async def listing(server: str, acting: str, json: bool) -> None:
    """Print the clients."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        clients = (await control.ask(LIST))["clients"]
    if json:
        print_json(clients)
    else:
        rows = [{**client, "settings": _shown(client["settings"])} for client in clients]
        print_table(rows, ("id", "title", "role", "department", "revoked", "settings"))


async def set_client(
    client: str, settings: Mapping[str, float | bool | None], server: str, acting: str, json: bool
) -> None:
    """Set what a client may ask and its limits, in the place of what was set before."""
    async with connected(Target(server, acting), read_settings()) as control:
        changed = (await control.ask(SET, id=client, settings=settings))["setClient"]
    if json:
        print_json(changed)
    else:
        print_line(text("client set to", client=client, settings=_shown(changed["settings"])))


def _shown(settings: Mapping[str, float | bool | None]) -> str:
    """Return settings in one line: what is set, and nothing of what is as for everybody."""
    shown = ["onlyPersisted"] if settings["onlyPersisted"] else []
    shown += [f"{name}={value:g}" for name, value in settings.items() if name != "onlyPersisted" and value]
    return " ".join(shown) or text("as for everybody")


async def renew(client: str, server: str, acting: str, json: bool) -> None:
    """Give a client a new secret and print it, this once."""
    async with connected(Target(server, acting), read_settings()) as control:
        renewed = (await control.ask(RENEW, id=client))["renewSecret"]
    if json:
        print_json({"client_id": renewed["clientId"], "client_secret": renewed["clientSecret"]})
        return
    print_line(text("renewed secret", client=client))
    print_line(renewed["clientSecret"])


async def revoke(client: str, server: str, acting: str, json: bool) -> None:
    """Revoke a client."""
    async with connected(Target(server, acting), read_settings()) as control:
        await control.ask(REVOKE, id=client)
    if json:
        print_json({"revoked": client})
    else:
        print_line(text("revoked client", client=client))
