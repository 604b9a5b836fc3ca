"""`govgraph audit hold`, `prune`, `erase` and their neighbours: what of the log is kept for how long."""

from collections.abc import Mapping
from typing import Any

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text

HOLD = "mutation Hold($hold: HoldDraft!) { holdRecords(hold: $hold) }"
LIFT = "mutation Lift($name: String!) { liftHold(name: $name) }"
APPROVE_LIFT = "mutation Lift($number: String!) { approveLift(number: $number) }"
HOLDS = "query Holds { holds { name reason receipt client caseNumber since until } }"
PRUNE = """mutation Prune($dryRun: Boolean!) {
  pruneLog(dryRun: $dryRun) { records empty done kept { reason tiles } }
}"""
ERASE = "mutation Erase($receipt: String!) { eraseSubjects(receipt: $receipt) }"
APPROVE = "mutation Approve($number: String!) { approveErasure(number: $number) }"


async def hold(hold: Mapping[str, str], server: str, acting: str, json: bool) -> None:
    """Set a legal hold."""
    await _asked(HOLD, server, acting, hold=dict(hold))
    _say(json, {"held": hold["name"]}, text("held", hold=hold["name"]))


async def lift(name: str, server: str, acting: str, json: bool) -> None:
    """Ask for lifting a legal hold."""
    number = (await _asked(LIFT, server, acting, name=name))["liftHold"]
    _say(json, {"proposal": number}, text("proposed lift", number=number))


async def approve_lift(number: str, server: str, acting: str, json: bool) -> None:
    """Lift a hold as another audit administrator asked."""
    await _asked(APPROVE_LIFT, server, acting, number=number)
    _say(json, {"lifted": True}, text("lifted"))


async def listing(server: str, acting: str, json: bool) -> None:
    """List the legal holds that stand."""
    found = (await _asked(HOLDS, server, acting))["holds"]
    if json:
        print_json({"holds": found})
    else:
        print_table(found, ("name", "reason", "receipt", "client", "caseNumber", "since", "until"))


async def prune(dry_run: bool, server: str, acting: str, json: bool) -> None:
    """Empty the records whose time is over, or tell which would be."""
    told = (await _asked(PRUNE, server, acting, dryRun=dry_run))["pruneLog"]
    counts = {"count": told["records"], "empty": told["empty"]}
    _say(json, told, text("pruned" if told["done"] else "would prune", **counts))
    if not json:
        for kept in told["kept"]:
            print_line(text(f"kept for {kept['reason']}", count=kept["tiles"]))


async def erase(receipt: str, server: str, acting: str, json: bool) -> None:
    """Ask for erasing the lists of persons of a receipt."""
    number = (await _asked(ERASE, server, acting, receipt=receipt))["eraseSubjects"]
    _say(json, {"proposal": number}, text("proposed erasure", number=number))


async def approve(number: str, server: str, acting: str, json: bool) -> None:
    """Have the lists erased as the audit administrator asked."""
    count = (await _asked(APPROVE, server, acting, number=number))["approveErasure"]
    _say(json, {"erased": count}, text("erased", count=count))


async def _asked(document: str, server: str, acting: str, **variables: Any) -> dict[str, Any]:
    async with connected(Target(server, acting), read_settings()) as control:
        return await control.ask(document, **variables)


def _say(json: bool, value: Any, line: str) -> None:
    if json:
        print_json(value)
    else:
        print_line(line)
