"""The made-up register of `govgraph drill insider`, and the grant that an official misuses."""

from typing import Final

OFFICIAL: Final = "330702-0815"
PURPOSE: Final = "DRILL"
GRANT: Final = "G-DRILL-1"

MANIFEST: Final = """
manifest: 1
department: {key: public-security, code: 11330799T00001012K, title: 公安局（演练）}
source: {kind: sql, url: "sqlite:///${DEPARTMENT_FOLDER}/register.db"}
resources:
  Person:
    table: person
    title: 人口基本信息
    class: {lei: 3, xiang: 12, mu: 001}
    summary: 演练用虚构人口
    share: {type: CONDITIONAL, scope: 行政机关, purposes: [DRILL]}
    open: NOT_OPEN
    cycle: DAILY
    key: [idNo]
    subject: idNo
    fields:
      idNo: {column: id, title: 公民身份号码, type: IdNumber, rights: [read, match, join]}
      name: {column: name, title: 姓名, type: PersonName, rights: [read]}
"""

GRANTS: Final = f"""
grants: 1
client: hall
purpose: {PURPOSE}
legalBasis: 演练
agreement: 演练
valid: {{from: 2026-01-01, to: 2026-12-31}}
items:
  - id: {GRANT}
    resource: public-security.Person
    fields: {{idNo: [match], name: [read]}}
"""
