"""The readable page of an evidence package: one file, Chinese beside English, without a script.

Everything on it is computed from the proven records, so that a verifier can make it again and compare.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Final

import orjson

from audit.checkpoint import Checkpoint, encoded_root
from audit.tree import leaf_hash

PAGE: Final = "page.html"
README: Final = """GovGraph evidence package, format 1

page.html is for reading; it is made from the records alone. What proves them:

  records/INDEX.json        a record, byte for byte as it stands in the log
  records/INDEX.tlog-proof  the proof that it stands at INDEX under `checkpoint` (c2sp.org/tlog-proof)
  checkpoint                size and root of the log, signed (c2sp.org/tlog-checkpoint, Ed25519)
  audit.vkey                the key of that signature: compare it with the one handed over on paper

Check it with     govgraph audit verify --evidence FILE --key KEY-FROM-PAPER
or with the small independent program of examples/verify (Go), or with one of your own:
the leaf hash is SHA-256 over a zero byte and the record; the rest is RFC 6962, section 2.1.1.
"""

MASKS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "ID": ("保留前六后四位", "first six and last four"),
        "ID2": ("保留首尾各一位", "first and last"),
        "NM": ("仅显示姓氏", "family name"),
        "RD": ("全部遮盖", "hidden whole"),
        "PH": ("电话号码部分遮盖", "telephone, partly"),
        "AD": ("地址仅到街道", "address to the street"),
        "AC": ("账号仅后四位", "last four of an account"),
        "PL": ("车牌部分遮盖", "plate, partly"),
        "UN": ("单元号前十二位", "first twelve of a unit number"),
        "YR": ("仅显示年份", "year"),
        "BK": ("仅显示区间", "bucket"),
        "NU": ("不显示", "nothing"),
        "HS": ("假名", "pseudonym"),
        "V4": ("车辆号码后四位", "last four of a vehicle's number"),
    }
)
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "answered": ("已答复", "answered"),
        "partial": ("部分答复", "answered in part"),
        "refused": ("已拒绝", "refused"),
        "failed": ("处理失败", "failed"),
        "pending": ("变更前的意图记录", "the intent, recorded before the change"),
    }
)
USES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "returned": ("已返回", "returned"),
        "refused": ("已拒绝：无此权利", "refused: no right to it"),
        "used_in_predicate": ("用于查询条件", "used in a predicate"),
        "used_by_policy": ("由规则使用，未返回", "used by policy, not returned"),
    }
)
FACTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "time": ("时间（UTC）", "Time (UTC)"),
        "receipt": ("回执号", "Receipt"),
        "event": ("事件", "Event"),
        "phase": ("阶段", "Phase"),
        "client": ("调用方", "Client"),
        "role": ("角色", "Role"),
        "end_user": ("实际操作人", "End user"),
        "assurance": ("身份确认方式", "Assurance"),
        "department": ("部门", "Department"),
        "address": ("地址", "Address"),
        "purpose": ("使用场景", "Purpose"),
        "case_number": ("办件编号", "Case number"),
        "grants": ("共享授权", "Grants"),
        "policy": ("授权版本", "Policy version"),
        "catalog": ("目录版本", "Catalog version"),
        "subject": ("变更对象", "Changed"),
        "level": ("最高敏感级别", "Highest level"),
        "rows": ("行数", "Rows"),
        "subjects": ("数据主体人数", "Persons, by type"),
        "subject_total": ("数据主体总人数", "Persons in all"),
        "keys_in_sequence": ("连号检索键数", "Keys in sequence"),
        "sources": ("数据源", "Sources"),
        "codes": ("代码", "Codes"),
        "part": ("分段", "Part"),
        "detail": ("详情", "Detail"),
        "operation": ("操作摘要", "Operation hash"),
        "request": ("请求编号", "Request"),
    }
)
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
STYLE: Final = (
    'body{font:15px/1.6 "Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;color:#1b2733;'
    "max-width:860px;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #dde3e9;padding:.3rem .6rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{background:#f4f6f8;font-weight:600;width:30%}"
    "code,pre{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}"
    ".said{background:#e8f0f7;padding:.6rem 1rem;border-left:4px solid #0b4f8a}"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: the signed state of the log, the leaves by position, the document asked."""

    signed: Checkpoint
    leaves: Sequence[tuple[int, bytes]]
    document: str


def page(shown: Shown) -> str:
    """Return the page."""
    parts = [
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>证据包 · Evidence package</title><style>{STYLE}</style></head><body>",
        "<h1>证据包 · Evidence package</h1>",
        *(part for position, leaf in shown.leaves for part in _record(position, leaf)),
    ]
    if shown.document:
        parts += ["<h2>所提问题 · The document asked</h2>", f"<pre>{escape(shown.document)}</pre>"]
    return "\n".join([*parts, *_proof(shown.signed), "</body></html>", ""])


def decision(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what was decided on an access and why, as one sentence in Chinese and one in English."""
    zh, en = OUTCOMES.get(str(record.get("outcome", "")), ("—", "recorded"))
    if record.get("kind") != "access":
        event = record.get("event", "")
        return f"平台事件 {event}：{zh}。", f"Event {event}: {en}."
    coordinates = record.get("coordinates", {})
    returned, masked = coordinates.get("returned", []), coordinates.get("masked", {})
    clear = sum(1 for name in returned if name not in masked)
    refused = len(coordinates.get("refused", []))
    who, why = record.get("client", "—"), record.get("purpose", "—")
    grants = "、".join(record.get("grants", [])) or "—"
    english = ", ".join(record.get("grants", [])) or "none"
    hidden = sum(1 for name in returned if name in masked)
    chinese = (
        f"调用方 {who} 以使用场景 {why} 提出请求，{zh}。依据共享授权：{grants}。"
        f"原样返回 {clear} 个字段，脱敏返回 {hidden} 个，拒绝 {refused} 个。"
    )
    return chinese, (
        f"Client {who} asked for the purpose {why}: {en}. Grants: {english}. "
        f"Fields returned as they are: {clear}; through a mask: {hidden}; refused: {refused}."
    )


def _record(position: int, leaf: bytes) -> Iterator[str]:
    record = orjson.loads(leaf)
    zh, en = decision(record)
    yield f"<h2>第 {position} 条记录 · Record {position}</h2>"
    yield f'<p class="said">{escape(zh)}<br>{escape(en)}</p><table>'
    for name, (chinese, english) in FACTS.items():
        if name in record:
            yield _row(f"{chinese} · {english}", _told(record[name]))
    yield _row("记录摘要 · Leaf hash", leaf_hash(leaf).hex())
    yield "</table>"
    fields = list(_fields(record.get("coordinates", {})))
    if fields:
        yield "<h3>字段 · Fields</h3><table>"
        yield from (_row(name, what) for name, what in fields)
        yield "</table>"


def _fields(coordinates: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each field with what happened to it, in order."""
    masked = coordinates.get("masked", {})
    names = sorted({name for use in USES for name in coordinates.get(use, [])} | masked.keys())
    for name in names:
        said = ["{} · {}".format(*USES[use]) for use in USES if name in coordinates.get(use, [])]
        if name in masked:
            zh, en = MASKS.get(masked[name], ("", ""))
            said.append(f"脱敏 {masked[name]} {zh} · mask {masked[name]} {en}".rstrip())
        yield name, "；".join(said)


def _proof(signed: Checkpoint) -> Iterator[str]:
    yield "<h2>证明 · Proof</h2><table>"
    yield _row("日志 · Log", signed.origin)
    yield _row("记录总数 · Records signed for", str(signed.size))
    yield _row("签名的根 · Root that was signed", encoded_root(signed.root))
    yield "</table>"
    yield (
        "<p>本页由已证明的记录生成，本身不是证据；请按 README.txt 验证。"
        "<br>This page is made from the proven records and is itself no proof; check as README.txt says.</p>"
    )


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return "；".join(f"{name}: {inner}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _row(head: str, cell: str) -> str:
    return f"<tr><th>{escape(head)}</th><td>{escape(cell)}</td></tr>"
