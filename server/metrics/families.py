"""Every metric there is: its name, what it tells, and where it is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Final

from connectors.breaker import Circuit, GuardState
from connectors.guard import guard_meter, guard_state
from govgraph.cache import BoundedCache
from govgraph.measuring import Histogram, Meter
from server.metrics.traffic import Traffic
from server.parts import Platform
from server.publishing import OPEN

Value = float | Histogram
Row = tuple[tuple[str, ...], Value]


class Kind(StrEnum):
    """How a metric moves: up only, up and down, or as a spread of values."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Observed:
    """What metrics are read from."""

    platform: Platform
    traffic: Traffic

    def guards(self) -> Iterator[tuple[str, GuardState, Meter]]:
        """Yield each department with the state of the guard before its source, and what that counted."""
        for department, connector in self.platform.publisher.snapshot().connectors.items():
            state, meter = guard_state(connector), guard_meter(connector)
            if state is not None and meter is not None:
                yield department, state, meter

    def caches(self) -> Mapping[str, BoundedCache[Any]]:
        """Return the caches of the pipeline by name."""
        kept = self.platform.rooms.caches
        return {
            "schemas": kept.schemas,
            "documents": kept.documents,
            "plans": kept.plans,
            "permissions": kept.permissions,
            "introspection": kept.descriptions.kept,
            "clients": self.platform.auth.known,
        }


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. Every label has few values, all of them the platform's own words."""

    name: str
    kind: Kind
    meaning: str
    read: Callable[[Observed], Iterable[Row]]
    labels: tuple[str, ...] = ()


def _one(value: Callable[[Observed], Value]) -> Callable[[Observed], Iterable[Row]]:
    return lambda seen: [((), value(seen))]


def _each(value: Callable[[GuardState, Meter], Value]) -> Callable[[Observed], Iterable[Row]]:
    """Return a reading with one row for each department."""
    return lambda seen: [((name,), value(state, meter)) for name, state, meter in seen.guards()]


def _reads(seen: Observed) -> Iterable[Row]:
    for name, _, meter in seen.guards():
        for outcome, count in meter.outcomes.items():
            yield (name, outcome), count


def _circuits(seen: Observed) -> Iterable[Row]:
    for name, state, _ in seen.guards():
        for circuit in Circuit:
            yield (name, circuit.value), float(state.circuit is circuit)


def _requests(seen: Observed) -> Iterable[Row]:
    for (address, status), count in seen.traffic.requests.items():
        yield (address, str(status)), count


def _opened(seen: Observed) -> Iterable[Row]:
    for name, state in seen.platform.publisher.states().items():
        yield (name,), float(state == OPEN)


COUNTER, GAUGE, HISTOGRAM = Kind
SOURCE = ("source",)

METRICS: Final = (
    Metric(
        "govgraph_build",
        GAUGE,
        "Always 1; the label tells the version that runs.",
        lambda _: [((version("govgraph"),), 1)],
        ("version",),
    ),
    Metric(
        "govgraph_http_requests_total",
        COUNTER,
        "Requests that were answered, by the beginning of their address and by HTTP status; status 0: the "
        "client left before.",
        _requests,
        ("address", "status"),
    ),
    Metric(
        "govgraph_http_request_seconds",
        HISTOGRAM,
        "How long requests took, from the first byte of the head to the last of the answer.",
        lambda seen: [((address,), kept) for address, kept in seen.traffic.seconds.items()],
        ("address",),
    ),
    Metric(
        "govgraph_http_requests_open",
        GAUGE,
        "Requests that are being answered.",
        _one(lambda seen: seen.traffic.open_requests),
    ),
    Metric(
        "govgraph_answers_total",
        COUNTER,
        "Questions to the data graph by outcome: `OK`, `PARTIAL` where some fields are null with an error, "
        "or the code of the refusal. `LOOKUP_QUOTA_EXCEEDED` are the refusals for quotas.",
        lambda seen: [((outcome,), count) for outcome, count in seen.traffic.answers.items()],
        ("outcome",),
    ),
    Metric(
        "govgraph_tokens_issued_total",
        COUNTER,
        "Access tokens that were issued.",
        _one(lambda seen: seen.traffic.requests["/oauth", 200]),
    ),
    Metric(
        "govgraph_streams_open",
        GAUGE,
        "Answers that are leaving batch by batch.",
        _one(lambda seen: seen.traffic.open_streams),
    ),
    Metric(
        "govgraph_source_open",
        GAUGE,
        "1 where the source could be opened when its manifest was published or the server started.",
        _opened,
        SOURCE,
    ),
    Metric(
        "govgraph_source_reads_total",
        COUNTER,
        "Reads of a source by outcome: `OK`, `LEFT` where the reader went away, or the code of the error.",
        _reads,
        (*SOURCE, "outcome"),
    ),
    Metric(
        "govgraph_source_read_seconds",
        HISTOGRAM,
        "How long reads of a source took, waiting included.",
        _each(lambda _, meter: meter.seconds),
        SOURCE,
    ),
    Metric(
        "govgraph_source_reads_working",
        GAUGE,
        "Reads that a source is working at.",
        _each(lambda state, _: state.working),
        SOURCE,
    ),
    Metric(
        "govgraph_source_reads_waiting",
        GAUGE,
        "Reads that wait for a place at the source.",
        _each(lambda state, _: state.waiting),
        SOURCE,
    ),
    Metric(
        "govgraph_source_circuit",
        GAUGE,
        "1 for the state that the circuit is in: `closed`, `open` (nobody asks), `trial` (one read may try).",
        _circuits,
        (*SOURCE, "circuit"),
    ),
    Metric(
        "govgraph_source_refused_total",
        COUNTER,
        "Reads that were refused because the circuit was open.",
        _each(lambda state, _: state.refused),
        SOURCE,
    ),
    Metric(
        "govgraph_source_second_tries_total",
        COUNTER,
        "Reads that were tried a second time.",
        _each(lambda state, _: state.second_tries),
        SOURCE,
    ),
    Metric(
        "govgraph_log_records",
        GAUGE,
        "Records in the log, as its last checkpoint says.",
        _one(lambda seen: seen.platform.log.size),
    ),
    Metric(
        "govgraph_log_batch_records",
        HISTOGRAM,
        "Records that were made durable together.",
        _one(lambda seen: seen.platform.log.meter.sizes),
    ),
    Metric(
        "govgraph_log_commit_seconds",
        HISTOGRAM,
        "How long it took to make a batch of records durable.",
        _one(lambda seen: seen.platform.log.meter.seconds),
    ),
    Metric(
        "govgraph_log_writable",
        GAUGE,
        "1 while records can be written. At 0 no data leaves: page somebody.",
        _one(lambda seen: float(seen.platform.log.writable)),
    ),
    Metric(
        "govgraph_log_poisoned",
        GAUGE,
        "1 after a failed sync: the log refuses everything until a restart.",
        _one(lambda seen: float(seen.platform.log.poisoned)),
    ),
    Metric(
        "govgraph_cache_entries",
        GAUGE,
        "Entries in a cache.",
        lambda seen: [((name,), len(kept.entries)) for name, kept in seen.caches().items()],
        ("cache",),
    ),
    Metric(
        "govgraph_cache_weight",
        GAUGE,
        "Declared weight of all entries in a cache: tokens of documents and plans, resources of schemas, "
        "rights of permissions, bytes of introspection.",
        lambda seen: [((name,), kept.held) for name, kept in seen.caches().items()],
        ("cache",),
    ),
    Metric(
        "govgraph_shared_state_answers",
        GAUGE,
        "1 while the state that replicas share answers this one; in memory it always does.",
        _one(lambda seen: float(seen.platform.replica.answers)),
    ),
    Metric(
        "govgraph_catalog_version",
        GAUGE,
        "Version of the catalog that queries beginning now work on.",
        _one(lambda seen: seen.platform.publisher.snapshot().catalog.version),
    ),
    Metric(
        "govgraph_catalog_resources",
        GAUGE,
        "Resources in that catalog.",
        _one(lambda seen: len(seen.platform.publisher.snapshot().catalog.resources)),
    ),
)
"""All metrics, in the order of the page. `docs/reference/metrics.md` is written from it."""
