"""A department that works on its rows in transactions while others read them; the test moves its clock."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from auth.grants import FieldGrant, Grant
from auth.rights import Right
from govgraph.clock import ZONE, Clock
from schema.assemble import check_manifests
from schema.catalog import Catalog
from tests.resolvers.market import opened_at
from tests.resolvers.world import Open, World, make

READER = ("copier", "COPYING")
START = datetime(2026, 6, 30, 1, 2, 3, tzinfo=UTC)
MANIFEST = """\
manifest: 1
department: {key: market, code: 11330799T00001012K, title: 市场}
source: {kind: sql, url: "sqlite:///market.db"}
resources:
  Permit:
    table: permit
    title: 许可
    class: {lei: 1, xiang: 01, mu: 001}
    summary: 许可，每证一行
    share: {type: UNCONDITIONAL}
    open: OPEN
    cycle: REALTIME
    key: [number]
    changedAt: {field: changed, settles: 60}
    deleted: {column: gone, value: "1"}
    fields:
      number: {column: number, title: 编号, level: L1, rights: [read, match, sort, aggregate, join]}
      size: {column: size, title: 面积, type: Int, level: L1}
      changed: {column: changed, title: 更新时间, type: DateTime, level: L1}
      parent: {column: parent, title: 上级, level: L1, rights: [read, join]}
    links:
      parts: {to: market.Permit, one: false, by: {number: parent}}
"""
FIELDS = ("number", "size", "changed", "parent")
UPSERT = (
    "INSERT INTO permit (number, size, changed, gone, parent) VALUES ({}) ON CONFLICT (number) DO UPDATE "
    "SET size = excluded.size, changed = excluded.changed, gone = excluded.gone"
)


@dataclass(slots=True)
class Hands:
    """The hands of a clock that only the test moves."""

    now: datetime = START

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row."""

    number: str
    size: int
    gone: bool


class Work(Protocol):
    """A transaction that is open."""

    async def commit(self) -> None:
        """Let others see the change."""


class Ledger(Protocol):
    """The department's own access to its rows."""

    most: int

    async def begin(self, change: Change, now: datetime) -> Work:
        """Return a transaction with a change in it, stamped when it began."""

    async def clear(self) -> None:
        """Forget every row."""


@dataclass(slots=True)
class SqliteWork:
    """The one transaction that SQLite lets write."""

    store: sqlite3.Connection

    async def commit(self) -> None:
        """Let others see the change."""
        self.store.execute("COMMIT")


@dataclass(slots=True)
class SqliteLedger:
    """Rows in a SQLite file; moments are texts of the city's clock, down to the second."""

    store: sqlite3.Connection
    most: int = 1

    async def begin(self, change: Change, now: datetime) -> Work:
        """Return a transaction with a change in it."""
        self.store.execute("BEGIN IMMEDIATE")
        moment = now.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        given = (change.number, change.size, moment, "1" if change.gone else None, None)
        self.store.execute(UPSERT.format("?, ?, ?, ?, ?"), given)
        return SqliteWork(self.store)

    async def clear(self) -> None:
        """Forget every row."""
        self.store.execute("DELETE FROM permit")


@dataclass(slots=True)
class PostgresqlWork:
    """A transaction, and the connection that goes back when it ends."""

    store: Any
    transaction: Any
    free: list[Any]

    async def commit(self) -> None:
        """Let others see the change."""
        await self.transaction.commit()
        self.free.append(self.store)


@dataclass(slots=True)
class PostgresqlLedger:
    """Rows in PostgreSQL; moments are native, down to the microsecond."""

    stores: list[Any]
    shown: Callable[[datetime], datetime]
    most: int = 3

    async def begin(self, change: Change, now: datetime) -> Work:
        """Return a transaction with a change in it."""
        store = self.stores.pop()
        transaction = store.transaction()
        await transaction.start()
        given = (change.number, change.size, self.shown(now), "1" if change.gone else "0", None)
        await store.execute(UPSERT.format("$1, $2, $3, $4, $5"), *given)
        return PostgresqlWork(store, transaction, self.stores)

    async def clear(self) -> None:
        """Forget every row."""
        await self.stores[0].execute("DELETE FROM permit")


@dataclass(slots=True, repr=False)
class Office:
    """A department at work, and the platform that reads it."""

    ledger: Ledger
    world: World
    hands: Hands
    rows: dict[str, Change] = field(default_factory=dict)
    open: dict[str, tuple[Work, Change, datetime]] = field(default_factory=dict)

    async def begin(self, change: Change) -> None:
        """Begin to change a row, unless somebody is at it or nobody is free."""
        if change.number not in self.open and len(self.open) < self.ledger.most:
            work = await self.ledger.begin(change, self.hands.now)
            self.open[change.number] = (work, change, self.hands.now)

    async def commit(self, number: str) -> None:
        """End the change of a row."""
        work, change, _ = self.open.pop(number)
        await work.commit()
        self.rows[number] = change

    async def wait(self, seconds: float) -> None:
        """Let time pass; no transaction stays open for longer than a minute."""
        late = self.hands.now + timedelta(seconds=seconds - 59)
        for number in [number for number, (_, _, begun) in self.open.items() if begun < late]:
            await self.commit(number)
        self.hands.move(seconds)

    async def fresh(self) -> None:
        """Begin anew."""
        for number in [*self.open]:
            await self.commit(number)
        await self.ledger.clear()
        self.rows.clear()
        self.hands.now = START


def catalog(folder: Path) -> Catalog:
    """Return the catalog of the permits."""
    path = folder / "market.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    return check_manifests([path])


def grant(**more: Any) -> Grant:
    """Return a grant of everything."""
    fields = {name: FieldGrant(frozenset(Right)) for name in FIELDS}
    days = (date(2026, 1, 1), date(2026, 12, 31))
    return Grant("G-1", *READER, "Permit", fields, *days, department="market", **more)


@asynccontextmanager
async def office(ledger: Ledger, url: str, folder: Path) -> AsyncIterator[Office]:
    """Yield a department whose rows lie at an address."""
    hands = Hands()
    async with opened_at(url, folder) as connector:
        world = make(Open(catalog(folder), [grant()], {"market": connector}, []))
        world.with_rooms(clock=Clock(lambda: hands.now, date(2026, 6, 30)))
        yield Office(ledger, world, hands)


def sqlite_ledger(path: Path) -> SqliteLedger:
    """Return the permits in a new SQLite file."""
    store = sqlite3.connect(path, isolation_level=None)
    store.execute(
        "CREATE TABLE permit (number TEXT PRIMARY KEY, size INTEGER, changed TEXT, gone TEXT, parent TEXT)"
    )
    return SqliteLedger(store)


async def postgresql_ledger(url: str, kind: str) -> PostgresqlLedger:
    """Return the permits in a new PostgreSQL database; `kind` is the type of the column of moments."""
    stores = [await asyncpg.connect(url) for _ in range(3)]
    await stores[0].execute(
        f"CREATE TABLE permit (number text PRIMARY KEY, size int, changed {kind}, gone text, parent text)"
    )
    plain: Callable[[datetime], datetime] = lambda now: now.astimezone(ZONE).replace(tzinfo=None)  # noqa: E731
    return PostgresqlLedger(stores, (lambda now: now) if kind == "timestamptz" else plain)
