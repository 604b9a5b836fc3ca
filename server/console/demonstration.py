"""The demonstration's stored questions, asked by its own clients over real tokens."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
import yaml

from audit.record import Outcome
from resolvers.pipeline import answer
from resolvers.question import Question
from server.control.records import Change, Recorder
from server.errors import DemoBrokenError, DocumentNotFoundError
from server.parts import Platform
from server.responses import answer_bytes

READER = "audit-administrator"
ASKING = frozenset({"application", "citizen"})


@dataclass(frozen=True, slots=True)
class Asker:
    """A client that a visitor may ask as, and the purpose it asks for."""

    client: str
    title: str
    purpose: str


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """One question: its document and variables, who asks, and for what purpose."""

    name: str
    title_zh: str
    title_en: str
    client: str
    client_title: str
    purpose: str
    document: str
    variables: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The stored questions, who may ask, and where a client's secret is found; it never reaches the page."""

    questions: tuple[StoredQuestion, ...]
    askers: tuple[Asker, ...]
    secret_of: Callable[[str], str]


def read_demonstration(city: Path, secret_of: Callable[[str], str]) -> Demonstration:
    """Return the questions of an example city. Raises `DemoBrokenError` where they cannot be read."""
    try:
        clients = yaml.safe_load((city / "clients.yaml").read_text(encoding="utf-8"))["items"]
        titles = {client["id"]: client["title"] for client in clients}
        folder = city / "queries"
        index = yaml.safe_load((folder / "index.yaml").read_text(encoding="utf-8"))["items"]
        questions = tuple(_question(folder, item, titles) for item in index)
        return Demonstration(questions, tuple(_askers(clients)), secret_of)
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise DemoBrokenError("The demonstration's questions cannot be read") from error


def _askers(clients: Sequence[Mapping[str, Any]]) -> Iterator[Asker]:
    for client in clients:
        if client["role"] in ASKING and client.get("purposes"):
            yield Asker(client["id"], client["title"], client["purposes"][0])


def _question(folder: Path, item: dict[str, Any], titles: dict[str, str]) -> StoredQuestion:
    file = folder / item["file"]
    return StoredQuestion(
        name=file.stem,
        title_zh=item["title"]["zh"],
        title_en=item["title"]["en"],
        client=item["client"],
        client_title=titles.get(item["client"], item["client"]),
        purpose=item["purpose"],
        document=file.read_text(encoding="utf-8").strip(),
        variables=file.with_suffix(".variables.json").read_text(encoding="utf-8").strip(),
    )


async def run(demo: Demonstration, name: str, platform: Platform, question: Question) -> dict[str, Any]:
    """Return a stored question's answer, the access record it left, and the time it took.

    `question` carries request id and address. The token is a real one, the road that of any client.
    Reading the record is recorded under the demonstration's audit administrator.
    """
    stored = next((one for one in demo.questions if one.name == name), None)
    if stored is None:
        raise DocumentNotFoundError("There is no such question in the demonstration")
    asker = Asker(stored.client, stored.client_title, stored.purpose)
    asked = replace(question, query=stored.document, variables=orjson.loads(stored.variables))
    return await ask_as(demo, asker, platform, asked)


async def ask_as(
    demo: Demonstration, asker: Asker, platform: Platform, question: Question, *, recorded: bool = True
) -> dict[str, Any]:
    """Return the answer that an asker gets with a real token, its access record, and the time it took.

    Reading the record is recorded under the demonstration's audit administrator; where `recorded`
    is false it is left unread, and null.
    """
    started = perf_counter()
    token = await _token(demo, asker.client, platform)
    asked = replace(question, authorization=f"Bearer {token}", purpose=asker.purpose)
    body = orjson.loads(answer_bytes(await answer(asked, platform.rooms)))
    elapsed = round((perf_counter() - started) * 1000, 1)
    receipt = body.get("extensions", {}).get("govgraph", {}).get("receipt", "") if recorded else ""
    record = await _record(demo, receipt, platform, question)
    return {"answer": body, "record": record, "milliseconds": elapsed}


async def _token(demo: Demonstration, client: str, platform: Platform) -> str:
    basic = base64.b64encode(f"{client}:{demo.secret_of(client)}".encode()).decode()
    answered = await platform.authorization_server.token(
        "POST",
        f"{platform.administrator.url}/oauth/token",
        {"Authorization": f"Basic {basic}"},
        {"grant_type": "client_credentials"},
    )
    if answered.status != 200:
        raise DemoBrokenError("The demonstration's client gets no token", where=client)
    return str(answered.body["access_token"])


async def _record(
    demo: Demonstration, receipt: str, platform: Platform, question: Question
) -> dict[str, Any] | None:
    if not receipt:
        return None
    reader = await platform.tokens.principal(f"Bearer {await _token(demo, READER, platform)}")
    recorder = Recorder(platform.log, platform.clock, question.request, question.address, reader)
    await recorder.note(Change("audit.read", receipt), Outcome.ANSWERED)
    return await platform.log.find(receipt)
