"""`govgraph source`: a department's source on its way to the graph."""

import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import orjson

from schema.marked_yaml import Table, read_yaml, without_lines
from server.cli.catalog import print_problems
from server.cli.connection import Target, connected
from server.cli.keys import SECRET
from server.cli.output import print_json, print_line, print_table
from server.cli.reading import read_text
from server.cli.settings import read_settings
from server.cli.texts import text
from server.errors import CommandRefusedError

Where: TypeAlias = dict[str, str]
"""Where a command goes and as whom: what `Target` takes."""
DRAFT = "department number title kind state author decidedBy version changedAt waived"
PROBLEM = "file line path what remedy code"
ADD = (
    f"mutation Add($source: SourceWish!) {{ addSource(source: $source) {{ draft {{ {DRAFT} }} entities }} }}"
)
DISCOVER = f"""mutation Discover($department: String!, $only: [String!]) {{
  discoverSource(department: $department, only: $only) {{
    draft {{ {DRAFT} }} manifest fields problems {{ {PROBLEM} }} }} }}"""
CHECK = f"""mutation Check($department: String!, $manifest: String, $waive: Boolean!) {{
  checkSource(department: $department, manifest: $manifest, waive: $waive) {{
    ok draft {{ {DRAFT} }} problems {{ {PROBLEM} }} warnings {{ {PROBLEM} }} findings }} }}"""
SHOW = f"""query Show($department: String!, $number: Int) {{
  sourceDraft(department: $department, number: $number) {{
    draft {{ {DRAFT} }} manifest fields findings }} }}"""
PUBLISH = f"mutation Publish($department: String!) {{ publishSource(department: $department) {{ {DRAFT} }} }}"
APPROVE = f"""mutation Approve($department: String!, $number: Int!) {{
  approveSource(department: $department, number: $number) {{ {DRAFT} }} }}"""
LIST = f"query Sources($department: String) {{ sources(department: $department) {{ {DRAFT} }} }}"
STATEMENTS = (
    "query Statements($department: String!) { statements(department: $department) { time statement } }"
)
FOLDER = """mutation Folder($department: String!, $folder: String!, $close: Boolean!) {
  admitFolder(department: $department, folder: $folder, close: $close) }"""
PROPOSED = ("entity", "column", "name", "type", "level", "mask", "reasons")
LISTED = ("department", "number", "state", "version", "author", "decidedBy", "changedAt")


async def add(wish: dict[str, str], settings: dict[str, Any], where: Where, json: bool) -> None:
    """Begin with a source; its secret is read from the terminal or from standard input, and sealed."""
    department, secret = wish["department"], settings["secret"]
    pairs = _pairs(settings["pairs"])
    value = _secret_value() if secret else ""
    async with connected(target_of(where), read_settings()) as control:
        if secret:
            pairs["secret"] = f"{department}/{secret}"
            await control.ask(SECRET, reference=pairs["secret"], value=value)
        given = _with_pairs(read_text(settings["file"]) if settings["file"] else "", pairs)
        result = (await control.ask(ADD, source=wish | {"settings": given}))["addSource"]
    if json:
        print_json(result)
    else:
        count = len(result["entities"])
        print_line(text("source added", department=department, number=result["draft"]["number"], count=count))
        print_line("  " + ", ".join(result["entities"]))


def target_of(where: Where, *, looks: bool = False) -> Target:
    """Return where a command goes and as whom."""
    return Target(where["server"], where["acting"], looks=looks)


def _pairs(written: Sequence[str]) -> dict[str, str]:
    """Return the settings of `--set name=value`. Raises `CommandRefusedError`."""
    found = {}
    for pair in written:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise CommandRefusedError("A setting is not written as name=value", where="--set")
        found[name] = value
    return found


def _with_pairs(written: str, pairs: dict[str, str]) -> str:
    """Return the settings of a file with those of the command line, which win over those of the file."""
    root = read_yaml(written, "").root
    if isinstance(root, Table) and root.entries.keys() & pairs.keys():
        return orjson.dumps({**without_lines(root), **pairs}).decode()
    lines = "".join(f"{name}: {orjson.dumps(one).decode()}\n" for name, one in pairs.items())
    return f"{written}\n{lines}"


def _secret_value() -> str:
    if sys.stdin.isatty():
        return getpass(text("ask secret"))
    return sys.stdin.readline().rstrip("\r\n")


async def discover(department: str, only: list[str], out: Path | None, where: Where, json: bool) -> None:
    """Print what is proposed, each field with its reasons."""
    async with connected(target_of(where), read_settings()) as control:
        result = (await control.ask(DISCOVER, department=department, only=only or None))["discoverSource"]
    await _write(result["manifest"], out)
    if json:
        print_json(result)
        return
    print_line(text("source discovered", department=department, number=result["draft"]["number"]))
    _print_fields(result["fields"])
    if result["problems"]:
        print_line(text("source questions", count=len(result["problems"])))
        print_problems(result["problems"])
    if out is not None:
        print_line(text("exported", file=out))


def _print_fields(fields: list[dict[str, Any]]) -> None:
    rows = [{**one, "reasons": "; ".join(one["reasons"]), "mask": one["mask"] or "-"} for one in fields]
    print_table(rows, PROPOSED)


async def check(department: str, manifest: Path | None, waive: bool, where: Where, json: bool) -> int:
    """Print what a check finds; return 1 where something stands against publishing."""
    written = read_text(manifest) if manifest is not None else None
    async with connected(target_of(where), read_settings()) as control:
        asked = {"department": department, "manifest": written, "waive": waive}
        result = (await control.ask(CHECK, **asked))["checkSource"]
    if json:
        print_json(result)
        return 0 if result["ok"] else 1
    if not result["ok"]:
        print_line(text("problems", count=len(result["problems"])))
        print_problems(result["problems"])
        return 1
    print_line(text("source checked", department=department, number=result["draft"]["number"]))
    for found in result["findings"]:
        print_line("  " + _finding(found))
    print_problems(result["warnings"])
    return 0


def _finding(found: dict[str, Any]) -> str:
    told = f"{found['coordinate']}: {found['what']}"
    return f"{told}: {found['rows']} of {found['of']}" if found["of"] else told


async def show(department: str, number: int | None, out: Path | None, where: Where, json: bool) -> None:
    """Print a draft: where it stands, what it says and why."""
    async with connected(target_of(where, looks=True), read_settings()) as control:
        result = (await control.ask(SHOW, department=department, number=number))["sourceDraft"]
    await _write(result["manifest"], out)
    if json:
        print_json(result)
        return
    print_table([result["draft"]], LISTED)
    _print_fields(result["fields"])
    for found in result["findings"]:
        print_line("  " + _finding(found))
    print_line(text("exported", file=out) if out is not None else result["manifest"].rstrip())


async def publish(department: str, where: Where, json: bool) -> None:
    """Publish the checked draft, or propose it."""
    async with connected(target_of(where), read_settings()) as control:
        _print_standing((await control.ask(PUBLISH, department=department))["publishSource"], json)


async def approve(department: str, number: int, where: Where, json: bool) -> None:
    """Publish what another person proposed."""
    async with connected(target_of(where), read_settings()) as control:
        result = await control.ask(APPROVE, department=department, number=number)
    _print_standing(result["approveSource"], json)


def _print_standing(draft: dict[str, Any], json: bool) -> None:
    named = {"department": draft["department"], "number": draft["number"], "version": draft["version"]}
    if json:
        print_json(draft)
    elif draft["state"] == "published":
        print_line(text("source published", **named))
    else:
        print_line(text("source waits", **named))


async def listing(department: str, where: Where, json: bool) -> None:
    """Print where sources stand."""
    async with connected(target_of(where, looks=True), read_settings()) as control:
        found = (await control.ask(LIST, department=department or None))["sources"]
    if json:
        print_json(found)
    elif found:
        print_table(found, LISTED)
    else:
        print_line(text("nothing found"))


async def statements(department: str, where: Where, json: bool) -> None:
    """Print what was sent to a source lately."""
    async with connected(target_of(where, looks=True), read_settings()) as control:
        found = (await control.ask(STATEMENTS, department=department))["statements"]
    if json:
        print_json(found)
        return
    for one in found:
        print_line(f"{one['time']}  {_cut(' '.join(one['statement'].split()))}")
    if not found:
        print_line(text("nothing found"))


def _cut(statement: str, most: int = 240) -> str:
    """Return a statement as far as a person reads it; JSON has it whole."""
    return statement if len(statement) <= most else statement[: most - 1] + "…"


async def admit(department: str, folder: Path, close: bool, where: Where, json: bool) -> None:
    """Let a department's sources open files of a folder, or no longer."""
    path = str(folder) if where["server"] else str(await anyio.Path(folder).resolve())
    async with connected(target_of(where), read_settings()) as control:
        done = (await control.ask(FOLDER, department=department, folder=path, close=close))["admitFolder"]
    if json:
        print_json({"department": department, "folder": path, "done": done, "open": not close})
    else:
        print_line(text("folder closed" if close else "folder admitted", department=department, folder=path))


async def _write(manifest: str, out: Path | None) -> None:
    if out is not None:
        await anyio.Path(out).write_text(manifest, encoding="utf-8")
