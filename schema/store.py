"""Where the catalog is kept: one row per version, holding the manifest that made it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread
from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from govgraph.database import Database
from govgraph.rotation import Seals
from schema.assemble import Assembly, assemble
from schema.catalog import Catalog
from schema.draft import Draft, Origin
from schema.errors import (
    CatalogBusyError,
    DepartmentNotPublishedError,
    ManifestRefusedError,
)
from schema.export import document, export_yaml
from schema.manifest import read_document
from schema.marked_yaml import node_of
from schema.place import Report
from schema.secrets.store import SecretStore, newest_versions

METADATA = MetaData()

VERSION = Table(
    "catalog_version",
    METADATA,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("department", String(64), nullable=False),
    Column("document", Text, nullable=False),
)

CODE = Table(
    "catalog_code",
    METADATA,
    Column("code", String(32), primary_key=True),
    Column("place", String(192), nullable=False),
    Column("version", BigInteger, nullable=False),
)

TRIES = 5


WITHDRAWN = ""
"""The document of a version in which a department shows nothing any more."""


@dataclass(frozen=True, slots=True)
class DepartmentVersion:
    """A version that one department made; `shown` is false where it withdrew everything."""

    version: int
    shown: bool


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store holds at one moment."""

    version: int
    drafts: Mapping[str, Draft]
    codes: Sequence[tuple[str, str]]


class CatalogStore:
    """Versions of the catalog, and the secrets its sources refer to.

    A version never changes, so what was read of one is kept: a draft for each department, and the newest
    catalog. Reading and putting together is done in worker threads: a city's catalog takes its time.
    """

    def __init__(self, database: Database, seals: Seals) -> None:
        self._database, self.secrets = database, SecretStore(database, seals)
        self._read: Mapping[str, tuple[int, Draft | None]] = {}
        self._newest: Assembly | None = None

    async def current(self) -> Catalog:
        """Return the newest catalog; version 0 is empty."""
        return (await self.assembly()).catalog

    async def assembly(self) -> Assembly:
        """Return the newest catalog with the links that sleep in it."""
        newest = self._newest
        if newest is not None and newest.catalog.version == await self.version():
            return newest
        stored = await self._stored()
        self._newest = await _assembled(stored.drafts, stored.version, stored.codes)
        return self._newest

    async def version(self) -> int:
        """Return the number of the newest version, 0 where nothing was published."""
        async with self._database.read() as connection:
            return await _newest(connection)

    async def state(self) -> tuple[int, Mapping[str, int]]:
        """Return the number of the newest version, and the newest version of each secret by reference."""
        async with self._database.read() as connection:
            return await _newest(connection), await newest_versions(connection)

    async def publish(self, *drafts: Draft) -> int:
        """Make a version for each draft, in place of its department's last one; return the newest number.

        All are published or none. Raises `ManifestRefusedError` where they do not fit with each other
        and with what other departments have published.
        """
        for _ in range(TRIES):
            try:
                async with self._database.write() as connection:
                    assembly = await self._publish(connection, drafts)
            except IntegrityError:
                continue  # another replica took the number; see what it published and try again
            self._newest = assembly
            return assembly.catalog.version
        raise CatalogBusyError("Other publications kept coming first")

    async def withdraw(self, department: str) -> int:
        """Make a version in which the department shows nothing; return its number.

        Raises `DepartmentNotPublishedError` where it shows nothing already.
        """
        for _ in range(TRIES):
            try:
                async with self._database.write() as connection:
                    stored = await self._load(connection)
                    if department not in stored.drafts:
                        raise DepartmentNotPublishedError("The department has published nothing")
                    row = {"version": stored.version + 1, "department": department, "document": WITHDRAWN}
                    await connection.execute(insert(VERSION), [row])
                    return stored.version + 1
            except IntegrityError:
                continue  # another replica took the number
        raise CatalogBusyError("Other publications kept coming first")

    async def versions(self, department: str) -> Sequence[DepartmentVersion]:
        """Return the versions with which a department changed what it shows, the newest first."""
        query = select(VERSION.c.version, VERSION.c.document != WITHDRAWN).order_by(VERSION.c.version.desc())
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(VERSION.c.department == department))
            return [DepartmentVersion(version, bool(shown)) for version, shown in rows.all()]

    async def draft_at(self, department: str, version: int) -> Draft:
        """Return what a department published with a version. Raises `DepartmentNotPublishedError`."""
        query = select(VERSION.c.document).where(
            VERSION.c.department == department, VERSION.c.version == version
        )
        async with self._database.read() as connection:
            text: str | None = (await connection.execute(query)).scalar()
        if not text:
            raise DepartmentNotPublishedError("The department published nothing with this version")
        return await to_thread.run_sync(_stored_draft, department, text)

    async def _publish(self, connection: AsyncConnection, drafts: Sequence[Draft]) -> Assembly:
        stored = await self._load(connection)
        version = stored.version + len(drafts)
        together = {**stored.drafts, **{draft.department.key: draft for draft in drafts}}
        assembly = await _assembled(together, version, stored.codes)
        if assembly.problems:
            raise ManifestRefusedError(assembly.problems)
        rows = [
            {"version": number, "department": draft.department.key, "document": _text(draft)}
            for number, draft in enumerate(drafts, stored.version + 1)
        ]
        if rows:
            await connection.execute(insert(VERSION), rows)
        places = {f"{one.department}.{one.name}": one.code for one in assembly.catalog.resources.values()}
        known = dict(stored.codes)
        new = [
            {"code": code, "place": place, "version": version}
            for place, code in places.items()
            if known.get(place) != code
        ]
        if new:
            await connection.execute(insert(CODE), new)
        return assembly

    async def trial(self, draft: Draft) -> Assembly:
        """Return what publishing would make, with its problems and sleeping links; changes nothing."""
        stored = await self._stored()
        drafts = {**stored.drafts, draft.department.key: draft}
        return await _assembled(drafts, stored.version + 1, stored.codes)

    async def draft(self, department: str) -> Draft:
        """Return a department's newest draft. Raises `DepartmentNotPublishedError`."""
        drafts = await self.drafts()
        if department not in drafts:
            raise DepartmentNotPublishedError("The department has published nothing")
        return drafts[department]

    async def drafts(self) -> Mapping[str, Draft]:
        """Return the newest draft of each department that has published."""
        return (await self._stored()).drafts

    async def _stored(self) -> _Stored:
        async with self._database.read() as connection:
            return await self._load(connection)

    async def _load(self, connection: AsyncConnection) -> _Stored:
        """Return what the store holds; only drafts that were not read before are read."""
        last = select(func.max(VERSION.c.version)).group_by(VERSION.c.department)
        numbers = select(VERSION.c.department, VERSION.c.version).where(VERSION.c.version.in_(last))
        current = {row.department: row.version for row in await connection.execute(numbers)}
        known = {name: self._read.get(name, (0, None))[0] for name in current}
        missing = [number for name, number in current.items() if known[name] != number]
        documents = select(VERSION).where(VERSION.c.version.in_(missing))
        rows: Sequence[Any] = (await connection.execute(documents)).all() if missing else ()
        fresh = await to_thread.run_sync(_read_drafts, rows)
        self._read = {name: fresh.get(name) or self._read[name] for name in current}
        codes = (await connection.execute(select(CODE).order_by(CODE.c.version))).all()
        drafts = {name: draft for name, (_, draft) in self._read.items() if draft is not None}
        # One statement told versions and drafts: what is published meanwhile is in both or in neither.
        return _Stored(max(current.values(), default=0), drafts, [(row.place, row.code) for row in codes])

    async def export(self, department: str) -> str:
        """Return the YAML text of a department's newest manifest; it reads back to the same draft."""
        return export_yaml(await self.draft(department))

    async def put_secret(self, reference: str, value: str) -> int:
        """Store a secret under its reference, `department/name`; return the version it has there."""
        return await self.secrets.put(reference, value)

    async def secret(self, reference: str) -> str:
        """Return the newest value of a secret. Raises `SecretMissingError`."""
        return await self.secrets.get(reference)


def _text(draft: Draft) -> str:
    """Return the JSON text of a draft in the clerk's own order, which a canonical spelling would lose."""
    return json.dumps(document(draft), ensure_ascii=False, separators=(",", ":"))


async def _newest(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.max(VERSION.c.version)))).scalar() or 0)


async def _assembled(drafts: Mapping[str, Draft], version: int, codes: Sequence[tuple[str, str]]) -> Assembly:
    return await to_thread.run_sync(assemble, drafts.values(), version, codes)


def _read_drafts(rows: Sequence[Any]) -> Mapping[str, tuple[int, Draft | None]]:
    """Return the drafts in some rows, each with its version, by department; None for what was withdrawn."""
    return {
        row.department: (row.version, _stored_draft(row.department, row.document) if row.document else None)
        for row in rows
    }


def _stored_draft(department: str, text: str) -> Draft:
    report = Report(f"{department} (published)")
    draft = read_document(node_of(json.loads(text)), report)
    if report.problems:
        raise ManifestRefusedError(report.ordered())
    return replace(draft, origin=Origin(draft.origin.file))  # kept; what was stored has no lines
