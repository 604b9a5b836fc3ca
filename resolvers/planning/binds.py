"""Binds: values that a plan leaves open, and what they are in one request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from auth.filters import Attribute, YearsBeforeToday
from auth.principal import Principal
from govgraph.clock import years_before
from resolvers.documents.arguments import Leaf
from resolvers.planning.plan import BoundValue, Operand, Settled


@dataclass(slots=True)
class BindTable:
    """Gives each open value of a plan a name, while the plan is made."""

    values: dict[str, BoundValue] = field(default_factory=dict)

    def add(self, operand: Operand, convert: Callable[[Any], Any]) -> str:
        """Return the name of a new bind."""
        name = f"v{len(self.values)}"
        self.values[name] = BoundValue(operand, convert)
        return name


@dataclass(frozen=True, slots=True)
class Moment:
    """What a request brings to a plan: its variables, its caller, the calendar day and the instant."""

    variables: Mapping[str, Any]
    principal: Principal
    today: date
    now: datetime

    def value(self, operand: Operand) -> Any:
        """Return the value an operand has in this request; None for an attribute the caller lacks."""
        if isinstance(operand, Leaf):
            return operand.value(self.variables)
        if isinstance(operand, Attribute):
            return {"department": self.principal.department, "subject": self.principal.subject}[operand.name]
        if isinstance(operand, YearsBeforeToday):
            return years_before(self.today, operand.years).isoformat()
        if isinstance(operand, Settled):
            return self.now - timedelta(seconds=operand.seconds)
        return [self.value(one) for one in operand] if isinstance(operand, list | tuple) else operand

    def binds(self, values: Mapping[str, BoundValue]) -> dict[str, Any]:
        """Return every bind of a plan by name."""
        return {name: bound.convert(self.value(bound.operand)) for name, bound in values.items()}
