"""`govgraph source preview|diff|versions`: what a draft would show and change, before it does."""

from collections.abc import Mapping
from typing import Any

from server.cli.connection import connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.source.drafts import Where, target_of
from server.cli.texts import text

PREVIEW = """query Preview($department: String!) {
  previewSource(department: $department) { resource caller masks rows codes } }"""
DIFF = """query Diff($department: String!) {
  sourceDiff(department: $department) { weight coordinate what operations grants } }"""
VERSIONS = (
    "query Versions($department: String!) { sourceVersions(department: $department) { version shown } }"
)


async def preview(department: str, where: Where, json: bool) -> None:
    """Print sample rows as each kind of caller would see them."""
    async with connected(target_of(where, looks=True), read_settings()) as control:
        found = (await control.ask(PREVIEW, department=department))["previewSource"]
    if json:
        print_json(found)
        return
    for seen in found:
        _print_seen(seen)


def _print_seen(seen: Mapping[str, Any]) -> None:
    masks = ", ".join(f"{field} {mask}" for field, mask in seen["masks"].items())
    named = {"resource": seen["resource"], "caller": seen["caller"]}
    print_line(text("seen as", masks=masks or text("nothing masked"), **named))
    if seen["rows"]:
        print_table(seen["rows"], list(seen["rows"][0]))
    else:
        print_line(", ".join(seen["codes"]) or text("nothing found"))


async def diff(department: str, where: Where, json: bool) -> None:
    """Print what the draft would change."""
    async with connected(target_of(where, looks=True), read_settings()) as control:
        found = (await control.ask(DIFF, department=department))["sourceDiff"]
    if json:
        print_json(found)
    elif found:
        print_table(found, ("weight", "coordinate", "what", "grants", "operations"))
    else:
        print_line(text("no change"))


async def versions(department: str, where: Where, json: bool) -> None:
    """Print the versions of a department."""
    async with connected(target_of(where, looks=True), read_settings()) as control:
        found = (await control.ask(VERSIONS, department=department))["sourceVersions"]
    if json:
        print_json(found)
    elif found:
        print_table(found, ("version", "shown"))
    else:
        print_line(text("nothing found"))
