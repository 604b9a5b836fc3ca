"""A type's name that another department takes over: grants of the former owner open nothing of it."""

from pathlib import Path

import pytest

from server.cli.source import turns as source_turns
from tests.server.living import living
from tests.server.registering import clerks
from tests.server.test_control import PUBLISH, PUT

pytestmark = pytest.mark.anyio
LIST = "{ salaries { nodes { code } } }"
MANIFEST = """
manifest: 1
department: {{key: {key}, code: {code}, title: 测试}}
source: {{kind: files, entities: {{rows: {{path: "${{DEPARTMENT_FOLDER}}/rows.csv"}}}}}}
resources:
  Salary:
    table: rows
    title: 测试
    class: {{lei: 3, xiang: 12, mu: 009}}
    summary: 测试
    share: {{type: CONDITIONAL, scope: 行政机关, purposes: [CHECK-ONE]}}
    open: NOT_OPEN
    cycle: DAILY
    key: [code]
    fields:
      code: {{column: code, title: 代码, level: L1, rights: [read, match]}}
"""
GRANT = """
grants: 1
client: app-without-grant
purpose: CHECK-ONE
legalBasis: 测试
agreement: 测试
valid: {{from: 2020-01-01, to: 2099-12-31}}
items:
  - id: {number}
    resource: {department}.Salary
    fields: {{code: [read, match]}}
"""


async def test_a_grant_of_the_former_owner_opens_nothing_and_stands_in_no_way(tmp_path: Path) -> None:
    for department in ("library", "archive"):
        folder = tmp_path / "sources" / department
        folder.mkdir(parents=True)
        (folder / "rows.csv").write_text(f"code\n{department}-1\n", encoding="utf-8")
    async with living(tmp_path) as city:
        await clerks(city, "clerk-library", department="library")
        await clerks(city, "clerk-archive", department="archive")
        former, owner = await city.control("clerk-library"), await city.control("clerk-archive")
        first = MANIFEST.format(key="library", code="12330799T00001351J")
        await former.ask(PUBLISH, f=[{"name": "first", "text": first}])
        await former.ask(PUT, f=[{"name": "g", "text": GRANT.format(number="L-1", department="library")}])
        assert "library-1" in (await city.ask(LIST, "app-without-grant")).text
        await former.ask(source_turns.WITHDRAW, department="library")
        second = MANIFEST.format(key="archive", code="11330799T00001127R")
        await owner.ask(PUBLISH, f=[{"name": "second", "text": second}])
        answer = await city.ask(LIST, "app-without-grant")
        assert "archive-1" not in answer.text
        assert answer.json()["errors"][0]["extensions"]["code"] == "NOTHING_VISIBLE"
        await owner.ask(PUT, f=[{"name": "g", "text": GRANT.format(number="A-1", department="archive")}])
        answer = await city.ask(LIST, "app-without-grant")
        assert answer.json()["extensions"]["govgraph"]["grant"] == ["A-1"]
        assert "archive-1" in answer.text
