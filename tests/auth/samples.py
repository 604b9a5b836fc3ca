"""What the tests of this room share: a clock that is moved by hand, and a grant to vary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from auth.clients import Client
from auth.grants import FieldGrant, Grant
from auth.principal import Role
from auth.rights import Right
from govgraph.clock import Clock

BEGIN = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 30)
READ = frozenset({Right.READ})
HALL = Client("yiwu-service-hall", "义乌服务大厅", Role.APPLICATION)


@dataclass
class Hands:
    """The hands of a clock; `wind` moves them on."""

    moment: datetime = field(default=BEGIN)

    def wind(self, **duration: int) -> None:
        """Move on by the given seconds, hours or days."""
        self.moment += timedelta(**duration)

    def clock(self) -> Clock:
        """Return the clock these hands belong to."""
        return Clock(lambda: self.moment)


def grant(number: str = "G-1", fields: Mapping[str, FieldGrant] | None = None, **other: Any) -> Grant:
    """Return a grant of `name` on Person, in force through 2026, with what is given changed."""
    values: dict[str, Any] = {
        "client": HALL.id,
        "purpose": "ZM-HOUSE-BUY",
        "resource": "Person",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
    }
    given = fields if fields is not None else {"name": FieldGrant(READ)}
    return Grant(id=number, fields=given, **(values | other))
