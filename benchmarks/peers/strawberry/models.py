"""The tables as SQLAlchemy's declarative mapping reads them."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Mapping(DeclarativeBase):
    """What every mapped class is."""


class PersonRow(Mapping):
    """A person."""

    __tablename__ = "person"
    id_no: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    gender: Mapped[str]
    born: Mapped[date]
    phone: Mapped[str]
    division: Mapped[str]
    address: Mapped[str]
    nation: Mapped[str]
    education: Mapped[str]
    household: Mapped[str]


class EnterpriseRow(Mapping):
    """An enterprise."""

    __tablename__ = "enterprise"
    uscc: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    district: Mapped[str]
    status: Mapped[str]
    kind: Mapped[str]
    capital: Mapped[Decimal]
    established: Mapped[date]
    address: Mapped[str]
    legal_rep_id: Mapped[str]


class PermitRow(Mapping):
    """A permit of an enterprise."""

    __tablename__ = "permit"
    permit_no: Mapped[str] = mapped_column(primary_key=True)
    uscc: Mapped[str]
    kind: Mapped[str]
    valid_until: Mapped[date]


class DepartmentRow(Mapping):
    """A department."""

    __tablename__ = "department"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]


class InsuranceRow(Mapping):
    """A month of insurance; it stands in the other database."""

    __tablename__ = "insurance"
    id_no: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    employer: Mapped[str]
    amount: Mapped[Decimal] = mapped_column("base")
    state: Mapped[str]
