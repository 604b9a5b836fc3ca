"""A secret goes to its source and nowhere else, though the source sends it back in every way."""

import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from schema.manifest import read_manifest_text
from server.log_lines import set_up_logging
from tests.faults.echoing import GIVEN_TOKEN, Echo, EchoingHttp, EchoingPostgresql, listening
from tests.server.living import Living, living
from tests.server.small_city import CHEN, HOUSING, MEDICAL

pytestmark = pytest.mark.anyio
KEY, CLIENT, PASSWORD = "canary-key-7f3b9d2e61", "canary-client-c81e4a05f2", "canary-password-2b6d90e7a3"
CANARIES = (KEY, CLIENT, PASSWORD, GIVEN_TOKEN)
ASKED = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} medicalInsurance {{ state }} }} }}'
STORE = "mutation ($r: String!, $v: String!) { setSecret(reference: $r, value: $v) }"
OAUTH = """  secret: housing-fund/oauth
  credentials: {{style: oauth, tokenUrl: "http://127.0.0.1:{port}/token", clientId: platform}}
"""
BY_KEY = "  secret: housing-fund/api-key\n  apiKeyHeader: X-Api-Key\n"


def housing(port: int, proof: str) -> str:
    """Return the housing fund's manifest: its source at a port, proved to as said."""
    text = HOUSING.replace(BY_KEY, proof)
    assert proof in text
    return text.replace("${HOUSING_PORT}", str(port))


def medical(port: int) -> str:
    """Return the medical insurance's manifest, its source a PostgreSQL."""
    head, _, rest = MEDICAL.partition("source:")
    url = f"postgresql://reader@127.0.0.1:{port}/insurance"
    source = f'source: {{kind: sql, url: "{url}", secret: medical-insurance/api-key}}\n'
    return head + source + rest[rest.index("resources:") :]


class Heard:
    """Everything that left the platform."""

    def __init__(self, city: Living) -> None:
        self._city = city
        self.texts: list[str] = []

    async def asked(self) -> Any:
        """Ask the data graph, keep the answer with its headers, and return its person."""
        answer = await self._city.ask(ASKED)
        self.texts += [answer.text, repr(answer.headers)]
        return answer.json()["data"]["person"]

    async def looked_around(self) -> None:
        """Ask for whatever else tells of sources."""
        control = await self._city.control()
        for question in (
            "{ status { sources { department state } } }",
            '{ manifest(department: "housing-fund") }',
            "{ catalog { resources { name } } }",
        ):
            sent = {"Authorization": f"Bearer {self._city.platform.administrator.token}"}
            url = "/control/graphql"
            self.texts.append((await self._city.http.post(url, json={"query": question}, headers=sent)).text)
        for path in ("/metrics", "/health/ready", "/audit/log/checkpoint"):
            self.texts.append((await self._city.http.get(path)).text)
        self.texts.append(repr(control))


async def provoked(city: Living, http: EchoingHttp, heard: Heard) -> None:
    """Have the housing fund answer in every way, by key and by token."""
    publisher = city.platform.publisher
    for proof in (BY_KEY, OAUTH.format(port=http.port)):
        http.echo = Echo.DATA
        await publisher.publish([read_manifest_text(housing(http.port, proof), "housing.yaml")])
        assert (await heard.asked())["housingFund"] == {"state": "PAYING"}
        for echo in Echo:
            http.echo = echo
            await publisher.reopen("housing-fund")
            await heard.asked()


def on_disk(home: Path) -> bytes:
    """Return everything below the home, byte for byte."""
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The log as a server writes it that is being debugged."""
    root, ours, written = logging.getLogger(), logging.getLogger("govgraph"), StringIO()
    before = root.handlers[:], root.level, ours.level
    with redirect_stderr(written):
        set_up_logging("debug")
    yield written
    root.handlers[:], level, own = before
    root.setLevel(level)
    ours.setLevel(own)


async def test_no_secret_of_a_source_is_found_anywhere(
    tmp_path: Path, log: StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    http, sql = EchoingHttp(), EchoingPostgresql()
    async with listening(http), listening(sql), living(tmp_path, log_level="debug") as city:
        heard, control = Heard(city), await city.control()
        secrets = {
            "housing-fund/api-key": KEY,
            "housing-fund/oauth": CLIENT,
            "medical-insurance/api-key": PASSWORD,
        }
        for reference, value in secrets.items():
            heard.texts.append(str(await control.ask(STORE, r=reference, v=value)))
        await city.platform.publisher.publish([read_manifest_text(medical(sql.port), "medical.yaml")])
        assert (await heard.asked())["medicalInsurance"] is None
        await provoked(city, http, heard)
        heard.texts.append(str(await control.ask("mutation { rotateSecrets }")))
        await city.platform.publisher.reopen("medical-insurance")
        await heard.asked()
        await heard.looked_around()
        kept = on_disk(tmp_path)
    printed = capfd.readouterr()
    told = "\n".join([*heard.texts, log.getvalue(), printed.out, printed.err])
    assert [one for one in CANARIES if one not in http.received + sql.received] == []
    assert [one for one in CANARIES if one in told] == []
    assert [one for one in CANARIES if one.encode() in kept + on_disk(tmp_path)] == []
    assert "SOURCE_CREDENTIALS" in told
    assert '"logger":"govgraph' in log.getvalue()
