"""Any question, asked from the page as one of the demonstration's clients: real token, real pipeline."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request

from govgraph.errors import GovGraphError
from resolvers.pipeline import refuse
from resolvers.question import Question
from server.body import JSON_TYPES, graphql_body, read_json
from server.console.demonstration import Demonstration, ask_as
from server.errors import ContentTypeNotSupportedError, NotFoundError
from server.parts import Platform
from server.responses import answer_bytes


async def ask_from_page(demo: Demonstration, platform: Platform, request: Request, question: Question) -> Any:
    """Return what a client of the demonstration is answered to the document in the body.

    `question` carries request id and address only: whatever else the browser sent is not looked at.
    A body that is no question is refused and recorded as at `/graphql`. `?record=no` leaves the
    access record unread, for the look at the schema that a page takes by itself.
    """
    name = request.path_params["client"]
    asker = next((one for one in demo.askers if one.client == name), None)
    if asker is None:
        raise NotFoundError("There is no such client in the demonstration")
    body = platform.entrance.body(request.receive)
    try:
        if JSON_TYPES.match(request.headers.get("content-type", "")) is None:
            raise ContentTypeNotSupportedError("The kind of the body is not read here")
        sent = graphql_body(read_json(await Request(request.scope, body).body()))
    except GovGraphError as error:
        await body.drain()
        refused = await refuse(question, error, platform.rooms)
        return {"answer": read_json(answer_bytes(refused)), "record": None}
    asked = replace(question, query=sent.query, variables=sent.variables, operation_name=sent.operation_name)
    return await ask_as(demo, asker, platform, asked, recorded=request.query_params.get("record") != "no")
