"""`govgraph audit own`, `grant release`, `proposal release`: who read about a citizen, what is kept back."""

from typing import Any, Final

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings
from server.cli.texts import text

OWN: Final = """query ($n: Int!, $a: String!) { ownReadings(first: $n, after: $a) { cursor readings {
  time client department own purpose agreement legalBasis fields { coordinate title } receipt } } }"""
RELEASE: Final = "mutation ($g: String!) { releaseReadings(grant: $g) }"
APPROVE: Final = "mutation ($n: String!) { approveRelease(number: $n) }"


async def own(page: tuple[int, str], server: str, acting: str, json: bool) -> None:
    """Print who read about the citizen that asks."""
    async with connected(Target(server, acting), read_settings()) as control:
        found = (await control.ask(OWN, n=page[0], a=page[1]))["ownReadings"]
    if json:
        print_json(found)
        return
    if not found["readings"]:
        print_line(text("nothing found"))
    for reading in found["readings"]:
        _tell(reading)
    if found["cursor"]:
        print_line(text("more records", cursor=found["cursor"]))


def _tell(reading: dict[str, Any]) -> None:
    who = reading["department"] or reading["client"]
    who = f"{who} ({text('yourself')})" if reading["own"] else who
    print_line(text("own reading", time=reading["time"][:19], client=who, purpose=reading["purpose"]))
    for line in (*reading["agreement"], *reading["legalBasis"]):
        print_line(f"    {line}")
    print_line("    " + "、".join(dict.fromkeys(field["title"] for field in reading["fields"])))


async def release(grant: str, server: str, acting: str, json: bool) -> None:
    """Propose that citizens be shown what a grant kept back."""
    async with connected(Target(server, acting), read_settings()) as control:
        number = (await control.ask(RELEASE, g=grant))["releaseReadings"]
    if json:
        print_json({"proposal": number})
    else:
        print_line(text("proposed release", number=number))


async def approve(number: str, server: str, acting: str, json: bool) -> None:
    """Approve a release."""
    async with connected(Target(server, acting), read_settings()) as control:
        await control.ask(APPROVE, n=number)
    if json:
        print_json({"released": True})
    else:
        print_line(text("released"))
