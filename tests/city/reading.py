"""Reading what the generator wrote, with nothing of the platform in between."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

CITY = Path(__file__).resolve().parents[2] / "examples" / "city"

P1, P2, P3 = "330799199003071013", "330799199105221027", "330799201809011044"
P4, P5 = "330799196508101050", "330799198201151079"
P6, P7 = "330799194002031068", "330799197506301096"
E1, E2, E6 = "91330799T0000001XP", "91330799T00000028P", "91330799T000000603"
SHELLS = ("91330799T00000036J", "91330799T00000044D", "91330799T000000528")
U1 = "330799001002GB00003F00010005"
HOME_VILLAGE = "330702001008"


def ask(city: Path, department: str, query: str, *binds: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query on a department's own store."""
    with closing(
        sqlite3.connect(f"file:{city / department / department}.db?mode=ro", uri=True)
    ) as connection:
        return connection.execute(query, binds).fetchall()


def dump(store: Path) -> str:
    """Return the whole content of a store as text."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        return "\n".join(connection.iterdump())


def fund(city: Path) -> list[dict[str, str]]:
    """Return the rows of the housing fund's file by their Chinese headers."""
    with (city / "housing-fund" / "housing-fund.csv").open(encoding="gb18030", newline="") as file:
        return list(csv.DictReader(file))


def medical(city: Path) -> list[dict[str, str]]:
    """Return what the medical insurance system hands out."""
    return list(
        json.loads((city / "medical-insurance" / "medical-insurance.json").read_text(encoding="utf-8"))
    )


def divisions(city: Path) -> list[dict[str, str]]:
    """Return the rows of the file of divisions."""
    with (city / "big-data" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
