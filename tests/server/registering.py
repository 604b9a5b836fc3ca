"""A department with a small register of its own on SQLite, and what its clerks ask of the desk."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from server.cli.connection import Connection
from server.cli.source import drafts as asked
from tests.server.living import Living, living

DEPARTMENT = "library"
FILE = "${DEPARTMENT_FOLDER}/readers.db"
CODE = "12330799T00001351J"
PEOPLE = (
    ("330799199003071013", "陈志远", "L-0001", "2021-03-04", "13800138000"),
    ("330799199105221027", "李秋华", "L-0002", "2022-05-06", "13900139000"),
)
CREATE = "mutation ($c: ClientDraft!) { createClient(client: $c) { clientSecret } }"


def write_register(folder: Path, *, writable: bool = False) -> Path:
    """Write the register of readers and return its file; read-only unless it is to be writable."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "readers.db"
    with sqlite3.connect(file) as store:
        store.execute("create table t_dz (sfzh text, xm text, dzzh text primary key, bzrq text, lxdh text)")
        store.executemany("insert into t_dz values (?, ?, ?, ?, ?)", PEOPLE)
    store.close()
    file.chmod(0o644 if writable else 0o444)
    return file


async def clerks(city: Living, *names: str, department: str = DEPARTMENT) -> None:
    """Make clerks of a department, while set-up is open."""
    machine = await city.control()
    for name in names:
        draft = {"id": name, "title": name, "role": "clerk", "department": department}
        made = await machine.ask(CREATE, c=draft)
        city.secrets[name] = made["createClient"]["clientSecret"]


@asynccontextmanager
async def library(folder: Path, **settings: Any) -> AsyncIterator[Living]:
    """Run a platform below a folder, with the register in its place and two clerks who published nothing."""
    home = folder / "home"
    home.mkdir()
    write_register(home / "sources" / DEPARTMENT)
    async with living(home, **settings) as platform:
        await clerks(platform, "clerk-library-1", "clerk-library-2")
        yield platform


def wish(file: str, **other: str) -> dict[str, str]:
    """Return what a clerk says of the register."""
    settings = f'url: "sqlite:///{file}"'
    given = {"department": DEPARTMENT, "kind": "sql", "settings": settings, "title": "图书馆", "code": CODE}
    return given | other


MANIFEST = """
manifest: 1
department: {{key: library, code: {code}, title: 图书馆}}
source: {{kind: sql, url: "sqlite:///{file}"}}
resources:
  Reader:
    table: t_dz
    title: 读者信息
    class: {{lei: 3, xiang: 12, mu: 007}}
    summary: 测试
    share: {{type: CONDITIONAL, scope: 行政机关, purposes: [CHECK-ONE]}}
    open: NOT_OPEN
    cycle: DAILY
    key: [cardNo]
    subject: idNo
    fields:
      cardNo: {{column: dzzh, title: 读者证号, level: L2, rights: [read, match]}}
      idNo: {{column: sfzh, title: 公民身份号码, type: IdNumber}}
      name: {{column: xm, title: 姓名, type: PersonName}}
      since: {{column: bzrq, title: 办证日期, type: Date, level: L2}}
"""

GRANT = """
grants: 1
client: app-one
purpose: CHECK-ONE
legalBasis: 测试
agreement: 测试
valid: {from: 2020-01-01, to: 2099-12-31}
items:
  - id: R-1
    resource: library.Reader
    fields: {cardNo: [read, match], since: [read]}
"""


def manifest(file: str) -> str:
    """Return a manifest over the register, with fields of level L3."""
    return MANIFEST.format(code=CODE, file=file)


def harmless(file: str) -> str:
    """Return a manifest that shows nothing of level L3 or above."""
    text = manifest(file).replace("    subject: idNo\n", "")
    lines = [line for line in text.splitlines() if " idNo:" not in line and " name:" not in line]
    return "\n".join(lines) + "\n"


async def added(control: Connection, file: str) -> dict[str, Any]:
    """Add the register and return the draft."""
    result = await control.ask(asked.ADD, source=wish(file))
    return dict(result["addSource"])


async def checked(control: Connection, text: str | None = None, *, waive: bool = False) -> dict[str, Any]:
    """Check the draft, or a manifest in its place, and return what was found."""
    given = {"department": DEPARTMENT, "manifest": text, "waive": waive}
    return dict((await control.ask(asked.CHECK, **given))["checkSource"])
