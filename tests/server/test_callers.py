"""Who asks is found out once, unless the body takes its time: until then a token may have been revoked."""

from typing import Any, NoReturn

import pytest
from starlette.types import Message

from auth.principal import Principal, Role
from govgraph.errors import GovGraphError
from resolvers.question import Answer, Question
from server.entrance import Entrance
from server.graphql import DataView, Pipeline
from server.strangers import Strangers

pytestmark = pytest.mark.anyio
CLIENT = Principal("app", "app", Role.APPLICATION)
BODY = b'{"query":"{ a }"}'


class Doorkeeper:
    """Knows everybody."""

    async def principal(self, authorization_header: str) -> Principal:
        """Return one and the same client."""
        return CLIENT


async def asked(moment: float) -> Question:
    """Return the question that a request becomes where a body may take so long."""
    heard: list[Question] = []
    sent: list[Message] = []

    async def answering(question: Question) -> Answer:
        heard.append(question)
        return Answer(data=b"{}", errors=(), extensions={}, status=200, json_status=200)

    async def refusing(_question: Question, error: GovGraphError) -> NoReturn:
        raise error

    async def receive() -> Message:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    entrance = Entrance(1000, 20, Strangers(Doorkeeper(), 60))
    scope: dict[str, Any] = {"type": "http", "method": "POST", "query_string": b"", "state": {}}
    scope |= {"headers": [(b"content-type", b"application/json")], "client": ("127.0.0.1", 5000)}
    scope["state"] = {"request_id": "r"}
    await DataView(Pipeline(answering, refusing), entrance, moment)(scope, receive, send)
    assert sent[0]["status"] == 200
    return heard[0]


async def test_a_question_carries_who_was_found_to_ask_it() -> None:
    assert (await asked(moment=60)).caller == CLIENT


async def test_behind_a_body_that_took_its_time_it_is_found_out_again() -> None:
    assert (await asked(moment=0)).caller is None
