"""PostgreSQL: read-only sessions on checked addresses, statements prepared once per connection."""

import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from connectors.errors import (
    EntityUnknownError,
    SourceBusyError,
    SourceCredentialsError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql import writing_rights
from connectors.sql.address import Address
from connectors.sql.connections import Connections
from connectors.sql.indexes import POSTGRESQL as INDEXES
from connectors.sql.indexes import with_indexes
from connectors.sql.obeyed import STATEMENTS, Obeyed, obeyed
from connectors.sql.proof import unproved
from connectors.sql.references import with_references
from connectors.sql.tables import Description
from govgraph.egress import Egress

CLOSING = 1.0  # seconds
NOT_COMPILED = """
SELECT set_config('jit', 'off', false) WHERE EXISTS (SELECT FROM pg_settings WHERE name = 'jit')
"""
"""Compiling the expressions of a long mask to machine code takes a second, running them a millisecond."""
COLUMNS = """
SELECT c.relname AS entity, a.attname AS name, t.typname AS type, a.attnotnull AS filled,
       coalesce(col_description(c.oid, a.attnum), '') AS comment,
       coalesce(obj_description(c.oid, 'pg_class'), '') AS entity_comment,
       array_position(i.indkey::int2[], a.attnum) AS place,
       current_setting('server_version_num')::int >= 130000 AS trims
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
ORDER BY c.relname, a.attnum
"""
REFERENCES = """
SELECT c.relname, k.conname, a.attname, f.relname, b.attname
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_class f ON f.oid = k.confrelid AND f.relnamespace = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p (own, other, place)
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.own
JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = p.other
WHERE k.contype = 'f' AND c.relnamespace = $1::text::regnamespace
ORDER BY c.relname, k.conname, p.place
"""
TYPES: Mapping[str, ColumnType] = {
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext"), ColumnType.TEXT),
    **dict.fromkeys(("int2", "int4", "int8"), ColumnType.INTEGER),
    **dict.fromkeys(("numeric", "float4", "float8"), ColumnType.DECIMAL),
    **dict.fromkeys(("timestamp", "timestamptz"), ColumnType.DATETIME),
    "bool": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "bytea": ColumnType.BYTES,
}


class PostgresqlClient:
    """Runs statements over its own connections, at most `most` at one time."""

    dialect = "postgresql"

    def __init__(self, address: Address, egress: Egress, most: int, timeout: float) -> None:
        self._address = address
        self._egress = egress
        self._timeout = timeout
        self.streams = most // 2
        self.connections: Connections[asyncpg.Connection] = Connections(self._open, self._close, most)

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    @property
    def ends_late_statements(self) -> bool:
        """True: each session is opened with a `statement_timeout`."""
        return True

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement; asyncpg prepares it at its first use on a connection."""
        try:
            connection, failed = await self.connections.begin(), True
            try:
                rows: Sequence[Sequence[Any]] = await connection.fetch(text, *arguments)
                failed = False
            finally:
                self.connections.end(connection, failed=failed)
            return rows
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            refusal = _refusal(error)
        raise refusal

    async def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Yield batches of the rows from a cursor of the server, in a transaction that can only read.

        All batches show one moment. `statement_timeout` bounds each fetch, not the time between two.
        """
        try:
            async with self.connections.take() as connection, connection.transaction(readonly=True):
                cursor = await connection.cursor(text, *arguments)
                while rows := await cursor.fetch(size):
                    yield rows
                return
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            refusal = _refusal(error)
        raise refusal

    async def descriptions(self) -> Sequence[Description]:
        """Return the tables and views of the schema."""
        columns: dict[str, list[Any]] = {}
        for row in await self.fetch(COLUMNS, [self._address.schema]):
            columns.setdefault(row[0], []).append(row)
        made = [_description(self._address.schema, name, rows) for name, rows in columns.items()]
        found = with_indexes(made, await self.fetch(INDEXES, [self._address.schema]))
        return with_references(found, await self.fetch(REFERENCES, [self._address.schema]))

    async def writable(self) -> Sequence[str]:
        """Return the tables that the account may write to, in any schema."""
        return [row[0] for row in await self.fetch(writing_rights.POSTGRESQL, [])]

    async def obeyed(self) -> Obeyed | None:
        """Return the session as PostgreSQL describes it."""
        return obeyed((await self.fetch(STATEMENTS[self.dialect], []))[0])

    async def _open(self) -> asyncpg.Connection:
        """Connect to a checked address; with `tls: verify` the server proves its host's name there."""
        address = self._address
        if address.host.startswith("/"):
            self._egress.check_local()
            host = address.host
        else:
            host = (await self._egress.addresses("postgresql", address.host, address.port))[0]
        connection = await asyncpg.connect(
            host=host,
            port=address.port,
            database=address.database,
            user=address.user,
            password=address.password or None,
            ssl=_tls(address),
            timeout=self._timeout,
            max_cacheable_statement_size=0,  # masks make long statements, and parsing one anew costs most
            server_settings={
                "default_transaction_read_only": "on",
                "statement_timeout": str(max(1, int(self._timeout * 1000))),
                "application_name": "govgraph",
                "timezone": "UTC",
                "datestyle": "ISO",
            },
        )
        try:
            await connection.execute(NOT_COMPILED)
        except BaseException:  # whoever wanted it is gone, or it is of no use
            connection.terminate()
            raise
        return connection

    async def _close(self, connection: asyncpg.Connection) -> None:
        """Close a connection, after it has told the server to stop what it was at; else cut it."""
        try:
            await connection.close(timeout=CLOSING)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            connection.terminate()

    async def aclose(self) -> None:
        """Close the connections."""
        await self.connections.aclose()


def _tls(address: Address) -> ssl.SSLContext | str | bool:
    if address.tls == "off" or address.host.startswith("/"):
        return False
    return address.proving or address.tls


def _description(schema: str, name: str, rows: Sequence[Any]) -> Description:
    columns = tuple(
        EntityColumn(row["name"], TYPES.get(row["type"], ColumnType.OTHER), not row["filled"], row["comment"])
        for row in rows
    )
    in_key = sorted((row for row in rows if row["place"] is not None), key=lambda row: int(row["place"]))
    entity = Entity(name, columns, tuple(row["name"] for row in in_key), rows[0]["entity_comment"])
    padded = frozenset(row["name"] for row in rows if row["type"] == "bpchar")
    zoned = frozenset(row["name"] for row in rows if row["type"] == "timestamptz")
    exact = frozenset(row["name"] for row in rows if row["type"] == "numeric" and row["trims"])
    return Description(entity, schema, padded, exact, zoned)


def _refusal(error: Exception) -> Exception:
    """Return what became of a statement, in our words."""
    match error:
        case asyncpg.QueryCanceledError():
            return SourceTimeoutError("The source did not answer in time")
        case asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError():
            return EntityUnknownError("A table, view or column of the read is not there any more")
        case asyncpg.InvalidAuthorizationSpecificationError() | asyncpg.InsufficientPrivilegeError():
            return SourceCredentialsError("The source refuses the platform's credentials")
        case asyncpg.TooManyConnectionsError():
            return SourceBusyError("The source takes no more connections")
    return unproved(error) or SourceUnavailableError("The source cannot be read")
