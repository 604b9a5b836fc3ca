"""Exported records are checked without server or network, and nothing of them can be changed unnoticed."""

from collections.abc import Callable

import orjson
import pytest

from audit import note
from audit.errors import ExportInvalidError
from audit.export import check_export, head_line, record_line
from audit.log import Log
from audit.note import read_verifier
from audit.proofs import inclusion_path
from audit.record import AccessRecord, SubjectList

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]


async def exported(log: Log, record: MakeRecord, chosen: tuple[int, ...] = (6, 3, 0)) -> bytes:
    for number in range(7):
        await log.append(record(number), SubjectList((f"p{number}",)))
    lines = [head_line(log.checkpoint())]
    for index in chosen:
        leaf = orjson.loads((await log.entries(index, 1))[0])
        lines.append(record_line(index, leaf, await inclusion_path(log, index, log.size)))
    return b"".join(lines)


async def test_an_export_is_sound_by_itself(log: Log, record: MakeRecord) -> None:
    found = check_export(await exported(log, record), read_verifier(log.verifier_key))
    assert (found.records, found.size) == (3, 7)


async def test_an_export_of_nothing_is_sound(log: Log, record: MakeRecord) -> None:
    found = check_export(await exported(log, record, ()), read_verifier(log.verifier_key))
    assert found.records == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"yiwu-service-hall", b"yiwu-service-halL"),
        (b'"index":3', b'"index":4'),
        (b'"subject_total":3', b'"subject_total":2'),
        (b'"path":["', b'"path":["AAAA","'),
    ],
)
async def test_whatever_is_changed_in_a_record_is_found_with_its_line(
    log: Log, record: MakeRecord, old: bytes, new: bytes
) -> None:
    content = await exported(log, record)
    head, _, rest = content.partition(b"\n")
    assert old in rest
    with pytest.raises(ExportInvalidError) as found:
        check_export(head + b"\n" + rest.replace(old, new, 1), read_verifier(log.verifier_key))
    assert found.value.where in {"line 2", "line 3"}


@pytest.mark.parametrize("content", [b"", b"{}", b"[]\n", b"nothing\n{}", b'{"checkpoint": 5}\n'])
async def test_what_is_no_export_is_refused(log: Log, content: bytes) -> None:
    with pytest.raises(ExportInvalidError):
        check_export(content, read_verifier(log.verifier_key))


async def test_an_export_signed_with_another_key_is_refused(log: Log, record: MakeRecord) -> None:
    other = note.signer(note.make_key()).verifier
    with pytest.raises(ExportInvalidError) as found:
        check_export(await exported(log, record), other)
    assert found.value.where == "line 1"


async def test_a_line_that_is_no_record_is_refused(log: Log, record: MakeRecord) -> None:
    content = await exported(log, record)
    for line in (b"{}\n", b"\n\n", b'{"index": -1, "leaf": {}, "path": []}\n', b"["):
        with pytest.raises(ExportInvalidError):
            check_export(content + line, read_verifier(log.verifier_key))
