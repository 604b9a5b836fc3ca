"""SQL sources as a manifest names them: the settings, and which client serves an address."""

import ssl
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import BaseModel, Field, model_validator

from connectors.errors import ConnectorUnknownError, SettingProblem, SourceSettingsError
from connectors.model import Surroundings
from connectors.protocol import Connector, ConnectorKind
from connectors.registry import Duration, SourceSettings
from connectors.sql.address import Address, Tls
from connectors.sql.collation import MYSQL
from connectors.sql.plain import PlainConnector
from connectors.sql.plain_dialects import MSSQL, ORACLE, PLAIN
from connectors.sql.postgresql import PostgresqlClient
from connectors.sql.proof import proving
from connectors.sql.source import Client, SqlConnector
from connectors.sql.sqlite import SqliteClient
from govgraph.egress import Egress

POSTGRESQL = ("postgresql", "postgres")
TRINO = "trino"
SERVED = (*POSTGRESQL, *MYSQL, TRINO, *PLAIN)
PORTS: Mapping[str, int] = MappingProxyType({ORACLE: 1521, MSSQL: 1433, **dict.fromkeys(MYSQL, 3306)})
TLS_PORTS: Mapping[str, int] = MappingProxyType({TRINO: 8443, ORACLE: 2484})
EXTRAS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        **dict.fromkeys(MYSQL, ("mysql", "MysqlClient", "MariaDB and MySQL", "asyncmy")),
        TRINO: ("trino", "TrinoClient", "Trino", "trino"),
        ORACLE: ("oracle", "OracleClient", "Oracle", "oracledb"),
        MSSQL: ("mssql", "MssqlClient", "SQL Server", "pytds"),
    }
)
"""Drivers that come with an extra: its name, which its module shares, the client, the maker, the driver."""
Maker = Callable[[Address, Egress, int, float], Client]


class SqlSettings(SourceSettings):
    """A database: SQLite by file; PostgreSQL, MariaDB, MySQL, Trino, Oracle and SQL Server by address."""

    url: str = Field(
        repr=False,
        description="sqlite:///path/to/file.db, or postgresql://user@host:port/database, mariadb://…, "
        "mysql://…, trino://user@host:port/catalogue, oracle://user@host:port/database or "
        "mssql://user@host:port/database; a password belongs in `secret`",
    )
    secret: str = Field("", description="reference of the sealed password; SQLite has none")
    schema_name: str = Field(
        "public",
        alias="schema",
        description="schema of the tables; in Oracle the account's own unless it is named, in SQL Server dbo",
    )
    tls: Tls = Field(
        "prefer",
        description="prefer, require, verify or off, but for SQLite: with verify a server proves its host's "
        "name; Trino does so unless it is off",
    )
    authority: str = Field(
        "",
        repr=False,
        description="with `tls: verify`, PEM text or a file in the department's folder: whom the server's "
        "certificate must come from; empty: the authorities of the system",
    )
    max_connections: int = Field(4, ge=1, le=256, description="most connections at one time, 1 to 256")
    statement_timeout: Duration = Field(
        3.0, gt=0, le=300, description="longest time for one statement, such as 3s"
    )
    shape: Literal["rows", "pushdown"] = Field(
        "rows", description="rows, or pushdown: PostgreSQL writes the JSON of lists itself"
    )

    @model_validator(mode="after")
    def _known_address(self) -> Self:
        parts = urlsplit(self.url)
        sqlite = parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1
        served = parts.scheme in SERVED and len(parts.path) > 1 and parts.port != 0
        if not sqlite and not served:
            raise ValueError
        return self


async def open_sql(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector; it connects at the first read."""
    given = cast("SqlSettings", settings)
    writes = given.shape == "pushdown"
    client = await _client(given, surroundings)
    if client.dialect in PLAIN:
        return PlainConnector(client, surroundings, given.statement_timeout)
    return SqlConnector(client, surroundings, given.statement_timeout, writes=writes)


async def _client(settings: SqlSettings, surroundings: Surroundings) -> Client:
    parts = urlsplit(settings.url)
    if parts.scheme == "sqlite":
        path, access = Path(unquote(parts.path[1:])), surroundings.files
        access.admitted(path)
        return SqliteClient(path, access, settings.max_connections)
    password = surroundings.secret(settings.secret) if settings.secret else unquote(parts.password or "")
    address = Address(
        host=_host(parts),
        port=parts.port or _port(parts.scheme, settings.tls),
        database=unquote(parts.path[1:]),
        user=unquote(parts.username or ""),
        password=password,
        tls=settings.tls,
        schema=_schema(settings, parts),
        scheme=parts.scheme,
        proving=await _proving(settings, parts, surroundings),
    )
    return _maker(parts.scheme, surroundings.source)(
        address, surroundings.egress, settings.max_connections, settings.statement_timeout
    )


async def _proving(
    settings: SqlSettings, parts: SplitResult, surroundings: Surroundings
) -> ssl.SSLContext | None:
    """Return what TLS is spoken with where the server proves its name; Trino's driver does so by itself."""
    if parts.scheme in PLAIN and settings.tls not in ("verify", "off"):
        problem = SettingProblem("tls", "is verify or off for this database", "use verify")
        raise SourceSettingsError(surroundings.source, [problem])
    if settings.authority and (settings.tls != "verify" or parts.scheme == TRINO):
        remedy = "Trino is proved by the authorities of the system" if parts.scheme == TRINO else "use verify"
        problem = SettingProblem("tls", "does not hold the server against `authority`", remedy)
        raise SourceSettingsError(surroundings.source, [problem])
    host = _host(parts)
    if settings.tls != "verify" or parts.scheme == TRINO or host.startswith("/"):
        return None
    return await proving(host, settings.authority, surroundings)


def _port(scheme: str, tls: Tls) -> int:
    """Return where a database of this scheme listens unless its address says otherwise."""
    if scheme == TRINO and tls == "off":
        return 8080
    over_tls = TLS_PORTS.get(scheme) if tls != "off" else None
    return over_tls or PORTS.get(scheme, 5432)


def _schema(settings: SqlSettings, parts: SplitResult) -> str:
    """Return the schema of the tables; Oracle's and SQL Server's own where the settings name none."""
    named = "schema_name" in settings.model_fields_set
    own = {ORACLE: unquote(parts.username or "").upper(), MSSQL: "dbo"}
    return settings.schema_name if named else own.get(parts.scheme, settings.schema_name)


def _maker(scheme: str, source: str) -> Maker:
    """Return the client of a scheme; some of the drivers come with an extra."""
    return _extra(scheme, source) if scheme in EXTRAS else PostgresqlClient


def _extra(scheme: str, source: str) -> Maker:
    """Return a client whose driver comes with an extra of the same name as its module."""
    extra, client, maker, driver = EXTRAS[scheme]
    try:
        import_module(driver)
        module = import_module(f"connectors.sql.{extra}")
    except ModuleNotFoundError:
        raise ConnectorUnknownError(
            f"The driver for {maker} is not installed",
            where=source,
            remedy=f"Install it: pip install 'govgraph[{extra}]'",
        ) from None
    found: Maker = getattr(module, client)
    return found


def _host(parts: SplitResult) -> str:
    """Return the host, or the folder of a socket from `?host=/folder`."""
    return parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]


KIND = ConnectorKind("sql", "SQL database", SqlSettings, open_sql)
