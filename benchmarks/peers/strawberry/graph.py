"""The graph in Strawberry: one class per type, a resolver per link."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

import httpx2
import strawberry
from sqlalchemy import select

from benchmarks.peers.strawberry.loaders import Loaders, Sessions
from benchmarks.peers.strawberry.models import (
    DepartmentRow,
    EnterpriseRow,
    InsuranceRow,
    PermitRow,
    PersonRow,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a resolver is handed."""

    city: Sessions
    http: httpx2.AsyncClient
    hall: str
    loaders: Loaders


Asked = strawberry.Info[Context, None]


@strawberry.type
class Permit:
    """A permit."""

    permit_no: strawberry.ID
    kind: str
    valid_until: date

    @classmethod
    def of(cls, row: PermitRow) -> Self:
        """Return the object of a row."""
        return cls(permit_no=strawberry.ID(row.permit_no), kind=row.kind, valid_until=row.valid_until)


@strawberry.type
class Insurance:
    """A month of insurance."""

    month: str
    amount: Decimal = strawberry.field(name="base")
    state: str
    employer: strawberry.Private[str]

    @classmethod
    def of(cls, row: InsuranceRow) -> Self:
        """Return the object of a row."""
        return cls(month=row.month, amount=row.amount, state=row.state, employer=row.employer)

    @strawberry.field
    async def enterprise(self, given: Asked) -> "Enterprise | None":
        """Return who paid."""
        row = await given.context.loaders.enterprises.load(self.employer)
        return Enterprise.of(row) if row else None


@strawberry.type
class Person:
    """A person."""

    id_no: strawberry.ID
    name: str
    gender: str
    born: date
    phone: str
    division: str
    address: str
    nation: str
    education: str
    household: str

    @classmethod
    def of(cls, row: PersonRow) -> Self:
        """Return the object of a row."""
        return cls(
            id_no=strawberry.ID(row.id_no),
            name=row.name,
            gender=row.gender,
            born=row.born,
            phone=row.phone,
            division=row.division,
            address=row.address,
            nation=row.nation,
            education=row.education,
            household=row.household,
        )

    @strawberry.field
    async def insurances(self, given: Asked, first: int) -> list[Insurance]:
        """Return the first months."""
        rows = await given.context.loaders.insurances.load(self.id_no)
        return [Insurance.of(row) for row in rows[:first]]


@strawberry.type
class Enterprise:
    """An enterprise."""

    uscc: strawberry.ID
    name: str
    district: str
    status: str
    kind: str
    capital: Decimal
    established: date
    address: str
    legal_rep_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: EnterpriseRow) -> Self:
        """Return the object of a row."""
        return cls(
            uscc=strawberry.ID(row.uscc),
            name=row.name,
            district=row.district,
            status=row.status,
            kind=row.kind,
            capital=row.capital,
            established=row.established,
            address=row.address,
            legal_rep_id=row.legal_rep_id,
        )

    @strawberry.field
    async def legal_rep(self, given: Asked) -> Person | None:
        """Return who represents it."""
        row = await given.context.loaders.persons.load(self.legal_rep_id)
        return Person.of(row) if row else None

    @strawberry.field
    async def permits(self, given: Asked, first: int) -> list[Permit]:
        """Return the first permits."""
        rows = await given.context.loaders.permits.load(self.uscc)
        return [Permit.of(row) for row in rows[:first]]


@strawberry.type
class Department:
    """A department."""

    code: strawberry.ID
    name: str
    phone: str

    @classmethod
    def of(cls, row: DepartmentRow) -> Self:
        """Return the object of a row."""
        return cls(code=strawberry.ID(row.code), name=row.name, phone=row.phone)


@strawberry.type(name="Service")
class Offer:
    """What a department does for citizens."""

    code: strawberry.ID
    name: str
    days: int
    department_code: strawberry.Private[str]

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Self:
        """Return the object of an entry of the list."""
        code, name, days = strawberry.ID(entry["code"]), entry["name"], entry["days"]
        return cls(code=code, name=name, days=days, department_code=entry["department"])

    @strawberry.field
    async def department(self, given: Asked) -> Department | None:
        """Return who does it."""
        row = await given.context.loaders.departments.load(self.department_code)
        return Department.of(row) if row else None


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def person(self, given: Asked, id_no: strawberry.ID) -> Person | None:
        """Return one person."""
        row = await given.context.loaders.persons.load(id_no)
        return Person.of(row) if row else None

    @strawberry.field
    async def persons(self, given: Asked, division: str, first: int) -> list[Person]:
        """Return the first persons of a division."""
        query = select(PersonRow).where(PersonRow.division == division).order_by(PersonRow.id_no).limit(first)
        async with given.context.city() as session:
            return [Person.of(row) for row in await session.scalars(query)]

    @strawberry.field
    async def enterprises(self, given: Asked, district: str, status: str, first: int) -> list[Enterprise]:
        """Return the first enterprises of a district with a status."""
        chosen = select(EnterpriseRow).filter_by(district=district, status=status)
        async with given.context.city() as session:
            rows = await session.scalars(chosen.order_by(EnterpriseRow.uscc).limit(first))
            return [Enterprise.of(row) for row in rows]

    @strawberry.field(name="services")
    async def offers(self, given: Asked, first: int) -> list[Offer]:
        """Return the first services of the hall."""
        answer = await given.context.http.get(given.context.hall)
        return [Offer.of(entry) for entry in answer.json()["data"][:first]]
