"""One department on three kinds of source, HTTP, PostgreSQL and MariaDB, each behind a fault proxy."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.faults.proxy import FaultProxy, at_port, at_socket, before
from tests.server.small_city import CHEN, HOUSING, RestDepartment, rest_department
from tests.servers.mariadb import tell

PLACES = 3  # `maxConnections` of each source
TABLE = "CREATE TABLE contribution (id_no VARCHAR(18) PRIMARY KEY, state VARCHAR(20))"
ROW = f"INSERT INTO contribution VALUES ('{CHEN}', 'PAYING')"
RESOURCES = HOUSING[HOUSING.index("resources:") :]
HEAD = HOUSING[: HOUSING.index("source:")]


class Department:
    """A department behind its proxy. `source` are its settings in a manifest, as YAML in one line."""

    def __init__(self, kind: str, proxy: FaultProxy, source: Mapping[str, Any]) -> None:
        self.kind = kind
        self.proxy = proxy
        self.source = source
        self.rest: RestDepartment | None = None

    @property
    def manifest(self) -> str:
        """The housing fund's manifest with this source in it."""
        columns = RESOURCES
        if self.kind != "rest":
            columns = columns.replace("table: rows", "table: contribution").replace(
                "column: idNo", "column: id_no"
            )
        return f"{HEAD}source: {_flow(self.source)}\n{columns}"


def _flow(value: Any) -> str:
    """Return YAML in flow style."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


@asynccontextmanager
async def http_department() -> AsyncIterator[Department]:
    """Yield the department behind an HTTP service."""
    async with rest_department() as rest, before(at_port(rest.port)) as proxy:
        settings = {
            "kind": "rest",
            "url": f"http://127.0.0.1:{proxy.port}",
            "secret": "housing-fund/api-key",
            "apiKeyHeader": "X-Api-Key",
            "maxConnections": PLACES,
            "entities": {
                "rows": {
                    "columns": {"idNo": "text", "state": "text"},
                    "key": ["idNo"],
                    "list": {"path": "/rows", "items": "data"},
                    "lookup": {
                        "path": "/batch",
                        "method": "POST",
                        "key": "idNo",
                        "body": "ids",
                        "items": "data",
                    },
                }
            },
        }
        department = Department("rest", proxy, settings)
        department.rest = rest
        yield department


@asynccontextmanager
async def postgresql_department(url: str) -> AsyncIterator[Department]:
    """Yield the department in an empty database of a real PostgreSQL."""
    parts = urlsplit(url)
    owner = await asyncpg.connect(url)
    await owner.execute(TABLE)
    await owner.execute(ROW)
    await owner.close()
    folder = parse_qs(parts.query)["host"][0]
    async with before(at_socket(f"{folder}/.s.PGSQL.5432")) as proxy:
        address = f"postgresql://{parts.username}@127.0.0.1:{proxy.port}{parts.path}"
        yield Department("postgresql", proxy, _sql(address))


@asynccontextmanager
async def mariadb_department(url: str, address: Mapping[str, Any]) -> AsyncIterator[Department]:
    """Yield the department in an empty database of a real MariaDB."""
    parts = urlsplit(url)
    tell({**address, "database": parts.path[1:]}, TABLE, ROW)
    async with before(at_socket(str(address["unix_socket"]))) as proxy:
        yield Department("mariadb", proxy, _sql(f"mariadb://root@127.0.0.1:{proxy.port}{parts.path}"))


def _sql(url: str) -> Mapping[str, Any]:
    return {"kind": "sql", "url": url, "maxConnections": PLACES, "statementTimeout": "900ms"}
