"""Batches the look-ups of one request, as Strawberry's guide on data loaders does it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.dataloader import DataLoader

from benchmarks.peers.strawberry.models import (
    DepartmentRow,
    EnterpriseRow,
    InsuranceRow,
    PermitRow,
    PersonRow,
)

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True)
class Loaders:
    """The loaders of one request."""

    persons: DataLoader[str, PersonRow | None]
    enterprises: DataLoader[str, EnterpriseRow | None]
    departments: DataLoader[str, DepartmentRow | None]
    permits: DataLoader[str, list[PermitRow]]
    insurances: DataLoader[str, list[InsuranceRow]]


def loaders(city: Sessions, insurance: Sessions) -> Loaders:
    """Return new loaders; what they have loaded is forgotten with them."""
    return Loaders(
        persons=one(city, PersonRow.id_no),
        enterprises=one(city, EnterpriseRow.uscc),
        departments=one(city, DepartmentRow.code),
        permits=many(city, PermitRow.uscc, PermitRow.permit_no),
        insurances=many(insurance, InsuranceRow.id_no, InsuranceRow.month),
    )


def one(sessions: Sessions, key: InstrumentedAttribute[str]) -> DataLoader[str, Any]:
    """Return a loader of single rows by key."""

    async def load(keys: list[str]) -> Sequence[Any]:
        async with sessions() as session:
            rows = await session.scalars(select(key.class_).where(key.in_(keys)))
            found = {getattr(row, key.key): row for row in rows}
        return [found.get(one) for one in keys]

    return DataLoader(load_fn=load)


def many(
    sessions: Sessions, key: InstrumentedAttribute[str], order: InstrumentedAttribute[str]
) -> DataLoader[str, Any]:
    """Return a loader of all rows that belong to a key, in order."""

    async def load(keys: list[str]) -> Sequence[Any]:
        found: dict[str, list[Any]] = defaultdict(list)
        async with sessions() as session:
            for row in await session.scalars(select(key.class_).where(key.in_(keys)).order_by(key, order)):
                found[getattr(row, key.key)].append(row)
        return [found[one] for one in keys]

    return DataLoader(load_fn=load)
