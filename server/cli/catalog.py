"""`govgraph catalog`: check, publish, export, look up."""

from pathlib import Path
from typing import Any

import anyio

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.reading import read_files
from server.cli.settings import read_settings
from server.cli.texts import text

PROBLEM = "file line path what remedy code"
CHECK = f"""mutation Check($files: [FileText!]!) {{
  checkManifests(files: $files) {{ ok problems {{ {PROBLEM} }} warnings {{ {PROBLEM} }} }} }}"""
APPLY = """mutation Apply($files: [FileText!]!) { publishManifests(files: $files) { version departments } }"""
EXPORT = """query Export($department: String!) { manifest(department: $department) }"""
SHOW = """query Show($resources: [String!]) { catalog(resources: $resources) {
  version departments { key title code }
  resources { name department title summary code share open cycle area since key subject purposes
    fields { name title type level mask rights codes } links { name title target one } } } }"""
SEARCH = """query Search($text: String!) { search(text: $text) { coordinate title department level } }"""


async def check(files: list[Path], server: str, acting: str, json: bool) -> int:
    """Print every problem; return 1 where there is one."""
    async with connected(Target(server, acting), read_settings()) as control:
        result = (await control.ask(CHECK, files=read_files(files)))["checkManifests"]
    if json:
        print_json(result)
    elif result["ok"]:
        print_line(text("no problems", count=len(files)))
    else:
        print_line(text("problems", count=len(result["problems"])))
        print_problems(result["problems"])
    if result["warnings"] and not json:
        print_line(text("warnings", count=len(result["warnings"])))
        print_problems(result["warnings"])
    return 0 if result["ok"] else 1


def print_problems(problems: list[dict[str, Any]]) -> None:
    """Print problems, one on a line."""
    for problem in problems:
        place = f"{problem['file']}:{problem['line']}" if problem["line"] else problem["file"]
        print_line(f"  {place} {problem['path']}: {problem['what']}. {problem['remedy']}")


async def apply(files: list[Path], server: str, acting: str, json: bool) -> None:
    """Publish manifests and print the new version."""
    async with connected(Target(server, acting), read_settings()) as control:
        result = (await control.ask(APPLY, files=read_files(files)))["publishManifests"]
    if json:
        print_json(result)
        return
    departments = ", ".join(result["departments"])
    print_line(text("published", departments=departments, version=result["version"]))


async def export(department: str, out: Path | None, server: str, acting: str, json: bool) -> None:
    """Print or write a department's manifest."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        manifest = (await control.ask(EXPORT, department=department))["manifest"]
    if out is not None:
        await anyio.Path(out).write_text(manifest, encoding="utf-8")
    if json:
        print_json({"department": department, "manifest": manifest})
    else:
        print_line(text("exported", file=out) if out is not None else manifest.rstrip())


async def show(resource: str, server: str, acting: str, json: bool) -> int:
    """Print the catalog or one resource; return 1 where the resource is not there."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        result = (await control.ask(SHOW, resources=[resource] if resource else None))["catalog"]
    if json:
        print_json(result)
    elif not resource:
        print_table(result["resources"], ("department", "name", "title", "share", "cycle"))
    elif result["resources"]:
        _print_resource(result["resources"][0])
    else:
        print_line(text("nothing found"))
    return 1 if resource and not result["resources"] else 0


def _print_resource(resource: dict[str, Any]) -> None:
    print_line(f"{resource['name']} {resource['title']} · {resource['department']} · {resource['code']}")
    if resource["summary"]:
        print_line(resource["summary"])
    print_table(resource["fields"], ("name", "title", "type", "level", "mask", "rights"))
    if resource["links"]:
        print_line("")
        print_table(resource["links"], ("name", "target", "title"))


async def find(words: str, server: str, acting: str, json: bool) -> int:
    """Print what the search finds; return 1 where that is nothing."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        hits = (await control.ask(SEARCH, text=words))["search"]
    if json:
        print_json(hits)
    elif hits:
        print_table(hits, ("coordinate", "title", "department", "level"))
    else:
        print_line(text("nothing found"))
    return 0 if hits else 1
