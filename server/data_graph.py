"""The data graph behind Strawberry's HTTP view: each document goes down the pipeline."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from govgraph.errors import GovGraphError
from resolvers.question import Answer, Question
from server.errors import MethodNotAllowedError

Answering = Callable[[Question], Awaitable[Answer]]
Refusing = Callable[[Question, GovGraphError], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The two ways through the pipeline: a question is answered, or a request refused and recorded."""

    answer: Answering
    refuse: Refusing


@dataclass
class AnsweredResult(ExecutionResult):
    """A result that carries the finished answer through the view."""

    answer: Answer | None = None


class DataGraph:
    """The methods of Strawberry's public `BaseSchema` over the pipeline; no graph stands behind it.

    It has the shape without the inheritance: the protocol's attributes describe one static graph.
    What a caller sees depends on the caller, so there is no one schema to show here.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.config = StrawberryConfig(batching_config=None)
        self._pipeline = pipeline

    async def execute(  # noqa: PLR0913, PLR0917 the signature is Strawberry's
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Return the pipeline's answer; the context value is the `Question` without its document."""
        del root_value, allowed_operation_types, operation_extensions
        if not isinstance(context_value, Question):
            raise TypeError("the context of the data graph is a Question")
        question = replace(
            context_value, query=query, variables=variable_values, operation_name=operation_name
        )
        return AnsweredResult(None, None, None, await self._pipeline.answer(question))

    def execute_sync(self, *arguments: Any, **named: Any) -> NoReturn:
        """Refuse: everything here is asynchronous."""
        raise NotImplementedError

    async def subscribe(self, *arguments: Any, **named: Any) -> NoReturn:
        """Refuse: subscriptions are not served."""
        raise MethodNotAllowedError("Subscriptions are not served")

    async def stream(self, *arguments: Any, **named: Any) -> NoReturn:
        """Refuse: incremental answers are not served."""
        raise MethodNotAllowedError("Streams are not served")

    def get_type_by_name(self, name: str) -> None:
        """Return nothing: types belong to callers."""

    def get_directive_by_name(self, graphql_name: str) -> None:
        """Return nothing: directives belong to callers."""

    def as_str(self) -> str:
        """Return nothing: every caller has its own schema."""
        return ""
