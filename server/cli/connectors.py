"""`govgraph connector`: settings of a source out of a document, and the beginnings of a new kind."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import yaml
from anyio import to_thread

from connectors.rest.openapi.document import Imported, imported
from connectors.rest.openapi.reading import read_document
from server.cli.output import print_json, print_line, print_warning
from server.cli.reading import read_bytes
from server.errors import CommandRefusedError

STANDARD_INPUT = "-"
DEPARTMENT = "department"


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
            remedy="Without `--entity` the command names all that it has",
        )
    chosen = {name: one for name, one in found.entities.items() if not only or name in only}
    return {**found.settings, "entities": chosen}
