"""A small registry of persons, and the same on every kind of source."""

import csv
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from connectors.model import Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.egress import Egress, networks
from govgraph.file_access import FileAccess
from tests.connectors.delivered import write_xlsx
from tests.schema.discovery.values import id_number, mobile, name

CHANCE = Random("registry")
IDS = tuple(dict.fromkeys(id_number(CHANCE) for _ in range(60)))
COLUMNS = ("sfzh", "xm", "xb", "csrq", "lxdh", "gxsj")
PERSONS = tuple(
    (
        number,
        name(CHANCE),
        CHANCE.choice("12"),
        f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        mobile(CHANCE),
        "2026-06-01 08:00:00",
    )
    for number in IDS
)
MARRIAGES = tuple((f"HY{place:05}", number, CHANCE.choice("12")) for place, number in enumerate(IDS[:40]))
TABLES = (
    """CREATE TABLE t_rk_jbxx (sfzh varchar(18) PRIMARY KEY, xm varchar(50), xb varchar(1), csrq date,
    lxdh varchar(20), gxsj varchar(20))""",
    """CREATE TABLE t_hydj_dsr (djzh varchar(20) PRIMARY KEY, sfzh varchar(18), djlb varchar(1),
    FOREIGN KEY (sfzh) REFERENCES t_rk_jbxx (sfzh))""",
)


def inserts() -> Iterator[str]:
    """Yield the statements that fill the tables, as their owner would write them."""
    for table, rows in (("t_rk_jbxx", PERSONS), ("t_hydj_dsr", MARRIAGES)):
        for row in rows:
            cells = "', '".join(row)
            yield f"INSERT INTO {table} VALUES ('{cells}')"


def sqlite_registry(folder: Path) -> Mapping[str, Any]:
    """Return the settings of a SQLite file with the registry."""
    path = folder / "registry.db"
    with closing(sqlite3.connect(path)) as database:
        for statement in (*TABLES, *inserts()):
            database.execute(statement)
        database.commit()
    return {"url": f"sqlite:///{path}"}


def delivered_registry(folder: Path, kind: str) -> Mapping[str, Any]:
    """Return the settings of a file of persons, CSV in GB18030 or xlsx, with Chinese headers."""
    headers = ("公民身份号码", "姓名", "性别", "出生日期", "联系电话", "更新时间")
    path = folder / f"persons.{kind}"
    if kind == "xlsx":
        write_xlsx(path, headers, PERSONS)
        return {"entities": {"人口信息": {"path": str(path), "format": "xlsx"}}}
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([headers, *PERSONS])
    return {"entities": {"人口信息": {"path": str(path), "format": "csv", "encoding": "gb18030"}}}


class _Persons(BaseHTTPRequestHandler):
    """Answers every request with all persons."""

    def do_GET(self) -> None:
        rows = [dict(zip(COLUMNS, person, strict=True)) for person in PERSONS]
        body = json.dumps({"data": rows}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def rest_registry() -> Iterator[Mapping[str, Any]]:
    """Yield the settings of a REST source of persons on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Persons)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        entity = {"columns": dict.fromkeys(COLUMNS, "text"), "key": ["sfzh"]}
        listing = {"path": "/persons", "items": "data"}
        yield {
            "url": f"http://127.0.0.1:{server.server_port}",
            "entities": {"t_rk_jbxx": {**entity, "list": listing}},
        }
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def opened(kind: str, settings: Mapping[str, object], folder: Path) -> Connector:
    """Return the connector of a source on this machine."""
    surroundings = Surroundings(
        "test-source",
        lambda _reference: "",
        egress=Egress(networks("127.0.0.0/8")),
        files=FileAccess("test-source", allowed=(folder,)),
    )
    return await open_connector(kind, settings, surroundings, {})


def names_of(rows: Sequence[Any]) -> set[str]:
    """Return every cell that could name a person."""
    cells = {str(cell) for row in rows for cell in row}
    return {cell for cell in cells if len(cell) > 4 and not cell.startswith("2026")}
