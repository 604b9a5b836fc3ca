"""The demo's REST service, run as the demo runs it, asked by our own connector."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.conformance import Truth, prove
from connectors.errors import SourceCredentialsError
from connectors.model import ColumnType, Entity, EntityColumn
from connectors.registry import open_connector

pytestmark = pytest.mark.anyio
PROGRAM = Path(__file__).parents[2] / "examples" / "city" / "services" / "medical_insurance.py"
COLUMNS = ("idNo", "area", "state", "balance")
ROWS = [[f"3307{number:014}", "330702", "10" if number % 2 else "20", f"{number}.5"] for number in range(450)]
ENTITY = Entity("insured", tuple(EntityColumn(name, ColumnType.TEXT) for name in COLUMNS), ("idNo",))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("medical-insurance")
    (folder / "data.json").write_text(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]))
    (folder / "key").write_text("right-key\n")
    command = [sys.executable, str(PROGRAM), "--data", str(folder / "data.json"), "--port", "0"]
    with subprocess.Popen(
        [*command, "--key-file", str(folder / "key")], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip().rpartition(" ")[2]
        running.terminate()


def settings(address: str) -> dict[str, object]:
    return {
        "url": address,
        "secret": "medical-insurance/api-key",
        "apiKeyHeader": "X-Api-Key",
        "entities": {
            "insured": {
                "columns": dict.fromkeys(COLUMNS, "text"),
                "key": ["idNo"],
                "list": {
                    "path": "/v1/insured",
                    "items": "data",
                    "page": {"parameter": "page", "sizeParameter": "size", "size": "200"},
                },
                "lookup": {
                    "path": "/v1/insured/batch",
                    "method": "POST",
                    "key": "idNo",
                    "body": "ids",
                    "items": "data",
                },
            }
        },
    }


async def test_the_rest_source_of_the_demo_conforms(address: str, statements: Any) -> None:
    connector = await open_connector("rest", settings(address), statements.surroundings("right-key"), {})
    assert await prove(connector, Truth(ENTITY, ROWS), 20) == 20
    await connector.aclose()


async def test_it_answers_nobody_without_its_key(address: str, statements: Any) -> None:
    connector = await open_connector("rest", settings(address), statements.surroundings("wrong-key"), {})
    await connector.describe()
    with pytest.raises(SourceCredentialsError):
        await connector.sample("insured", 1)
    await connector.aclose()
