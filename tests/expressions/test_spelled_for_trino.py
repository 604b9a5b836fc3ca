"""Trino's spelling of every mask and normal form, answered by DuckDB with what only Trino has as macros."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from auth.masking.masks import MASKS
from govgraph.expressions.terms import Expression
from schema.types import SEMANTIC_TYPES
from tests.expressions.engines import Duckdb, Python, Row, Values, statement
from tests.expressions.test_equal_everywhere import TERMS, differences
from tests.servers.trino import MACROS, as_duckdb_writes

FIRST = 400


@dataclass(frozen=True, slots=True)
class SpelledForTrino:
    """Statements of Trino's dialect on DuckDB: it holds the spelling, not Trino itself, to the meaning."""

    connection: duckdb.DuckDBPyConnection

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        text, values = statement(expression, binds or {}, "trino", first)
        return [value for (value,) in self.connection.execute(as_duckdb_writes(text), values).fetchall()]


@pytest.fixture(scope="module")
def engines(rows: Sequence[Row]) -> Mapping[str, SpelledForTrino]:
    connection = Duckdb.open(rows).connection
    for statement_ in MACROS:
        connection.execute(statement_)
    return {"trino": SpelledForTrino(connection)}


@pytest.mark.parametrize("place", range(len(TERMS)))
def test_every_term_means_the_same(
    place: int, python: Python, engines: Mapping[str, SpelledForTrino]
) -> None:
    assert not differences(TERMS[place], python, engines, first=FIRST)


@pytest.mark.parametrize("code", MASKS)
def test_every_mask_hides_the_same(code: str, python: Python, engines: Mapping[str, SpelledForTrino]) -> None:
    assert not differences(MASKS[code].expression, python, engines, first=FIRST)


@pytest.mark.parametrize("name", SEMANTIC_TYPES)
def test_every_normal_form_is_the_same(
    name: str, python: Python, engines: Mapping[str, SpelledForTrino]
) -> None:
    assert not differences(SEMANTIC_TYPES[name].normal, python, engines, first=FIRST)
