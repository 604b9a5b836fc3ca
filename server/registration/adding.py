"""Add: a department says where its source is and how it is opened; the source must answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyio import to_thread

from schema.draft import Draft
from schema.errors import ManifestRefusedError, Problem
from schema.manifest import inspect_manifest
from schema.marked_yaml import read_yaml, without_lines
from server.registration.desk import Desk
from server.registration.draft import Content, SourceDraft
from server.registration.errors import SourceDraftRefusedError

FILE = "source"
"""Names what a clerk gave in problems, where no file was given."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a clerk says of a source: `settings` is YAML, the section `source` of a manifest without `kind`.

    Title and code of a department that has published may be left out.
    """

    department: str
    kind: str
    settings: str
    title: str = ""
    code: str = ""


async def add(desk: Desk, wish: Wish, author: str) -> tuple[SourceDraft, tuple[str, ...]]:
    """Return a new draft and the names of the entities that its source offers.

    Raises `ManifestRefusedError` where settings, code or files are refused, and the source's own coded
    error where it does not answer; nothing is kept then.
    """
    content = await _content(desk, wish)
    await check_content(desk, content)
    async with desk.opened(content) as (_, connector):
        entities = await connector.describe()
    draft = await desk.drafts.begin(content, author)
    return draft, tuple(entity.name for entity in entities)


async def _content(desk: Desk, wish: Wish) -> Content:
    known = desk.publisher.snapshot().catalog.departments.get(wish.department)
    title = wish.title or (known.title if known else "")
    code = wish.code or (known.code if known else "")
    if not title or not code:
        raise SourceDraftRefusedError(
            "The department has published nothing yet, so its title and its code are missing",
            where=wish.department,
            remedy="Give both: `--title` and `--code`, its unified social credit code.",
        )
    if known is not None and code != known.code:
        raise SourceDraftRefusedError(
            "The code is not the one the department has published with", where="code"
        )
    settings = await to_thread.run_sync(read_settings, wish.settings)
    return Content(wish.department, code, title, wish.kind, settings)


def read_settings(text: str) -> Mapping[str, Any]:
    """Return settings written as YAML, texts as their only leaves. Raises `ManifestRefusedError`."""
    reading = read_yaml(text or "{}", FILE)
    if reading.problems:
        raise ManifestRefusedError(reading.problems)
    found = without_lines(reading.root) if reading.root is not None else {}
    if not isinstance(found, dict):
        problem = Problem(FILE, 1, "", "The settings are no mapping", "Write `url: …` and the like.")
        raise ManifestRefusedError([problem])
    return {name: value for name, value in found.items() if name != "kind"}


async def check_content(desk: Desk, content: Content) -> Draft:
    """Return the empty draft with this head. Raises `ManifestRefusedError`."""
    text = head_text(content)
    draft, problems = await to_thread.run_sync(inspect_manifest, text, FILE)
    if draft is None or problems:
        raise ManifestRefusedError(problems)
    refusals = await desk.publisher.refusals([draft])
    if refusals:
        raise ManifestRefusedError(refusals)
    return draft


def head_text(content: Content) -> str:
    """Return a manifest without resources, as JSON, which is YAML too."""
    department = {"key": content.department, "code": content.code, "title": content.title}
    return json.dumps(
        {
            "manifest": "1",
            "department": department,
            "source": {"kind": content.kind, **content.settings},
            "resources": {},
        },
        ensure_ascii=False,
    )
