"""The address `/metrics`, in the text that Prometheus reads, and who may read it."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Any, Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.errors import UnauthenticatedError
from auth.roles import Duty
from govgraph.errors import GovGraphError
from govgraph.measuring import Histogram
from server.control.access import Session
from server.control.records import Recorder
from server.errors import NotFoundError
from server.metrics.families import METRICS, Kind, Metric, Observed, Row
from server.metrics.traffic import Traffic
from server.parts import Platform
from server.responses import refusal

PASSED_ON: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers of a proxy: what came through one is not from this machine, though its connection is."""


def routes(platform: Platform, traffic: Traffic) -> list[Route]:
    """Return the address; none where the setting is `off`."""
    registry = CollectorRegistry()
    registry.register(_Readings(Observed(platform, traffic)))
    ProcessCollector(registry=registry)

    async def metrics(request: Request) -> Response:
        try:
            await _admit(platform, request)
        except GovGraphError as error:
            response = refusal(error)
            if isinstance(error, UnauthenticatedError):
                response.headers["WWW-Authenticate"] = error.challenge
            return response
        encoder, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encoder(registry), headers={"Content-Type": kind})

    return [Route("/metrics", metrics, methods=["GET"])]


async def _admit(platform: Platform, request: Request) -> None:
    """Return where the caller may read: from this machine, or with a token that carries `read-status`.

    A reading is not recorded, it shows no data and comes every few seconds; a refused client's is.
    """
    setting = platform.settings.metrics
    if setting == "off":
        raise NotFoundError("There is nothing at this address")
    if setting == "local" and _from_here(request):
        return
    principal = await platform.tokens.principal(request.headers.get("authorization", ""))
    address = request.client.host if request.client else ""
    recorder = Recorder(platform.log, platform.clock, request.state.request_id, address, principal)
    await Session(platform, principal, recorder).allow(Duty.READ_STATUS)


def _from_here(request: Request) -> bool:
    """Return whether a request comes from this machine itself, and through no proxy."""
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class _Readings(Collector):
    """Reads every metric when it is asked."""

    def __init__(self, seen: Observed) -> None:
        self._seen = seen

    def describe(self) -> Iterable[Any]:
        """Return nothing: names are checked by a test, not by reading at registration."""
        return ()

    def collect(self) -> Iterator[Any]:
        """Yield what Prometheus calls a metric family, one for each metric."""
        for metric in METRICS:
            yield _family(metric, metric.read(self._seen))


def _family(metric: Metric, rows: Iterable[Row]) -> Any:
    if metric.kind is Kind.HISTOGRAM:
        spread = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
        for labels, value in rows:
            if isinstance(value, Histogram):
                spread.add_metric(labels, list(_buckets(value)), value.total)
        return spread
    made = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    plain = made(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in rows:
        if not isinstance(value, Histogram):
            plain.add_metric(labels, value)
    return plain


def _buckets(histogram: Histogram) -> Iterator[tuple[str, float]]:
    """Yield upper bounds and how many values were at most that, as Prometheus counts them."""
    below = 0
    for bound, count in zip((*histogram.bounds, "+Inf"), tuple(histogram.counts), strict=True):
        below += count
        yield str(bound), below
