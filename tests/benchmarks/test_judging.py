"""Figures are compared rightly: unequal answers are noticed, growth is told, promises are judged."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.answers import differs, plain
from benchmarks.growth.chart import Chart, svg
from benchmarks.growth.curve import Curve
from benchmarks.load import Request, Tally, wire
from benchmarks.measuring import Terms, medians
from benchmarks.report import keep, text
from benchmarks.verdict import judged
from benchmarks.workloads.questions import workloads
from benchmarks.workloads.scale import SMALL

ONE_RUN = {"p50": 1.0, "p99": 2.0, "server": 100.0, "source": 50.0, "count": 10.0, "wrong": 0.0}


def run(rate: float) -> dict[str, float]:
    """Return what one run counted, with this rate."""
    return {**ONE_RUN, "rate": rate, "server": 1e6 / rate}


def test_connections_and_lists_of_equal_entries_are_equal() -> None:
    assert plain({"persons": {"nodes": [{"name": "a"}]}}) == plain({"persons": [{"name": "a"}]})


@pytest.mark.parametrize(
    ("found", "place"),
    [
        ({"a": [1, 2]}, "data.a[2]"),
        ({"a": [1, 2, 4]}, "data.a[2]"),
        ({"a": [1, 2, "3"]}, "data.a[2]"),
        ({"b": [1, 2, 3]}, "data"),
    ],
)
def test_the_first_difference_is_named(found: object, place: str) -> None:
    told = differs({"a": [1, 2, 3]}, found)
    assert told
    assert told.startswith(place.removesuffix("[2]"))


def test_equal_answers_do_not_differ() -> None:
    assert not differs({"a": [1, None, "3"]}, {"a": [1, None, "3"]})


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_told(power: float) -> None:
    curve = Curve("one", [(work, 3 * work**power) for work in (1, 10, 100, 1000)])
    assert (curve.overall, curve.at_the_end) == (pytest.approx(power), pytest.approx(power))
    assert curve.linear == (power <= 1)


def test_a_steep_end_is_not_hidden_by_a_flat_beginning() -> None:
    curve = Curve("one", [(1, 10.0), (10, 10.0), (100, 10.0), (1000, 10.0), (10_000, 10_000.0)])
    assert curve.overall < 1 < curve.at_the_end
    assert not curve.linear


def test_a_chart_is_well_formed_and_shows_every_point() -> None:
    curve = Curve("one & only", [(1, 0.4), (10, 3.0), (100, 25.0)])
    drawn = ET.fromstring(svg(Chart("Rows < many", "rows", [curve])))
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 3


def test_a_promise_is_held_where_the_median_of_the_rounds_reaches_it() -> None:
    figures = {
        ("W1", "governed"): [run(90.0), run(130.0), run(500.0)],
        ("W1", "postgraphile"): [run(100.0), run(100.0), run(1.0)],
    }
    held = {one.promise.factor: one.held for one in judged(medians(figures))}
    assert held == {1.2: True, 2.0: False}


def test_answers_of_the_warm_up_and_after_the_end_are_not_counted() -> None:
    tally = Tally(begin=10.0, seconds=1.0)
    for now in (9.0, *(10.0 + n / 40 for n in range(60)), 12.0):
        tally.count(now - 0.01, now, right=now < 11.3)
    assert tally.over == pytest.approx(11.175)
    assert (len(tally.latencies), tally.wrong) == (48, 0)


def test_a_request_on_the_wire_says_its_length_in_bytes() -> None:
    request = Request("http://127.0.0.1:1/graphql", {"Purpose": "X"}, ["陈"], 0, 1, 1.0)
    assert wire(request, "陈").endswith(b"Content-Length: 3\r\nPurpose: X\r\n\r\n\xe9\x99\x88")


def test_the_report_names_who_could_not_be_measured_and_keeps_every_round(tmp_path: Path) -> None:
    figures = {("W1", "bare"): [run(50.0), run(60.0)], ("W1", "handwritten"): [run(100.0), run(100.0)]}
    written = text(figures, workloads(SMALL)[:1], Terms(1, 2, 16), {"mercurius": "npm is not there"})
    assert "npm is not there" in written
    assert "at least 0.7 x hand-written ASGI: 0.55 x" in written
    keep(tmp_path, "figures", written, figures)
    kept = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert [len(one["rounds"]) for one in kept["figures"]] == [2, 2]
