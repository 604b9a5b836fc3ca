"""Two small drivers, shaped as those of Oracle and SQL Server are used, their SQL answered by SQLite.

They bind, connect, follow where a server sends them, break and fail as the real ones do; what a server of
either makes of a statement, they cannot say.
"""

import asyncio
import re
import socket
import sqlite3
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

FIRST = re.compile(r"FETCH FIRST (:\d+) ROWS ONLY")
TOP = re.compile(r"^SELECT TOP \((@P\d+)\) (.*)$", re.DOTALL)


class OracleError(Exception):
    """What Oracle's driver raises: its one argument tells the code."""

    def __init__(self, code: str) -> None:
        super().__init__(SimpleNamespace(full_code=code))


class MssqlError(Exception):
    """What SQL Server's driver raises; `msg_no` is the server's number."""

    def __init__(self, number: int = 0, text: str = "") -> None:
        super().__init__(text)
        self.msg_no = number


@dataclass
class Engine:
    """What stands behind both drivers: tables of SQLite, rows told of the catalogue, and faults."""

    database: sqlite3.Connection
    told: dict[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    kinds: list[tuple[Any, ...]] = field(default_factory=list)
    given: list[Mapping[str, Any]] = field(default_factory=list)
    failing: Exception | None = None
    refusing: Exception | None = None
    hanging: bool = False
    mute: bool = False
    broken: list[str] = field(default_factory=list)
    elsewhere: tuple[str, int] | None = None
    watching: Callable[[Mapping[str, Any]], object] = field(default=lambda _given: None)

    def run(self, text: str, arguments: Sequence[Any], named: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement, which is kept with its values."""
        self.statements.append((text, tuple(arguments)))
        if self.failing is not None:
            raise self.failing
        asked = text.strip()
        if asked in self.told:
            return self.told[asked]
        return self.database.execute(FIRST.sub(r"LIMIT \1", asked), named).fetchall()


class OracleConnection:
    """A connection as `oracledb.connect_async` gives it."""

    def __init__(self, engine: Engine, transport: asyncio.Transport) -> None:
        self.engine = engine
        self.transport = transport
        self.read_only = False
        self.call_timeout = 0

    def cursor(self) -> "OracleCursor":
        return OracleCursor(self)

    async def rollback(self) -> None:
        self.read_only = False

    async def close(self) -> None:
        self.transport.close()


class OracleCursor:
    """A cursor; a statement outside of a transaction that only reads is refused."""

    arraysize = 100

    def __init__(self, connection: OracleConnection) -> None:
        self.connection = connection
        self.rows: Sequence[Sequence[Any]] = ()

    def setinputsizes(self, *kinds: Any) -> None:
        self.connection.engine.kinds.append(kinds)

    async def execute(
        self,
        text: str,
        parameters: Sequence[Any] = (),
        *,
        fetch_lobs: bool | None = None,
        fetch_decimals: bool | None = None,
    ) -> None:
        engine = self.connection.engine
        if text == "SET TRANSACTION READ ONLY":
            self.connection.read_only = True
            return
        if not self.connection.read_only or fetch_lobs is not False or fetch_decimals is not True:
            raise OracleError("ORA-01456")
        if engine.hanging:
            try:
                await asyncio.Event().wait()
            finally:
                engine.broken.append(text)
        named = {str(place): value for place, value in enumerate(parameters, 1)}
        if set(re.findall(r":(\d+)", text)) != set(named):
            raise OracleError("DPY-4010")
        self.rows = engine.run(text, parameters, named)

    async def fetchall(self) -> Sequence[Sequence[Any]]:
        return self.rows

    def close(self) -> None:
        self.rows = ()


async def encrypted(
    loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, context: ssl.SSLContext
) -> None:
    """Speak TLS, as the driver does: it names no host, and would prove the address that it was given."""
    context.check_hostname = False
    await loop.start_tls(transport, asyncio.Protocol(), context, server_hostname=None)


async def connected(
    engine: Engine, given: Mapping[str, Any], transport: asyncio.Transport
) -> OracleConnection:
    """Return a connection over what was opened, or what the listener makes of it."""
    if given["protocol"] == "tcps":
        await encrypted(asyncio.get_running_loop(), transport, given["ssl_context"])
    if engine.mute:
        await asyncio.Event().wait()
    if engine.elsewhere is not None:
        await asyncio.get_running_loop().create_connection(asyncio.Protocol, *engine.elsewhere)
    if engine.refusing is not None:
        raise engine.refusing
    return OracleConnection(engine, transport)


def oracledb(engine: Engine) -> ModuleType:
    """Return the module; it connects by the loop that it runs in, and goes where a listener sends it."""

    async def connect_async(**given: Any) -> OracleConnection:
        engine.given.append(given)
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_connection(asyncio.Protocol, given["host"], given["port"])
            try:
                return await connected(engine, given, transport)
            except BaseException:
                transport.abort()
                raise
        except OSError as error:
            raise OracleError("DPY-6005") from error

    module: Any = ModuleType("oracledb")
    module.Error, module.DB_TYPE_CHAR, module.connect_async = OracleError, "CHAR", connect_async
    made: ModuleType = module
    return made


class MssqlConnection:
    """A connection as `pytds.connect` gives it, and its cursor."""

    def __init__(self, engine: Engine, sock: socket.socket) -> None:
        self.engine = engine
        self.sock = sock
        self.rows: Sequence[Sequence[Any]] = ()

    def cursor(self) -> "MssqlConnection":
        return self

    def __enter__(self) -> "MssqlConnection":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def execute(self, text: str, parameters: Sequence[Any]) -> None:
        """Put the names of the parameters into the text by `%`, as the driver does, null as itself."""
        if self.engine.hanging:
            try:
                self.sock.recv(1)
                raise MssqlError(0, "Server closed connection")
            finally:
                self.engine.broken.append(text)
        marks = tuple("NULL" if value is None else f"@P{place}" for place, value in enumerate(parameters, 1))
        named = {mark[1:]: value for mark, value in zip(marks, parameters, strict=True) if value is not None}
        if text.strip() not in self.engine.told:
            text = TOP.sub(r"SELECT \2 LIMIT \1", text % marks)
        self.rows = self.engine.run(text, parameters, named)

    def fetchall(self) -> Sequence[Sequence[Any]]:
        return self.rows

    def close(self) -> None:
        self.sock.close()


def pytds(engine: Engine) -> ModuleType:
    """Return the module; it goes where a server sends it, on a socket of its own."""

    def connect(**given: Any) -> MssqlConnection:
        engine.given.append(given)
        engine.watching(given)
        sock = given["sock"]
        try:
            if engine.refusing is not None:
                raise engine.refusing
            if engine.elsewhere is not None:
                sock.close()
                sock = socket.create_connection(engine.elsewhere, 1)
        except Exception:
            sock.close()
            raise
        return MssqlConnection(engine, sock)

    module: Any = ModuleType("pytds")
    module.Error, module.connect = MssqlError, connect
    made: ModuleType = module
    return made
