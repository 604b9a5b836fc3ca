"""Catalogs made for growth: many resources of one table, and departments that answer late."""

from collections.abc import Mapping

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
OF_ONE_SOURCE = 250
LATE = 16

HEAD = """manifest: 1
department: {{key: {key}, code: {code}, title: 部门{number}}}
"""
TABLES = """source:
  kind: sql
  url: "postgresql://postgres@/city?host=${POSTGRESQL_FOLDER}"
  maxConnections: 4
resources:
"""
TABLE = """  Register{number}:
    table: department
    title: 目录{number}
    class: {{lei: 2, xiang: 01, mu: 001, ximu: {number}}}
    summary: 测试目录，每个部门一行
    share: {{type: UNCONDITIONAL}}
    open: OPEN
    cycle: YEARLY
    key: [code]
    fields:
      code:  {{column: code, title: 部门代码, level: L1, rights: [read, match, join]}}
      name:  {{column: name, title: 名称, level: L1}}
      phone: {{column: phone, title: 办公电话, level: L1}}
    links:
      parent: {{to: {key}.Register{other}, one: true, by: {{code: code}}, title: 上级}}
"""
REST = """source:
  kind: rest
  url: "http://127.0.0.1:${{HALL_PORT}}"
  maxConnections: 16
  entities:
    services:
      columns: {{code: text, next: text}}
      key: [code]
      list: {{path: /services, items: data}}
      lookup: {{path: /services, method: POST, key: code, body: codes, items: data}}
resources:
  Late{number}:
    table: services
    title: 事项{number}
    class: {{lei: 2, xiang: 02, mu: 001, ximu: {number}}}
    summary: 测试事项，每项一行
    share: {{type: UNCONDITIONAL}}
    open: OPEN
    cycle: DAILY
    key: [code]
    fields:
      code: {{column: code, title: 事项编码, level: L1, rights: [read, match, join]}}
      next: {{column: next, title: 后续事项, level: L1, rights: [read, match, join]}}
    links:
"""
LINK = "      {name}: {{to: late-{other}.Late{other}, one: true, by: {{next: code}}, title: 后续}}\n"
GRANTS = """grants: 1
client: benchmark
purpose: BENCHMARK
legalBasis: 测试
agreement: 测量用，不含真实数据。
valid: {from: 2020-01-01, to: 2099-12-31}
items:
"""


def department_code(number: int) -> str:
    """Return a credit code of a department (GB 32100), its check character computed."""
    stem = f"113307990000{number:05}"
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(stem))
    return stem + ALPHABET[-total % 31]


def registers(count: int) -> Mapping[str, str]:
    """Return manifests with so many resources, `Register0` and on, each linked to the next of its source."""
    found = {}
    for first in range(0, count, OF_ONE_SOURCE):
        last = min(first + OF_ONE_SOURCE, count)
        number = first // OF_ONE_SOURCE
        key = f"registry-{number}"
        tables = (
            TABLE.format(number=n, other=n + 1 if n + 1 < last else first, key=key)
            for n in range(first, last)
        )
        head = HEAD.format(key=key, code=department_code(1000 + number), number=1000 + number)
        found[f"{key}.yaml"] = head + TABLES + "".join(tables)
    return found


def registers_granted(count: int) -> str:
    """Return grants on the first resource of each source, on ten at most."""
    chosen = list(range(0, count, max(OF_ONE_SOURCE, count // 10)))
    return GRANTS + "".join(
        f"  - id: R-{n:05}\n    resource: registry-{n // OF_ONE_SOURCE}.Register{n}\n"
        "    fields: {code: [read, match, join], name: [read], phone: [read]}\n"
        for n in chosen
    )


def late_departments() -> Mapping[str, str]:
    """Return manifests of a first department with links to sixteen others, which form a chain."""
    found = {}
    for number in range(LATE + 1):
        head = HEAD.format(key=f"late-{number}", code=department_code(2000 + number), number=2000 + number)
        others = range(1, LATE + 1) if number == 0 else [number % LATE + 1]
        names = [f"side{other}" if number == 0 else "onward" for other in others]
        links = [LINK.format(name=name, other=other) for name, other in zip(names, others, strict=True)]
        found[f"late-{number}.yaml"] = head + REST.format(number=number) + "".join(links)
    return found


def late_granted() -> str:
    """Return grants on all late departments."""
    return GRANTS + "".join(
        f"  - id: L-{n:05}\n    resource: late-{n}.Late{n}\n"
        "    fields: {code: [read, join], next: [read, join]}\n"
        for n in range(LATE + 1)
    )
