"""`/graphql`: request in, answer out; every refusal goes through the pipeline and is recorded."""

import re
from typing import Any, cast

from cross_web import AsyncHTTPRequestAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema import BaseSchema
from strawberry.types import ExecutionResult

from govgraph.errors import GovGraphError
from resolvers.question import Question
from server.body import JSON_TYPES, graphql_body, read_json
from server.data_graph import AnsweredResult, DataGraph, Pipeline
from server.entrance import Entrance, address_of, closed
from server.errors import ContentTypeNotSupportedError, MethodNotAllowedError
from server.responses import answer_response

UNAUTHENTICATED = 401
SECONDS = re.compile(r"^\d{1,3}(\.\d{1,3})?$")


class DataView(GraphQL[Question, None]):
    """Strawberry's HTTP view over the data graph: POST only, no page, no batches, no uploads."""

    def __init__(self, pipeline: Pipeline, entrance: Entrance) -> None:
        super().__init__(
            cast("BaseSchema", DataGraph(pipeline)),
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(),
        )
        self._pipeline = pipeline
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a refusal on the way is recorded like any other."""
        if scope["type"] != "http":
            await WebSocket(scope, receive, send).close(code=1008)
            return
        body = self._entrance.body(receive)
        request = Request(scope, body)
        try:
            response = await self._answered(request)
        except GovGraphError as error:
            await body.drain()
            response = closed(await self._refused(request, error), body)
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        await self._entrance.admit(request)
        if request.method != "POST":
            raise MethodNotAllowedError("This address answers POST only")
        if JSON_TYPES.match(request.headers.get("content-type", "")) is None:
            raise ContentTypeNotSupportedError("The kind of the body is not read here")
        return await self.run(request)

    async def _refused(self, request: Request, error: GovGraphError) -> Response:
        unrecorded = await self._entrance.unrecorded(request, error)
        if unrecorded is not None:
            return unrecorded
        answer = await self._pipeline.refuse(question_of(request), error)
        response = answer_response(answer, request.headers.get("accept", ""))
        if isinstance(error, MethodNotAllowedError):
            response.headers["Allow"] = "POST"
        return response

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Question:
        """Return what the headers say of the question."""
        return question_of(cast("Request", request))

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Return the request in the body. Raises coded errors; nothing of the body is repeated."""
        body = graphql_body(read_json(await request.get_body()))
        return GraphQLRequestData(body.query, body.variables, body.operation_name, body.extensions)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the finished response under one key, for `create_response` to send."""
        answer = cast("AnsweredResult", result).answer
        if answer is None:
            raise TypeError("the data graph returns answered results")
        if answer.status == UNAUTHENTICATED:
            await self._entrance.strangers.refused(address_of(request))
        response = answer_response(answer, request.headers.get("accept", ""))
        return cast("GraphQLHTTPResponse", {"response": response})

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Return the response made from the answer; its data is never decoded and encoded again."""
        return cast("Response", cast("dict[str, Any]", response_data)["response"])


def question_of(request: Request) -> Question:
    """Return what the headers say of a question; the pipeline checks them and refuses."""
    headers = request.headers
    return Question(
        query=None,
        variables=None,
        operation_name=None,
        request=request.state.request_id,
        address=address_of(request),
        authorization=headers.get("authorization", ""),
        purpose=headers.get("purpose", ""),
        case_number=headers.get("case-number", ""),
        end_user=headers.get("end-user", ""),
        deadline=_seconds(headers.get("request-timeout", "")),
    )


def _seconds(text: str) -> float | None:
    return float(text) if SECONDS.match(text) and float(text) > 0 else None
