"""The five engines over one set of dirty rows."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.expressions.dirty import dirty_values, shuffled
from tests.expressions.engines import Duckdb, Engine, Mariadb, Postgresql, Python, Row, Sqlite

COUNT = 10_000 if os.environ.get("GOVGRAPH_PROVE") == "1" else 1_500
EXTREMES = (None, 0, 1, -1, 2, 3, 7, -7, 10, 2**31, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1)


@pytest.fixture(scope="session")
def rows() -> Sequence[Row]:
    """Rows of a dirty text, another one, and a number from a short list of extremes."""
    values = dirty_values(COUNT)
    others = shuffled(values)
    return [
        (place, value, other, EXTREMES[place % len(EXTREMES)])
        for place, (value, other) in enumerate(zip(values, others, strict=True))
    ]


@pytest.fixture(scope="session")
def python(rows: Sequence[Row]) -> Python:
    """Python, whose answers the others are held against."""
    return Python(rows)


@pytest.fixture(scope="session", params=["embedded", "mariadb"])
def engines(rows: Sequence[Row], request: pytest.FixtureRequest) -> Iterator[Mapping[str, Engine]]:
    """The sources' engines by their dialect; MariaDB apart, to be skipped alone where it is missing."""
    with asyncio.Runner() as runner:
        if request.param == "mariadb":
            address = {**request.getfixturevalue("mariadb_address"), "database": "mysql"}
            mariadb = Mariadb.open(address, rows, runner)
            yield {"mariadb": mariadb}
            mariadb.close()
            return
        postgresql = Postgresql.open(request.getfixturevalue("postgresql_url"), rows, runner)
        sqlite = Sqlite.open(rows)
        duckdb = Duckdb.open(rows)
        yield {"sqlite": sqlite, "duckdb": duckdb, "postgresql": postgresql}
        postgresql.close()
        sqlite.connection.close()
        duckdb.connection.close()
