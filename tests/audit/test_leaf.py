"""The leaf: canonical bytes, small, and silent about values."""

import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import RecordInvalidError, RecordTooLargeError
from audit.leaf import LARGEST, encoded, leaf_bytes, leaf_document
from audit.record import AccessRecord, Coordinates, ManagementRecord, Outcome, Part, SystemRecord
from audit.subjects import SealedList
from govgraph.canonical import canonical

NAMES = st.text(max_size=12)
LISTS = st.lists(NAMES, max_size=4).map(tuple)
COORDINATES = st.builds(Coordinates, LISTS, LISTS, st.dictionaries(NAMES, NAMES, max_size=3), LISTS, LISTS)
RECORDS = st.one_of(
    st.builds(
        AccessRecord,
        receipt=NAMES,
        time=NAMES,
        request=NAMES,
        outcome=st.sampled_from(Outcome),
        case_number=NAMES,
        grants=LISTS,
        catalog=st.integers(0, 2**53 - 1),
        coordinates=COORDINATES,
        rows=st.dictionaries(NAMES, st.integers(0, 9), max_size=3),
        part=st.sampled_from(Part),
    ),
    st.builds(SystemRecord, NAMES, NAMES, NAMES, st.dictionaries(NAMES, NAMES, max_size=3)),
)


@given(RECORDS)
def test_every_leaf_is_canonical_json(record: AccessRecord | SystemRecord) -> None:
    leaf = leaf_bytes(record)
    assert leaf == canonical(json.loads(leaf))
    assert leaf == canonical(leaf_document(record))


def test_a_leaf_reads_as_it_is_documented() -> None:
    record = AccessRecord(
        "r1",
        "2026-06-30T01:02:03.000004Z",
        "q1",
        Outcome.PARTIAL,
        coordinates=Coordinates(asked=("Person.name",), masked={"Person.name": "NM"}),
        rows={"Person": 1},
        level="L3",
        codes=("SOURCE_TIMEOUT",),
    )
    assert json.loads(leaf_bytes(record, SealedList(2, b"\1" * 32, b""))) == {
        "format": 1,
        "kind": "access",
        "receipt": "r1",
        "time": "2026-06-30T01:02:03.000004Z",
        "request": "q1",
        "outcome": "partial",
        "coordinates": {"asked": ["Person.name"], "masked": {"Person.name": "NM"}},
        "rows": {"Person": 1},
        "level": "L3",
        "codes": ["SOURCE_TIMEOUT"],
        "subjects_list": {"count": 2, "digest": "01" * 32},
    }


def test_each_kind_of_record_says_what_it_is() -> None:
    management = ManagementRecord("r", "t", "q", "grant.put", "intent", Outcome.ANSWERED)
    assert leaf_document(management)["kind"] == "management"
    assert leaf_document(SystemRecord("r", "t", "server.started"))["kind"] == "system"


def test_only_parts_of_a_stream_name_their_part(record: Callable[[int], AccessRecord]) -> None:
    assert "part" not in leaf_document(record(1))
    assert leaf_document(AccessRecord("r", "t", "q", Outcome.ANSWERED, part=Part.END))["part"] == "end"


def test_mappings_of_any_kind_are_written() -> None:
    record = SystemRecord("r", "t", "e", MappingProxyType({"size": "1"}))
    assert json.loads(leaf_bytes(record))["detail"] == {"size": "1"}


def test_names_beyond_the_basic_plane_are_ordered_by_code_units() -> None:
    document = {"\ufb33": 1, "\U0001f600": 2}
    assert list(json.loads(encoded(document))) == ["\U0001f600", "\ufb33"]


@pytest.mark.parametrize("rows", [{"Person": 1.0}, {"Person": 2**53}, {1: 1}, {"\ud800": 1}])
def test_a_record_without_a_canonical_form_is_refused(rows: Any) -> None:
    with pytest.raises(RecordInvalidError) as refusal:
        leaf_bytes(AccessRecord("r", "t", "q", Outcome.ANSWERED, rows=rows))
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__


def test_a_leaf_of_65535_bytes_is_written_and_a_longer_one_refused() -> None:
    room = LARGEST - len(leaf_bytes(SystemRecord("r", "t", "e")))
    assert len(leaf_bytes(SystemRecord("r", "t", "e" * (room + 1)))) == 65_535
    with pytest.raises(RecordTooLargeError) as refusal:
        leaf_bytes(SystemRecord("r", "t", "e" * (room + 2)))
    assert (refusal.value.code, refusal.value.status) == ("RECORD_TOO_LARGE", 400)
