"""A register of one table in PostgreSQL, asked in both shapes; a column of every type, clean and dirty."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import orjson

from auth.grants import FieldGrant, Grant
from auth.masking.rule import MaskRule
from auth.rights import Level, Right
from connectors.model import Surroundings
from connectors.registry import open_connector
from govgraph.egress import Egress, networks
from resolvers.question import Answer
from schema.catalog import Catalog, CatalogField, Code, Cycle, Department, Open, Resource, Share
from tests.resolvers.world import PATIENCE, World, make
from tests.resolvers.world import Open as OpenCity

WHO = ("app", "STUDY")
CODES = (Code("1", "OPEN", "开业"), Code("2", "SHUT", "歇业"))
COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("Long", "bigint"),
    "idNo": ("IdNumber", "text"),
    "name": ("PersonName", "text"),
    "note": ("Text", "text"),
    "phone": ("Phone", "text"),
    "size": ("Int", "text"),
    "count": ("Int", "integer"),
    "amount": ("Decimal", "numeric"),
    "weight": ("Decimal", "double precision"),
    "price": ("Decimal", "text"),
    "born": ("Date", "date"),
    "day": ("Date", "text"),
    "at": ("DateTime", "timestamp"),
    "seen": ("DateTime", "timestamptz"),
    "moment": ("DateTime", "text"),
    "valid": ("Boolean", "boolean"),
    "truth": ("Boolean", "text"),
    "state": ("Enum", "text"),
    "division": ("DivisionCode", "text"),
    "unit": ("UnitNumber", "text"),
    "account": ("BankAccount", "text"),
    "vehicle": ("VehicleIdentificationNumber", "text"),
    "plate": ("Text", "char(8)"),
    "picture": ("Bytes", "bytea"),
}
CLEAN: Mapping[str, Any] = {
    "idNo": "330799199003071013",
    "name": "陈志远",
    "note": '𠮷 "quoted" \\ back\n\t\u0001 é 😀',
    "phone": "13800138000",
    "size": "-12",
    "count": 1_999_999_999,
    "amount": Decimal("1250.50"),
    "weight": 0.1,
    "price": "3.5",
    "born": date(2024, 2, 28),
    "day": "1999-12-31",
    "at": datetime(2026, 3, 1, 8, 30),  # noqa: DTZ001 - stored without a zone
    "seen": datetime.fromisoformat("2026-03-01T08:30:00+00:00"),
    "moment": "2026-03-01T08:30:00Z",
    "valid": True,
    "truth": "false",
    "state": "1",
    "division": "330782",
    "unit": "330782001001GB00001F00010001",
    "account": "6222020000000000000",
    "vehicle": "LSVAA4182E2123456",
    "plate": "A1",
    "picture": b"\x00\xff",
}
DIRT: Sequence[Mapping[str, Any]] = (
    {"idNo": "33079919900307101x"},
    {"idNo": "nobody", "phone": "0086 138-0013-8000", "size": "x"},
    {"name": " 陈 ", "note": "", "size": "007", "price": "1e3", "state": "9"},
    {"count": 2_147_483_647, "amount": Decimal("NaN"), "weight": float("inf"), "price": "NaN"},
    {"size": "3000000000", "born": date(2024, 2, 29), "day": "2023-02-29", "moment": "yesterday"},
    {"moment": "2026-03-01T08:30:00+08:00", "day": "20240301", "truth": "T", "division": "33 07"},
    {"weight": 1e20, "amount": Decimal("0.000"), "price": "1.50", "unit": "x", "account": "6222 02"},
    dict.fromkeys(CLEAN),
)


def catalog() -> Catalog:
    """Return the catalog: one department with one resource, about persons."""
    fields = {
        name: CatalogField(
            name,
            name,
            name,
            type_,
            Level.L1,
            frozenset(Right),
            alternatives=frozenset({"NM", "YR", "HS", "PH"}),
            codes=CODES if type_ == "Enum" else (),
        )
        for name, (type_, _) in COLUMNS.items()
    }
    entry = Resource(
        "Entry", "register", "entry", "登记", "", "", Share.CONDITIONAL, Open.NOT_OPEN, Cycle.DAILY,
        ("number",), fields, {}, subject="idNo",
    )  # fmt: skip
    return Catalog(1, {"register": Department("register", "", "登记中心")}, {}, {"Entry": entry})


def grant(masks: Mapping[str, MaskRule]) -> Grant:
    """Return the grant of everything, some of it through masks."""
    fields = {name: FieldGrant(frozenset(Right), mask=masks.get(name)) for name in COLUMNS}
    days = (date(2026, 1, 1), date(2026, 12, 31))
    return Grant("G", *WHO, "Entry", fields, *days, bulk=True, department="register")


@dataclass(frozen=True, slots=True)
class Both:
    """The register in both shapes."""

    rows: World
    pushdown: World

    async def ask(self, document: str) -> tuple[Answer, Answer]:
        """Return both answers to a question, and hold everything that is told of them against each other."""
        rows, pushdown = [await world.ask(document, None, WHO) for world in (self.rows, self.pushdown)]
        assert (self.rows.faults, self.pushdown.faults) == ([], [])
        assert orjson.loads(pushdown.data or b"null") == orjson.loads(rows.data or b"null")
        assert pushdown.errors == rows.errors
        assert told(pushdown) == told(rows)
        assert replace(self.pushdown.record, time="", receipt="") == replace(
            self.rows.record, time="", receipt=""
        )
        persons = [sorted(world.log.subjects[-1].subjects) for world in (self.rows, self.pushdown)]
        assert persons[0] == persons[1]
        assert len(self.pushdown.statements) == len(self.rows.statements)
        return rows, pushdown


def told(answer: Answer) -> dict[str, Any]:
    """Return what stands beside the data, whenever it was asked."""
    said = dict(answer.extensions["govgraph"])
    return {name: one for name, one in said.items() if name not in ("receipt", "freshness")}


@asynccontextmanager
async def register(
    url: str, cells: Sequence[Mapping[str, Any]], masks: Mapping[str, MaskRule] | None = None
) -> AsyncIterator[Both]:
    """Open the register in both shapes; `cells` say of each row where it differs from a clean one."""
    database = await asyncpg.connect(url)
    columns = ", ".join(f'"{name}" {type_}' for name, (_, type_) in COLUMNS.items())
    await database.execute(f"DROP TABLE IF EXISTS entry; CREATE TABLE entry ({columns})")
    await fill(database, cells)
    await database.close()
    worlds: list[World] = []
    for shape in ("rows", "pushdown"):
        statements: list[tuple[str, str]] = []
        worlds.append(await opened(url, shape, masks or {}, statements))
    try:
        yield Both(*worlds)
    finally:
        for world in worlds:
            await world.connectors["register"].aclose()


async def opened(
    url: str, shape: str, masks: Mapping[str, MaskRule], statements: list[tuple[str, str]]
) -> World:
    """Return the world of the register in one shape."""
    around = Surroundings(
        "register",
        lambda _: "",
        lambda text: statements.append(("register", text)),
        egress=Egress(networks("127.0.0.0/8")),
    )
    settings = {"url": url, "shape": shape, "statementTimeout": PATIENCE}
    connector = await open_connector("sql", settings, around, {})
    await connector.describe()
    world = make(OpenCity(catalog(), [grant(masks)], {"register": connector}, statements))
    world.with_rooms(deadline=PATIENCE)
    return world


async def fill(database: asyncpg.Connection, cells: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in the place of those of the table; `cells` say where each differs from a clean one."""
    rows = [{"number": number, **CLEAN, **given} for number, given in enumerate(cells)]
    records = [tuple(row[name] for name in COLUMNS) for row in rows]
    await database.execute("TRUNCATE entry")
    await database.copy_records_to_table("entry", records=records)
