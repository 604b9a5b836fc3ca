"""`govgraph connector`: settings of a source out of a document, and the beginnings of a new kind."""

import re
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio
import yaml
from anyio import to_thread

from connectors.registry import kinds
from connectors.rest.openapi.document import Imported, imported
from connectors.rest.openapi.reading import read_document
from server.cli.output import print_json, print_line, print_warning
from server.cli.reading import read_bytes
from server.errors import CommandRefusedError

STANDARD_INPUT = "-"
DEPARTMENT = "department"
NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
PROJECT: Mapping[str, str] = {
    "connector.py.template": "@package@/connector.py",
    "": "@package@/__init__.py",
    "test_connector.py.template": "tests/test_connector.py",
    "pyproject.toml.template": "pyproject.toml",
    "README.md.template": "README.md",
}
"""The files of a new kind: the template of each, and where it goes."""


async def import_openapi(
    *, wish: Mapping[str, str], only: Sequence[str], out: Path | None, json: bool
) -> None:
    """Print or write the settings that a document becomes, and tell on standard error what was left out."""
    file = wish["file"]
    content = sys.stdin.buffer.read() if file == STANDARD_INPUT else read_bytes(Path(file))
    found = await to_thread.run_sync(_imported, content, wish["department"] or DEPARTMENT, wish["url"])
    settings = _chosen(found, only)
    skipped = [{"pointer": one.pointer, "reason": one.reason.value} for one in found.skipped]
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=110)
    if out is not None:
        await anyio.Path(out).write_text(text, encoding="utf-8")
    if json:
        print_json({"settings": settings, "skipped": skipped})
        return
    if out is None:
        print_line(text.rstrip())
    for one in skipped:
        print_warning(f"left out: {one['pointer']} {one['reason']}")


def _imported(content: bytes, department: str, url: str) -> Imported:
    return imported(read_document(content), department, url)


def _chosen(found: Imported, only: Sequence[str]) -> dict[str, Any]:
    """Return the settings with the entities that were named, all where none is named."""
    if found.reason is not None:
        raise CommandRefusedError(
            "The document has nothing that can be asked: " + found.reason.value,
            remedy="A REST source can be described by hand; see `docs/guides/sources.md`",
        )
    unknown = sorted({*only} - found.entities.keys())
    if unknown:
        raise CommandRefusedError(
            f"The document has no entity `{unknown[0]}`",
            remedy="Without `--entity` the command names all that it has.",
        )
    chosen = {name: one for name, one in found.entities.items() if not only or name in only}
    return {**found.settings, "entities": chosen}


async def new(*, name: str, out: Path | None, json: bool) -> None:
    """Write the project of a new kind of source into a new folder, and print its files."""
    if not re.fullmatch(NAME, name) or len(name) > 40:
        raise CommandRefusedError("This is no name of a kind", remedy="Write it like `water-meters`")
    if name in kinds():
        raise CommandRefusedError(f"A kind `{name}` is installed already", remedy="Choose another name.")
    folder = anyio.Path(out or f"govgraph-{name}")
    if await folder.exists():
        raise CommandRefusedError("The folder is there already", where=str(folder), remedy="Name a new one.")
    written = [await _written(folder, template, place, name) for template, place in PROJECT.items()]
    if json:
        print_json({"folder": str(folder), "files": written})
        return
    for file in written:
        print_line(f"wrote {folder / file}")
    print_line(f"Begin in {folder / written[0]}; its test is run with: cd {folder} && python -m pytest")


async def _written(folder: anyio.Path, template: str, place: str, name: str) -> str:
    """Write one file of the project and return its place in the folder."""
    package = f"govgraph_{name.replace('-', '_')}"
    values = {
        "@kind@": name,
        "@project@": f"govgraph-{name}",
        "@package@": package,
        "@Class@": "".join(part.capitalize() for part in name.split("-")),
    }
    text = (
        (files("server.cli") / "connector_template" / template).read_text(encoding="utf-8")
        if template
        else f'"""Sources of the kind `{name}`."""\n'
    )
    for mark, value in values.items():
        text, place = text.replace(mark, value), place.replace(mark, value)
    await (folder / place).parent.mkdir(parents=True, exist_ok=True)
    await (folder / place).write_text(text, encoding="utf-8")
    return place
