"""SQL sources as a manifest names them: the settings, and which client serves an address."""

import ssl
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal, Self, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import BaseModel, Field, model_validator

from connectors.errors import ConnectorUnknownError, SettingProblem, SourceSettingsError
from connectors.model import Surroundings
from connectors.protocol import Connector, ConnectorKind
from connectors.registry import Duration, SourceSettings
from connectors.sql.address import Address, Tls
from connectors.sql.collation import MYSQL
from connectors.sql.postgresql import PostgresqlClient
from connectors.sql.proof import proving
from connectors.sql.source import Client, SqlConnector
from connectors.sql.sqlite import SqliteClient
from govgraph.egress import Egress

POSTGRESQL = ("postgresql", "postgres")
TRINO = "trino"
Maker = Callable[[Address, Egress, int, float], Client]


class SqlSettings(SourceSettings):
    """A database: SQLite by file, PostgreSQL, MariaDB, MySQL and Trino by address."""

    url: str = Field(
        repr=False,
        description="sqlite:///path/to/file.db, or postgresql://user@host:port/database, mariadb://…, "
        "mysql://… or trino://user@host:port/catalogue; a password belongs in `secret`",
    )
    secret: str = Field("", description="reference of the sealed password; SQLite has none")
    schema_name: str = Field(
        "public", alias="schema", description="schema of the tables, in PostgreSQL and Trino"
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
        served = parts.scheme in (*POSTGRESQL, *MYSQL, TRINO) and len(parts.path) > 1 and parts.port != 0
        if not sqlite and not served:
            raise ValueError
        return self


async def open_sql(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector; it connects at the first read."""
    given = cast("SqlSettings", settings)
    writes = given.shape == "pushdown"
    client = await _client(given, surroundings)
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
        schema=settings.schema_name,
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
    if scheme == TRINO:
        return 8080 if tls == "off" else 8443
    return 3306 if scheme in MYSQL else 5432


def _maker(scheme: str, source: str) -> Maker:
    """Return the client of a scheme; some of the drivers come with an extra."""
    if scheme in MYSQL:
        return _extra("mysql", "MysqlClient", "MariaDB and MySQL", source)
    return _extra("trino", "TrinoClient", "Trino", source) if scheme == TRINO else PostgresqlClient


def _extra(extra: str, client: str, maker: str, source: str) -> Maker:
    """Return a client whose driver comes with an extra of the same name as its module."""
    try:
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
