"""Explaining over the control graph and from the command line: who may, what is recorded, what is told."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from server.errors import ServerRefusedError
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN, NAME
from tests.server.test_command_line import run

pytestmark = pytest.mark.anyio
EXPLAIN = """query ($q: QuestionDraft!, $client: String! = "") {
  explain(question: $q, client: $client) { document text mermaid } }"""
ASKED = "query ($idNo: IdNumber!) { person(idNo: $idNo) { idNo name } }"
QUESTION = {"query": ASKED, "variables": {"idNo": CHEN}, "purpose": "CHECK-ONE"}


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Living]:
    async with living(tmp_path_factory.mktemp("explained")) as city:
        yield city


async def refusal(city: Living, asking: str, client: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return the refusal that explaining meets."""
    with pytest.raises(ServerRefusedError) as caught:
        await (await city.control(asking)).ask(EXPLAIN, q=question, client=client)
    entry: dict[str, Any] = caught.value.entry
    return entry


async def test_an_application_is_told_how_its_own_question_runs(city: Living) -> None:
    told = (await (await city.control("app-one")).ask(EXPLAIN, q=QUESTION))["explain"]
    assert told["document"]["client"] == "app-one"
    assert told["document"]["steps"][0]["source"] == "public-security"
    assert "SELECT" in told["text"]
    assert told["mermaid"].startswith("flowchart LR")


async def test_only_the_security_administrator_is_told_of_another(city: Living) -> None:
    control = await city.control("security-administrator")
    told = (await control.ask(EXPLAIN, q=QUESTION, client="app-one"))["explain"]["document"]
    assert (told["client"], told["fields"][0]["grant"]) == ("app-one", "T-1-1")
    for other in ("app-two-purposes", "system-administrator", "audit-administrator", "operator", ""):
        entry = await refusal(city, other, "app-one", QUESTION)
        assert entry["extensions"]["code"] == "ROLE_NOT_ALLOWED"


async def test_who_holds_no_grant_is_told_nothing(city: Living) -> None:
    for asking in ("app-without-grant", "security-administrator", "operator"):
        assert (await refusal(city, asking, "", QUESTION))["extensions"]["code"] == "NO_GRANT"


async def test_a_client_that_is_not_there_or_was_revoked_is_not_told_of(city: Living) -> None:
    entry = await refusal(city, "security-administrator", "nobody-here", QUESTION)
    assert entry["extensions"]["code"] == "CLIENT_UNKNOWN"


async def test_a_refusal_says_what_asking_would_say_and_no_more(city: Living) -> None:
    for field in ("phone", "nothing"):
        query = f'{{ person(idNo: "{CHEN}") {{ {field} }} }}'
        entry = await refusal(city, "app-one", "", {**QUESTION, "query": query})
        asked = (await city.ask(query)).json()["errors"][0]
        assert entry["extensions"]["code"] == asked["extensions"]["code"] == "FIELD_NOT_AVAILABLE"
        assert (entry["message"], entry["locations"]) == (asked["message"], asked["locations"])
        assert CHEN not in json.dumps(entry)


async def test_every_explanation_is_recorded_without_a_value(city: Living) -> None:
    control = await city.control("security-administrator")
    await control.ask(EXPLAIN, q=QUESTION, client="app-one")
    await refusal(city, "app-one", "", {**QUESTION, "query": f'{{ person(idNo: "{CHEN}") {{ phone }} }}'})
    records = [line for line in stored_log(city.home).split("{") if "query.explain" in line]
    log = stored_log(city.home)
    assert len(records) >= 2
    assert '"refused":"Person.phone"' in log
    assert CHEN not in log
    assert NAME not in log


async def test_a_record_that_cannot_be_kept_leaves_nothing_told(tmp_path: Path) -> None:
    async with living(tmp_path) as city:
        control = await city.control("app-one")
        await city.platform.log.aclose()
        with pytest.raises(ServerRefusedError) as caught:
            await control.ask(EXPLAIN, q=QUESTION)
        assert caught.value.entry["extensions"]["code"] == "LOG_CLOSED"


@pytest.mark.parametrize(
    ("form", "begin"), [("text", "app-one asks for"), ("json", "{"), ("mermaid", "flowchart LR")]
)
async def test_the_command_prints_each_form(city: Living, tmp_path: Path, form: str, begin: str) -> None:
    asked, variables = tmp_path / "q.graphql", tmp_path / "v.json"
    asked.write_text(ASKED, encoding="utf-8")
    variables.write_text(json.dumps({"idNo": CHEN}), encoding="utf-8")
    words = ("explain", str(asked), "--variables", str(variables), "--format", form)
    token = await city.token("app-one")
    command = partial(run, tmp_path, *words, "--server", city.url, GOVGRAPH_TOKEN=token)
    done = await anyio.to_thread.run_sync(command)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(begin)
    assert CHEN not in done.stdout
