"""What a hand-written server asks of the databases: the statements, and the order they are asked in."""

from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

CONNECTIONS = 16

PERSON = """
SELECT id_no AS "idNo", name, gender, born, phone, division FROM person WHERE id_no = $1
"""
ENTERPRISES = """
SELECT uscc, name, district, status, kind, capital::text AS capital, established, address
FROM enterprise WHERE district = $1 AND status = $2 ORDER BY uscc LIMIT 100
"""
HOLDERS = """
SELECT uscc, name, legal_rep_id FROM enterprise WHERE district = $1 AND status = $2 ORDER BY uscc LIMIT 20
"""
REPRESENTATIVES = 'SELECT id_no AS "idNo", name, phone FROM person WHERE id_no = ANY($1::text[])'
PERMITS = """
SELECT permit.* FROM unnest($1::text[]) AS asked (uscc), LATERAL (
    SELECT uscc, permit_no AS "permitNo", kind, valid_until AS "validUntil"
    FROM permit WHERE permit.uscc = asked.uscc ORDER BY permit_no LIMIT 5
) AS permit
"""
INSURED = 'SELECT id_no AS "idNo", name FROM person WHERE division = $1 ORDER BY id_no LIMIT 20'
MONTHS = """
SELECT insurance.* FROM unnest($1::text[]) AS asked (id_no), LATERAL (
    SELECT id_no, employer, month, base::text AS base, state
    FROM insurance WHERE insurance.id_no = asked.id_no ORDER BY month LIMIT 12
) AS insurance
"""
EMPLOYERS = "SELECT uscc, name FROM enterprise WHERE uscc = ANY($1::text[])"
PERSONS = """
SELECT id_no AS "idNo", name, gender, born, phone, division, address, nation, education, household
FROM person WHERE division = $1 ORDER BY id_no LIMIT 5000
"""
DEPARTMENTS = "SELECT code, name, phone FROM department WHERE code = ANY($1::text[])"

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Databases:
    """The two databases, each behind connections of its own."""

    city: asyncpg.Pool
    insurance: asyncpg.Pool


@asynccontextmanager
async def databases(socket: str, city: str, insurance: str) -> Any:
    """Yield the databases; a connection is handed back as it is, nothing in it needs to be reset."""
    async with (
        asyncpg.create_pool(**_pool(socket, city)) as first,
        asyncpg.create_pool(**_pool(socket, insurance)) as second,
    ):
        yield Databases(first, second)


def _pool(socket: str, database: str) -> Mapping[str, Any]:
    async def untouched(_connection: Any) -> None:
        return

    return {
        "host": socket,
        "database": database,
        "user": "postgres",
        "min_size": CONNECTIONS,
        "max_size": CONNECTIONS,
        "reset": untouched,
    }
