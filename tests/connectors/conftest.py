"""What connector tests share: the dirty city, a statement log, surroundings that allow this machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connectors.model import Read, Surroundings
from connectors.registry import open_connector
from govgraph.egress import Egress, networks
from govgraph.file_access import FileAccess
from tests.connectors.rest_city import KEY, READ, RestCity, served


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


@pytest.fixture
async def city() -> AsyncIterator[RestCity]:
    async with served() as running:
        yield running


@pytest.fixture
async def ask(statements: Any) -> AsyncIterator[Callable[..., Any]]:
    """Return a function that opens a source and reads its one list."""
    async with AsyncExitStack() as opened:

        async def asked(url: str, sealed: str = KEY, read: Read = READ, **settings: Any) -> Any:
            entity = {
                "columns": {"a": "text"},
                "key": ["a"],
                "list": {"path": "/list", "query": {"b": "2", "a": "1 2"}},
                "lookup": {"path": "/batch", "key": "a"},
            }
            given = {"url": url, "secret": "x/main", "entities": {"e": entity}, **settings}
            connector = await open_connector("rest", given, statements.surroundings(sealed), {})
            opened.push_async_callback(connector.aclose)
            return await connector.prepare(read).rows({"keys": [("k",)]})

        yield asked
