"""Compares what servers answer, before anything is timed: whoever answers something else is out."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from benchmarks.standing import Standing
from benchmarks.workloads.questions import Workload


class DifferentAnswerError(Exception):
    """A server answers something else than it should."""


def data_of(server: Standing, http: httpx2.Client, workload: Workload, variant: int) -> Any:
    """Return the data of an answer, lists bare. Raises `DifferentAnswerError` where there are errors."""
    answer = server.ask(http, workload, variant)
    body = answer.json() if answer.headers.get("content-type", "").startswith("application/") else {}
    if answer.status_code != 200 or "errors" in body or not body.get("data"):
        text = answer.text[:300]
        raise DifferentAnswerError(f"{server.contestant.title} answers {workload.name} with {text}")
    return plain(body["data"])


def plain(value: Any) -> Any:
    """Return JSON with every connection as the list of its nodes: how a graph pages is its own affair."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        if list(value) == ["nodes"]:
            return plain(value["nodes"])
        return {name: plain(one) for name, one in value.items()}
    return value


def differs(expected: Any, found: Any, place: str = "data") -> str:
    """Return where two values begin to differ; '' where they are equal."""
    if type(expected) is not type(found):
        return f"{place}: {expected!r:.60} and {found!r:.60}"
    if isinstance(expected, Mapping):
        if expected.keys() != found.keys():
            return f"{place}: members {sorted(expected)} and {sorted(found)}"
        return first(differs(expected[name], found[name], f"{place}.{name}") for name in expected)
    if isinstance(expected, list):
        if len(expected) != len(found):
            return f"{place}: {len(expected)} and {len(found)} entries"
        pairs = enumerate(zip(expected, found, strict=True))
        return first(differs(one, other, f"{place}[{n}]") for n, (one, other) in pairs)
    return "" if expected == found else f"{place}: {expected!r:.60} and {found!r:.60}"


def first(found: Any) -> str:
    """Return the first text that is not empty, or ''."""
    return next(filter(None, found), "")


def compare(servers: Sequence[Standing], workload: Workload, http: httpx2.Client) -> int:
    """Ask all of them with the first, the middle and the last variables; return how many answers were equal.

    Raises `DifferentAnswerError` naming the first difference.
    """
    count = len(workload.variants)
    for variant in sorted({0, count // 2, count - 1}):
        expected = data_of(servers[0], http, workload, variant)
        for server in servers[1:]:
            difference = differs(expected, data_of(server, http, workload, variant))
            if difference:
                raise DifferentAnswerError(
                    f"{workload.name}: {servers[0].contestant.title} and {server.contestant.title} "
                    f"differ at {difference}"
                )
    return len(servers)
