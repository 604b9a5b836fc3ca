"""`govgraph operation`: documents that clients ask by the digest of their text."""

from server.cli.asking import read_document
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text

OPERATION = "digest client title registeredBy registeredAt"
REGISTER = f"""mutation Register($operation: OperationDraft!) {{
  registerOperation(operation: $operation) {{ {OPERATION} }} }}"""
LIST = f"query Operations($client: String) {{ operations(client: $client) {{ {OPERATION} }} }}"
REMOVE = """mutation Remove($digest: String!, $client: String) {
  removeOperation(digest: $digest, client: $client) }"""


async def register(  # noqa: PLR0913 a command takes what its users may say
    file: str, *, client: str, title: str, server: str, acting: str, json: bool
) -> None:
    """Register the operation in a file and print the digest that it is asked by."""
    draft = {"text": read_document(file), "client": client or None, "title": title}
    async with connected(Target(server, acting), read_settings()) as control:
        made = (await control.ask(REGISTER, operation=draft))["registerOperation"]
    if json:
        print_json(made)
    else:
        print_line(text("registered", digest=made["digest"], client=made["client"] or text("everybody")))


async def listing(client: str, server: str, acting: str, json: bool) -> None:
    """Print the registered operations, or those that one client may ask."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        found = (await control.ask(LIST, client=client or None))["operations"]
    if json:
        print_json(found)
    elif found:
        print_table(found, ("digest", "client", "title", "registeredAt"))
    else:
        print_line(text("nothing found"))


async def remove(digest: str, client: str, server: str, acting: str, json: bool) -> None:
    """Remove a registered operation."""
    async with connected(Target(server, acting), read_settings()) as control:
        await control.ask(REMOVE, digest=digest, client=client or None)
    if json:
        print_json({"removed": digest})
    else:
        print_line(text("removed operation", digest=digest))
