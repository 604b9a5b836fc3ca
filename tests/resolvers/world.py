"""The demo city behind the pipeline, with real stores; only tokens and the log are stood in for."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from audit.errors import RecordTooLargeError
from audit.record import AccessRecord, Record, SubjectList
from auth.grants import Grant
from auth.principal import Principal, Role
from auth.quotas import Quotas
from auth.rights import Ceiling
from connectors.guard import guarded
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import Capability, ColumnType, Entity, EntityColumn, Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.clock import system_clock
from govgraph.file_access import FileAccess
from resolvers.pipeline import answer
from resolvers.question import Answer, Question
from resolvers.rooms import Rooms
from resolvers.snapshot import Snapshot
from schema.assemble import check_manifests
from schema.catalog import Catalog
from schema.grant_file import read_grants
from schema.visibility import ceilings

CITY = Path(__file__).resolve().parents[2] / "examples" / "city"
HALL = ("yiwu-service-hall", "ZM-HOUSE-BUY")
INSPECTOR = ("law-enforcement-app", "SUPERVISION")
SCREENING = ("shell-company-alert", "KK-SCREEN")
PUBLIC = ("public-pages", "PUBLIC-QUERY")
CITIZEN = ("citizen-p1", "MY-DATA")
P1, P2, P3 = "330799199003071013", "330799199105221027", "330799201809011044"
E1 = "91330799T0000001XP"
H1 = (CITY / "queries" / "h1-no-proof-city.graphql").read_text(encoding="utf-8")
H1_VARIABLES = {"idNo": P1, "name": "陈志远"}
NOBODY = SubjectList()
PATIENCE = 120.0
"""Seconds that sources have where an answer is held against a model: on a busy machine, slow is not wrong."""
MEDICAL = ("idNo", "area", "state", "balance")


class Tokens:
    """Takes the client's name as its token."""

    async def principal(self, authorization_header: str) -> Principal:
        subject = P1 if authorization_header == "citizen-p1" else None
        return Principal(authorization_header, authorization_header, Role.APPLICATION, subject=subject)


@dataclass(slots=True)
class Log:
    """Keeps records in a list; `broken` and `largest` make it refuse as a failed sync and a full leaf do."""

    records: list[AccessRecord] = field(default_factory=list)
    subjects: list[SubjectList] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    broken: Exception | None = None
    largest: int = 10_000

    async def append(
        self, record: Record, subjects: SubjectList = NOBODY, operation: tuple[str, str] | None = None
    ) -> int:
        if self.broken is not None:
            raise self.broken
        assert isinstance(record, AccessRecord)
        if len(record.coordinates.asked) > self.largest:
            raise RecordTooLargeError("The record names too many fields")
        self.records.append(record)
        self.subjects.append(subjects)
        self.operations.append(operation[1] if operation else "")
        return len(self.records) - 1


@dataclass(slots=True, repr=False)
class World:
    """A city that can be asked. `statements` names the source of each statement, in order."""

    rooms: Rooms
    catalog: Catalog
    grants: list[Grant]
    connectors: dict[str, Connector]
    ceilings: Mapping[str, Ceiling]
    log: Log
    statements: list[tuple[str, str]]
    faults: list[BaseException]
    snapshot: Snapshot

    async def ask(
        self,
        query: str | None,
        variables: Mapping[str, Any] | None = None,
        who: tuple[str, str] = HALL,
        **more: Any,
    ) -> Answer:
        """Return the answer to a query; the statements of earlier ones are forgotten."""
        self.statements.clear()
        question = Question(query, variables, None, "r-1", "127.0.0.1", who[0], purpose=who[1])
        return await answer(replace(question, **more), self.rooms)

    async def data(
        self, query: str, variables: Mapping[str, Any] | None = None, who: tuple[str, str] = HALL
    ) -> Any:
        """Return the data of an answer without errors."""
        given = await self.ask(query, variables, who)
        assert given.errors == (), given.errors
        assert given.data is not None
        return json.loads(given.data)

    async def code(
        self, query: str | None, variables: Any = None, who: tuple[str, str] = HALL, **more: Any
    ) -> str:
        """Return the code of a refusal, which holds no data and asked no source."""
        given = await self.ask(query, variables, who, **more)
        assert given.data is None
        assert self.statements == []
        return str(given.errors[0]["extensions"]["code"])

    def replace(self, department: str, connector: Connector) -> None:
        """Put another connector in the place of a department's."""
        self.snapshot = Snapshot(self.catalog, {**self.connectors, department: connector}, self.ceilings)

    def with_rooms(self, **changes: Any) -> None:
        """Change a part that the pipeline is handed."""
        self.rooms = replace(self.rooms, **changes)

    @property
    def record(self) -> AccessRecord:
        """The record of the last question."""
        return self.log.records[-1]

    @property
    def sources(self) -> list[str]:
        """The source of each statement of the last question."""
        return sorted(source for source, _ in self.statements)


@dataclass(frozen=True, slots=True)
class Open:
    """The city's catalog, grants and open sources, which all worlds share."""

    catalog: Catalog
    grants: Sequence[Grant]
    connectors: Mapping[str, Connector]
    statements: list[tuple[str, str]]


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[Open]:
    """Open the sources of a generated city in `home/sources`."""
    catalog = check_manifests(sorted((CITY / "catalog").glob("*.yaml")))
    files = sorted((CITY / "grants").glob("*.yaml"))
    grants = [grant for file in files for grant in read_grants(file, catalog)]
    statements: list[tuple[str, str]] = []
    connectors: dict[str, Connector] = {}
    for department, source in catalog.sources.items():
        if source.kind == "rest":
            opened_: Connector = medical(home, statements)
        else:
            access = FileAccess(department, home)
            around = Surroundings(
                department,
                lambda _: "",
                lambda text, name=department: statements.append((name, text)),
                files=access,
            )
            values = {"DEPARTMENT_FOLDER": str(access.own)}
            opened_ = await open_connector(source.kind, source.settings, around, values)
        await opened_.describe()
        connectors[department] = guarded(opened_, department, timeout=5.0, concurrency=4)
    yield Open(catalog, grants, connectors, statements)
    for connector in connectors.values():
        await connector.aclose()


def medical(home: Path, statements: list[tuple[str, str]]) -> MemoryConnector:
    """Return the medical insurance in memory, able to do no more than a REST service: batches of keys."""
    everyone = json.loads(
        (home / "sources" / "medical-insurance" / "medical-insurance.json").read_text(encoding="utf-8")
    )
    rows = [row for number, row in enumerate(everyone) if number < 200 or row["idNo"] in (P1, P2, P3)]
    columns = tuple(EntityColumn(name, ColumnType.TEXT) for name in MEDICAL)
    table = MemoryTable(
        Entity("insured", columns, ("idNo",)), [[row[name] for name in MEDICAL] for row in rows]
    )
    return MemoryConnector(
        [table], frozenset({Capability.LOOKUP}), lambda text: statements.append(("medical-insurance", text))
    )


def make(city: Open) -> World:
    """Return a world of its own on the city."""
    clock = system_clock(date(2026, 6, 30))
    log, faults, kept = Log(), list[BaseException](), list(city.grants)
    catalog, connectors = city.catalog, dict(city.connectors)
    numbers = iter(range(1_000_000))

    async def grants_of(client: str) -> Sequence[Grant]:
        return [grant for grant in kept if grant.client == client]

    rooms = Rooms(
        clock=clock,
        verifier=Tokens(),
        grants=grants_of,
        snapshot=lambda: world.snapshot,
        log=log,
        quotas=Quotas(clock),
        pseudonym_key=lambda grant: grant.encode(),
        receipt=lambda: f"receipt-{next(numbers)}",
        fault=lambda _, error: faults.append(error),
    )
    limits = ceilings(catalog)
    snapshot = Snapshot(catalog, connectors, limits)
    world = World(rooms, catalog, kept, connectors, limits, log, city.statements, faults, snapshot)
    return world
