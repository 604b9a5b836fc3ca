"""`govgraph inbox` and `govgraph webhook`: what the caller is told, and where that is sent on."""

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text

LIST = "query Inbox($unread: Boolean!) { inbox(unread: $unread) { id kind subject text madeAt readAt } }"
READ = "mutation Read($ids: [String!]!) { markRead(ids: $ids) }"
SET = "mutation Webhook($url: String!) { setWebhook(url: $url) { reader key } }"
REMOVE = "mutation Webhook { removeWebhook }"


async def listing(every: bool, server: str, acting: str, json: bool) -> None:
    """Print the notices that were not read yet, or all; they count as read from then on."""
    async with connected(Target(server, acting), read_settings()) as control:
        found = (await control.ask(LIST, unread=not every))["inbox"]
        new = [one["id"] for one in found if one["readAt"] is None]
        if new:
            await control.ask(READ, ids=new)
    if json:
        print_json(found)
    elif found:
        print_table(found, ("madeAt", "kind", "subject", "text"))
    else:
        print_line(text("nothing found"))


async def set_webhook(url: str, server: str, acting: str, json: bool) -> None:
    """Send the notices on, and print the key that signs them, this once."""
    async with connected(Target(server, acting), read_settings()) as control:
        made = (await control.ask(SET, url=url))["setWebhook"]
    if json:
        print_json(made)
    else:
        print_line(text("webhook set to", reader=made["reader"]))
        print_line(made["key"])


async def remove_webhook(server: str, acting: str, json: bool) -> None:
    """Send the notices nowhere any more."""
    async with connected(Target(server, acting), read_settings()) as control:
        done = (await control.ask(REMOVE))["removeWebhook"]
    if json:
        print_json({"removed": done})
    else:
        print_line(text("webhook removed" if done else "nothing found"))
