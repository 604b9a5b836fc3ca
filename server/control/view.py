"""`/control/graphql`: the static graph by which console and command line govern the platform."""

import hmac
from typing import Any, cast

import strawberry
from cross_web import AsyncHTTPRequestAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import MaxTokensLimiter, QueryDepthLimiter
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult

from auth.errors import UnauthenticatedError
from auth.principal import Principal
from govgraph.errors import GovGraphError, Location
from resolvers.errors import InternalError
from server.body import JSON_TYPES, BoundedBody, graphql_body, read_json
from server.control.access import Session, machine_administrator
from server.control.mutations import Mutation
from server.control.queries import Query
from server.control.records import Recorder
from server.entrance import address_of, closed
from server.errors import ContentTypeNotSupportedError, ControlRequestRefusedError, MethodNotAllowedError
from server.middleware import log_place
from server.parts import Platform
from server.responses import envelope, json_response, refusal


class ControlGraph(strawberry.Schema):
    """The control graph; what its libraries say of an error is never logged, it may hold values."""

    def process_errors(self, errors: list[Any], execution_context: ExecutionContext | None = None) -> None:
        """Leave the errors to the view, which rebuilds them."""


def control_graph() -> ControlGraph:
    """Return the graph, with bounds on the size of documents."""
    return ControlGraph(
        query=Query,
        mutation=Mutation,
        config=StrawberryConfig(disable_field_suggestions=True),
        extensions=[lambda: MaxTokensLimiter(2000), lambda: QueryDepthLimiter(16)],
    )


class ControlView(GraphQL[Session, None]):
    """Strawberry's HTTP view over the control graph: POST only, no page, no batches, no uploads."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(
            control_graph(), graphql_ide=None, allow_queries_via_get=False, subscription_protocols=()
        )
        self._platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals carry the house's envelope."""
        if scope["type"] != "http":
            await WebSocket(scope, receive, send).close(code=1008)
            return
        body = self._platform.entrance.body(receive)
        request = Request(scope, body)
        try:
            response = await self._answered(request, body)
        except GovGraphError as error:
            await body.drain()
            response = closed(await self._refused(request, error), body)
        await response(scope, receive, send)

    async def _answered(self, request: Request, body: BoundedBody) -> Response:
        authorization = request.headers.get("authorization", "")
        if not self._is_machine(authorization):
            body.limit = await self._platform.entrance.admit(address_of(request), authorization)
        if request.method != "POST":
            raise MethodNotAllowedError("This address answers POST only")
        if JSON_TYPES.match(request.headers.get("content-type", "")) is None:
            raise ContentTypeNotSupportedError("The kind of the body is not read here")
        return await self.run(request)

    async def _refused(self, request: Request, error: GovGraphError) -> Response:
        if await self._platform.entrance.unrecorded(address_of(request), error):
            return refusal(error)
        await self._recorder(request).refused("control", error)
        response = refusal(error)
        if isinstance(error, UnauthenticatedError):
            response.headers["WWW-Authenticate"] = error.challenge
        if isinstance(error, MethodNotAllowedError):
            response.headers["Allow"] = "POST"
        return response

    def _recorder(self, request: Request, principal: Principal | None = None) -> Recorder:
        platform, address = self._platform, address_of(request)
        return Recorder(platform.log, platform.clock, request.state.request_id, address, principal)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Session:
        """Return the session of whoever asks. Raises a coded 401 error for everyone unknown."""
        request = cast("Request", request)
        principal = await self._principal(request.headers.get("authorization", ""))
        return Session(self._platform, principal, self._recorder(request, principal))

    async def _principal(self, authorization: str) -> Principal:
        if self._is_machine(authorization):
            return machine_administrator()
        return await self._platform.tokens.principal(authorization)

    def _is_machine(self, authorization: str) -> bool:
        own = f"Bearer {self._platform.administrator.token}"
        return hmac.compare_digest(authorization.encode(), own.encode())

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Return the request in the body. Raises coded errors; nothing of the body is repeated."""
        body = graphql_body(read_json(await request.get_body()))
        if body.query is None:
            raise ControlRequestRefusedError("The request carries no document", where="query")
        return GraphQLRequestData(body.query, body.variables, body.operation_name, body.extensions)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return data and rebuilt errors; no message of a library passes."""
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [self._rebuilt(error, request) for error in result.errors]
        return cast("GraphQLHTTPResponse", body)

    def _rebuilt(self, error: Any, request: Request) -> dict[str, Any]:
        original = error.original_error
        if isinstance(original, GovGraphError):
            rebuilt = original
        elif original is None or not error.path:  # without a path no resolver ran: the request is at fault
            rebuilt = ControlRequestRefusedError("The document does not fit the control graph")
        else:
            log_place(original, request.state.request_id)
            rebuilt = InternalError("The platform failed")
        rebuilt.path = rebuilt.path or tuple(error.path or ())
        places = [Location(place.line, place.column) for place in error.locations or ()]
        rebuilt.locations = rebuilt.locations or tuple(places)
        return envelope(rebuilt)

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Return the response; 401 and 403 are told in the errors, as GraphQL does."""
        return json_response(response_data)
