"""What connector tests share: the dirty city, a statement log, surroundings that allow this machine."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.model import Surroundings
from govgraph.egress import Egress, networks
from govgraph.file_access import FileAccess


@dataclass
class Statements:
    """A source's statement log; files may be opened under `folder`."""

    folder: Path
    texts: list[str] = field(default_factory=list)

    def surroundings(self, secret: str = "") -> Surroundings:
        return Surroundings(
            "test-source",
            lambda _reference: secret,
            self.texts.append,
            Egress(networks("127.0.0.0/8")),
            FileAccess("test-source", allowed=(self.folder,)),
        )


@pytest.fixture
def statements(tmp_path: Path) -> Statements:
    return Statements(tmp_path)
