# ruff: noqa: E501 - the lines of a manifest are as long as its clerk writes them
"""A small city for the tests of this room: three departments, as their clerks would write them."""

from pathlib import Path

from auth.masking.rule import MaskRule
from auth.rights import Permissions, Right, Rights
from schema.assemble import check_manifests
from schema.catalog import Catalog
from schema.draft import Draft
from schema.manifest import read_manifest_text

PUBLIC_SECURITY = """\
manifest: 1
department: {key: public-security, code: 11330799T00001012K, title: 公安局}
source: {kind: sql, url: "sqlite:///${DEPARTMENT_FOLDER}/public-security.db"}
resources:
  Person:
    table: t_rk_jbxx
    title: 人口基本信息
    class: {lei: 1, xiang: 01, mu: 001}
    summary: 本市户籍人口
    share: {type: CONDITIONAL, scope: 行政机关, purposes: [ZM-HOUSE-BUY]}
    open: NOT_OPEN
    cycle: REALTIME
    key: [idNo]
    subject: idNo
    verify: [name]
    fields:
      idNo: {column: sfzh, title: 公民身份号码, type: IdNumber, rights: [read, match, join], alternatives: [ID, CLEAR]}
      name:
        column: xm
        title: 姓名
        type: PersonName
        rights: [read, match]
        mask: {default: NM, when: [{field: birth, operator: gt, value: {yearsBeforeToday: 14}, mask: RD}]}
      sex: {column: xb, title: 性别, level: L2, codes: GB/T 2261.1}
      birth: {column: csrq, title: 出生日期, type: Date, level: L3, mask: YR}
      movedOn: {column: qrrq, title: 迁入日期, type: Date, level: L2}
"""

CIVIL_AFFAIRS = """\
manifest: 1
department: {key: civil-affairs, code: 11330799T00001020E, title: 民政局}
source: {kind: sql, url: "sqlite:///${DEPARTMENT_FOLDER}/civil-affairs.db", secret: civil-affairs/main}
resources:
  MarriageParty:
    table: v_hydj_dsr
    title: 婚姻登记当事人信息
    class: {lei: 3, xiang: 12, mu: 004}
    summary: 本市办理的结婚、离婚登记,每名当事人一行
    share: {type: CONDITIONAL, scope: 行政机关, purposes: [ZM-HOUSE-BUY, BDC-TRANSFER]}
    open: NOT_OPEN
    cycle: DAILY
    coverage: {area: 3307, since: 1986-03}
    key: [certNo, idNo]
    subject: idNo
    changedAt: gxsj
    fields:
      certNo: {column: djzh, title: 登记证字号, level: L2}
      idNo: {column: sfzh, title: 公民身份号码, type: IdNumber, rights: [read, match, join], variants: [LOWER_X]}
      partnerId: {column: po_sfzh, title: 配偶身份号码, type: IdNumber, rights: [join]}
      kind: {column: djlb, title: 登记类别, level: L3, codes: {01: MARRIED 结婚, 2: DIVORCED 离婚}, rights: [read, match]}
      since: {column: djrq, title: 登记日期, type: Date, level: L3, mask: YR}
    links:
      partner: {to: public-security.Person, one: true, by: {partnerId: idNo}}
      person: {to: public-security.Person, one: true, by: {idNo: idNo}, when: {kind: MARRIED}, reverse: marriages}
"""

BIG_DATA = """\
manifest: 1
department: {key: big-data, code: 11330799T00001127R, title: 大数据发展管理局}
source:
  kind: files
  entities:
    divisions: {path: "${DEPARTMENT_FOLDER}/divisions.csv", format: csv, encoding: utf-8, header: true}
resources:
  Division:
    table: divisions
    title: 行政区划
    class: {lei: 2, xiang: 01, mu: 001}
    summary: 金华市行政区划代码
    share: {type: UNCONDITIONAL}
    open: OPEN
    cycle: YEARLY
    key: [code]
    fields:
      code: {column: code, title: 代码, level: L1, rights: [read, match, range, sort, join]}
      name: {column: name, title: 名称, level: L1}
      households: {column: hs, title: 户数, type: Int, level: L1}
      parentCode: {column: parent, title: 上级代码, level: L1, rights: [read, join]}
    links:
      parent: {to: big-data.Division, one: true, by: {parentCode: code}, reverse: children}
"""


def draft(text: str, file: str = "manifest.yaml") -> Draft:
    """Return the draft in a text."""
    return read_manifest_text(text, file)


def city(folder: Path) -> Catalog:
    """Return the catalog of the whole small city, read from files in a folder."""
    texts = {"public-security": PUBLIC_SECURITY, "civil-affairs": CIVIL_AFFAIRS, "big-data": BIG_DATA}
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return check_manifests(paths)


def permitted(**coordinates: str | tuple[str, str | None]) -> Permissions:
    """Return permissions from `Person__idNo="read match"`, or `("read match", "ID")` with a mask."""
    rights = {}
    for key, given in coordinates.items():
        words, mask = (given, None) if isinstance(given, str) else given
        granted = frozenset(Right(word) for word in words.split())
        rights[key.replace("__", ".")] = Rights(granted, MaskRule(mask) if mask else None, "G-1", "granted")
    grants = {key.split("__")[0]: "G-1" for key in coordinates}
    return Permissions("hall", "ZM-HOUSE-BUY", rights, grants, "fingerprint")
