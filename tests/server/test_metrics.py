"""`/metrics`: what it tells, to whom, and what it never holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from prometheus_client.parser import text_string_to_metric_families

from connectors.breaker import FAILURES
from govgraph.measuring import Histogram
from server.metrics.families import METRICS, Kind
from server.metrics.traffic import ELSEWHERE, address_of
from tests.server.living import Living, living
from tests.server.small_city import CHEN, KEY, LI, NAME

pytestmark = pytest.mark.anyio
ASKED = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} }} }}'
FAR = {"X-Forwarded-For": "10.1.2.3"}


async def scraped(city: Living) -> Mapping[tuple[Any, ...], float]:
    """Return every sample by its name and the values of its labels, in the order of their names."""
    response = await city.http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


async def test_every_metric_is_shown_and_no_other_of_ours(platform: Living) -> None:
    await platform.ask(ASKED)
    text = (await platform.http.get("/metrics")).text
    shown = {
        family.name + ("_total" if family.type == "counter" else ""): family.type
        for family in text_string_to_metric_families(text)
        if family.name.startswith("govgraph_")
    }
    assert shown == {metric.name: metric.kind.value for metric in METRICS}
    assert "process_resident_memory_bytes" in text


def test_names_and_labels_follow_the_conventions_of_prometheus() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    for metric in METRICS:
        assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
        assert not {"client", "grant", "person", "path", "request"} & set(metric.labels)


async def test_answers_are_counted_by_outcome_and_reads_by_source(tmp_path: Path) -> None:
    async with living(tmp_path) as city:
        before = await scraped(city)
        await city.ask(ASKED)
        await city.ask("{ nothing }")
        await city.housing.stop()
        await city.ask(ASKED)
        after = await scraped(city)
        size = city.platform.log.size

    def more(*sample: str) -> float:
        return after.get(sample, 0) - before.get(sample, 0)

    outcomes = ("OK", "FIELD_NOT_AVAILABLE", "PARTIAL")
    assert [more("govgraph_answers_total", one) for one in outcomes] == [1, 1, 1]
    assert more("govgraph_source_reads_total", "OK", "housing-fund") == 1
    assert more("govgraph_source_reads_total", "SOURCE_UNAVAILABLE", "housing-fund") == 1
    assert more("govgraph_source_read_seconds_count", "housing-fund") == 2
    assert more("govgraph_source_second_tries_total", "housing-fund") == 1
    assert more("govgraph_http_requests_total", "/graphql", "200") >= 2
    assert after["govgraph_log_records",] == size
    assert after["govgraph_log_batch_records_sum",] == size
    assert (after["govgraph_log_writable",], after["govgraph_log_poisoned",]) == (1, 0)
    assert more("govgraph_tokens_issued_total") == 3
    assert after["govgraph_shared_state_answers",] == 1
    assert after["govgraph_http_requests_open",] == 1
    assert after["govgraph_cache_entries", "plans"] >= 1


async def test_an_open_circuit_and_waiting_reads_are_told(tmp_path: Path) -> None:
    async with living(tmp_path) as city:
        city.housing.hang()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(city.ask, ASKED)
            await city.housing.asked.wait()
            assert (await scraped(city))["govgraph_source_reads_working", "housing-fund"] == 1
            city.housing.release()
        await city.housing.stop()
        for _ in range(FAILURES + 1):
            await city.ask(ASKED)
        samples = await scraped(city)
    shown = [samples["govgraph_source_circuit", one, "housing-fund"] for one in ("closed", "open", "trial")]
    assert shown == [0, 1, 0]
    assert samples["govgraph_source_refused_total", "housing-fund"] == 1
    assert samples["govgraph_source_circuit", "closed", "medical-insurance"] == 1


async def test_poison_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with living(tmp_path) as city:
        token = await city.token("app-one")

        def failing(_batch: Any) -> None:
            raise OSError(5, "input/output error")

        with monkeypatch.context() as patch:
            patch.setattr(city.platform.log.opened.desk.store, "write", failing)
            await city.ask(ASKED, Authorization=f"Bearer {token}")
        samples = await scraped(city)
    assert (samples["govgraph_log_writable",], samples["govgraph_log_poisoned",]) == (0, 1)
    assert samples["govgraph_answers_total", "LOG_POISONED"] == 1


async def test_no_person_no_client_and_no_address_stands_in_the_metrics(platform: Living) -> None:
    await platform.ask(ASKED)
    await platform.http.get(f"/{CHEN}/{NAME}")
    text = (await platform.http.get("/metrics")).text
    for secret in (CHEN, LI, NAME, KEY, "app-one", "127.0.0.1", "CHECK-ONE"):
        assert secret not in text


async def test_who_is_not_on_this_machine_needs_a_token_of_the_operator(platform: Living) -> None:
    async def status(client: str, **more: str) -> int:
        token = {"Authorization": f"Bearer {await platform.token(client)}"} if client else {}
        return (await platform.http.get("/metrics", headers={**token, **more})).status_code

    assert await status("") == 200
    assert await status("", **FAR) == 401
    assert await status("operator", **FAR) == 200
    assert await status("system-administrator", **FAR) == 200
    for client in ("app-one", "clerk-housing", "reviewer-big-data"):
        assert await status(client, **FAR) == 403


@pytest.mark.parametrize(("setting", "here", "operator"), [("token", 401, 200), ("off", 404, 404)])
async def test_the_setting_closes_the_address(tmp_path: Path, setting: str, here: int, operator: int) -> None:
    async with living(tmp_path, metrics=setting) as city:
        assert (await city.http.get("/metrics")).status_code == here
        token = {"Authorization": f"Bearer {await city.token('operator')}"}
        assert (await city.http.get("/metrics", headers=token)).status_code == operator


def test_an_unknown_path_is_no_label_of_its_own() -> None:
    assert address_of("/oauth/token") == "/oauth"
    assert address_of(f"/graphql{CHEN}") == ELSEWHERE


def test_a_histogram_counts_a_value_at_its_bound_below_it() -> None:
    histogram = Histogram((1, 2))
    for value in (0.5, 1, 1.5, 3):
        histogram.observe(value)
    assert (histogram.counts, histogram.total) == ([2, 1, 1], 6.0)
