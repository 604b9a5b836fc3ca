"""Counts requests and answers as they pass."""

from collections import Counter
from dataclasses import replace
from typing import Final

from govgraph.errors import GovGraphError
from govgraph.measuring import Histogram
from resolvers.question import Answer, Flow, Question, Write
from server.graphql import Pipeline

ADDRESSES: Final = ("/graphql", "/control/graphql", "/oauth", "/audit", "/health", "/metrics")
ELSEWHERE: Final = "other"
"""Paths are a caller's own words: only these beginnings are told apart."""
ANSWERED, PARTIAL = "OK", "PARTIAL"


class Traffic:
    """What has passed since the start: requests by address and status, answers by their outcome.

    Used by one event loop alone.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds = {address: Histogram() for address in (*ADDRESSES, ELSEWHERE)}
        self.answers: Counter[str] = Counter()
        self.open_requests = 0
        self.open_streams = 0

    def begun(self) -> None:
        """Count a request that came in."""
        self.open_requests += 1

    def ended(self, path: str, status: int, seconds: float) -> None:
        """Count a request that was answered, or left; status 0 where nothing was answered."""
        address = address_of(path)
        self.open_requests -= 1
        self.requests[address, status] += 1
        self.seconds[address].observe(seconds)

    def counted(self, pipeline: Pipeline) -> Pipeline:
        """Return the ways of the data graph, what comes out of them counted."""

        async def answer(question: Question) -> Answer:
            return self._taken(await pipeline.answer(question))

        async def refuse(question: Question, error: GovGraphError) -> Answer:
            return self._taken(await pipeline.refuse(question, error))

        return Pipeline(answer, refuse)

    def _taken(self, answer: Answer) -> Answer:
        if answer.flow is not None:
            return replace(answer, flow=self._streamed(answer.flow))
        self.answers[outcome_of(answer)] += 1
        return answer

    def _streamed(self, flow: Flow) -> Flow:
        async def counted(write: Write) -> Answer:
            self.open_streams += 1
            try:
                rest = await flow(write)
            finally:
                self.open_streams -= 1
            self.answers[outcome_of(rest, begun=True)] += 1
            return rest

        return counted


def address_of(path: str) -> str:
    """Return which of the addresses a path belongs to."""
    return next((one for one in ADDRESSES if path == one or path.startswith(f"{one}/")), ELSEWHERE)


def outcome_of(answer: Answer, *, begun: bool = False) -> str:
    """Return `OK`, `PARTIAL` where some fields have errors, or the code of a refusal."""
    if not answer.errors:
        return ANSWERED
    if begun or answer.data is not None:
        return PARTIAL
    return str(answer.errors[0].get("extensions", {}).get("code", "INTERNAL"))
