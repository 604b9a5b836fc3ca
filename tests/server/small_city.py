"""A small city of three departments: one on SQLite with dirt in it, two behind REST that can hang or stop."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import orjson
from anyio.abc import SocketStream

CHEN = "330799199003071013"
LI = "330799199105221027"
NAME = "陈志远"
KEY = "small-city-key"

PUBLIC_SECURITY = """
manifest: 1
department: {key: public-security, code: 11330799T00001012K, title: 公安局}
source: {kind: sql, url: "sqlite:///${DEPARTMENT_FOLDER}/people.db"}
resources:
  Person:
    table: t_rk
    title: 人口基本信息
    class: {lei: 3, xiang: 12, mu: 001}
    summary: 测试人口
    share: {type: CONDITIONAL, scope: 行政机关, purposes: [CHECK-ONE, CHECK-TWO]}
    open: NOT_OPEN
    cycle: DAILY
    key: [idNo]
    subject: idNo
    verify: [name]
    fields:
      idNo: {column: sfzh, title: 身份号码, type: IdNumber, rights: [read, match, join], alternatives: [ID]}
      name: {column: xm, title: 姓名, type: PersonName, rights: [read, match]}
      kind: {column: lb, title: 类别, level: L2, codes: {1: LOCAL 本地, 2: GUEST 外来}}
      since: {column: rq, title: 登记日期, type: Date, level: L2}
      phone: {column: dh, title: 电话, type: Phone}
"""

REST = """
manifest: 1
department: {{key: {key}, code: {code}, title: {title}}}
source:
  kind: rest
  url: "http://127.0.0.1:${{{port}}}"
  secret: {key}/api-key
  apiKeyHeader: X-Api-Key
  entities:
    rows:
      columns: {{idNo: text, state: text}}
      key: [idNo]
      list: {{path: /rows, items: data, page: {{parameter: page, sizeParameter: size, size: 200}}}}
      lookup: {{path: /batch, method: POST, key: idNo, body: ids, items: data}}
resources:
  {type}:
    table: rows
    title: {title}数据
    class: {{lei: 3, xiang: 12, mu: {mu}}}
    summary: 测试
    share: {{type: CONDITIONAL, scope: 行政机关, purposes: [CHECK-ONE]}}
    open: NOT_OPEN
    cycle: DAILY
    key: [idNo]
    subject: idNo
    fields:
      idNo: {{column: idNo, title: 公民身份号码, type: IdNumber, rights: [read, match, join]}}
      state: {{column: state, title: 状态, level: L2}}
    links:
      person: {{to: public-security.Person, one: true, by: {{idNo: idNo}}, reverse: {link}, reverseOne: true}}
"""

HOUSING = REST.format(
    key="housing-fund",
    code="12330799T0000108XB",
    title="公积金中心",
    port="HOUSING_PORT",
    type="HousingFund",
    mu="002",
    link="housingFund",
)
MEDICAL = REST.format(
    key="medical-insurance",
    code="11330799T00001071N",
    title="医保局",
    port="MEDICAL_PORT",
    type="MedicalInsurance",
    mu="003",
    link="medicalInsurance",
)
MANIFESTS = (("people.yaml", PUBLIC_SECURITY), ("housing.yaml", HOUSING), ("medical.yaml", MEDICAL))


DIVISIONS = """
manifest: 1
department: {key: big-data, code: 11330799T00001127R, title: 大数据局}
source: {kind: files, entities: {rows: {path: "${DEPARTMENT_FOLDER}/divisions.csv"}}}
resources:
  Division:
    table: rows
    title: 区划
    class: {lei: 3, xiang: 12, mu: 009}
    summary: 测试
    share: {type: CONDITIONAL, scope: 行政机关, purposes: [CHECK-ONE]}
    open: NOT_OPEN
    cycle: DAILY
    key: [code]
    fields:
      code: {column: code, title: 代码, level: L1, rights: [read, match]}
      name: {column: name, title: 名称, level: L1, rights: [read, match]}
"""
DIVISION_GRANT = """
grants: 1
client: {client}
purpose: CHECK-ONE
legalBasis: 测试
agreement: 测试
valid: {{from: 2020-01-01, to: 2099-12-31}}
items:
  - id: D-{client}
    resource: big-data.Division
    fields: {{code: [read, match], name: [read, match]}}
"""
"""A department whose resource is about no persons: anybody with a grant may list it."""


def grants(client: str, purpose: str, number: int) -> str:
    """Return a grants file that opens everything but the phone."""
    return f"""
grants: 1
client: {client}
purpose: {purpose}
legalBasis: 测试
agreement: 测试
valid: {{from: 2020-01-01, to: 2099-12-31}}
items:
  - id: T-{number}-1
    resource: public-security.Person
    fields:
      idNo: {{rights: [read, match, join], mask: ID}}
      name: [read, match]
      kind: [read, match]
      since: [read]
  - id: T-{number}-2
    resource: housing-fund.HousingFund
    fields: {{idNo: [join], state: [read]}}
  - id: T-{number}-3
    resource: medical-insurance.MedicalInsurance
    fields: {{idNo: [join], state: [read]}}
"""


def write_people(home: Path) -> None:
    """Write the SQLite source: two persons, the second with a cell that is no date."""
    folder = home / "sources" / "public-security"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "people.db") as store:
        store.execute("create table t_rk (sfzh text primary key, xm text, lb text, rq text, dh text)")
        rows = [
            (CHEN, NAME, "1", "2016-05-20", "13800138000"),
            (LI, "李秋华", "9", "not a date 330799199105221027", "13900139000"),
        ]
        store.executemany("insert into t_rk values (?, ?, ?, ?, ?)", rows)
    store.close()


class RestDepartment:
    """A department behind REST: answers, hangs until released, or is stopped."""

    def __init__(self) -> None:
        self.port = 0
        self.answering = anyio.Event()
        self.asked = anyio.Event()
        self.requests = 0
        self.stop: Callable[[], Awaitable[None]] = self.nothing
        self.release()

    async def nothing(self) -> None:
        """Stop nothing: the department does not listen yet."""

    def hang(self) -> None:
        """Answer nothing until released; `asked` tells that somebody waits."""
        self.answering = anyio.Event()
        self.asked = anyio.Event()

    def release(self) -> None:
        """Answer again."""
        self.answering.set()

    async def answer(self, stream: SocketStream) -> None:
        """Answer one request and close."""
        async with stream:
            received = b""
            while not _whole(received):
                received += await stream.receive()
            self.requests += 1
            self.asked.set()
            await self.answering.wait()
            rows = [{"idNo": CHEN, "state": "PAYING"}] if KEY.encode() in received else []
            body = orjson.dumps({"data": rows})
            head = (
                f"HTTP/1.1 {200 if rows else 401} OK\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            await stream.send(head.encode() + body)


def _whole(received: bytes) -> bool:
    head, found, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(found) and len(body) >= (int(lengths[0].split(b":")[1]) if lengths else 0)


@asynccontextmanager
async def rest_department() -> AsyncIterator[RestDepartment]:
    """Run a department on a free loopback port."""
    department = RestDepartment()
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    department.port = listener.extra(anyio.abc.SocketAttribute.local_port)

    async def answer(stream: SocketStream) -> None:
        with suppress(anyio.BrokenResourceError, anyio.EndOfStream):
            await department.answer(stream)

    listening = anyio.CancelScope()

    ended = anyio.Event()

    async def serve() -> None:
        with listening:
            await listener.serve(answer)
        ended.set()

    async def stop() -> None:
        listening.cancel()
        await ended.wait()
        await listener.aclose()

    department.stop = stop

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(serve)
        yield department
        department.release()
        tasks.cancel_scope.cancel()
