"""What connector tests share: the dirty city, a statement log, surroundings that allow this machine."""

from dataclasses import dataclass, field

import pytest

from connectors.model import Surroundings
from govgraph.egress import Egress, networks


@dataclass
class Statements:
    """A source's statement log."""

    texts: list[str] = field(default_factory=list)

    def surroundings(self, secret: str = "") -> Surroundings:
        return Surroundings(
            "test-source", lambda _reference: secret, self.texts.append, Egress(networks("127.0.0.0/8"))
        )


@pytest.fixture
def statements() -> Statements:
    return Statements()
