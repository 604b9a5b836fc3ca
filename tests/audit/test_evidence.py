"""Evidence packages: sound ones pass offline, and whatever is changed in one is named."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit import checkpoint, note
from audit.backup import back_up
from audit.copied import CopiedLog
from audit.errors import (
    EvidenceInvalidError,
    LogCheckpointInvalidError,
    LogKeyChangedError,
    ProofInvalidError,
)
from audit.evidence import build, check
from audit.evidence_page import decision
from audit.log import Log
from audit.record import AccessRecord, ManagementRecord, Outcome, SubjectList
from govgraph.errors import GovGraphError

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]
Edit = Callable[[dict[str, bytes]], None]


@pytest.fixture
async def filled(log: Log, record: MakeRecord, operation: tuple[str, str]) -> Log:
    for number in range(20):
        asked = replace(record(number), operation=operation[0], end_user="<script>alert(1)</script>")
        await log.append(asked, SubjectList(("a",)), operation=operation)
    for phase, outcome in (("intent", Outcome.PENDING), ("outcome", Outcome.ANSWERED)):
        await log.append(ManagementRecord("change", "2026-06-30T01:02:03Z", "r", "grant.put", phase, outcome))
    return log


async def package_of(log: Log, receipt: str) -> bytes:
    package = await build(log, receipt, log.verifier_key)
    assert package is not None
    return package


def files_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


async def test_a_package_is_verified_offline_with_the_key_from_paper(filled: Log) -> None:
    package = await package_of(filled, "receipt-7")
    found = check(package, filled.verifier_key)
    assert (found.receipt, found.positions, found.size) == ("receipt-7", (7,), 22)
    assert check(package).key == filled.verifier_key


async def test_a_change_brings_its_intent_and_its_outcome(filled: Log) -> None:
    assert check(await package_of(filled, "change")).positions == (20, 21)


async def test_the_same_record_under_the_same_checkpoint_gives_the_same_bytes(filled: Log) -> None:
    assert await package_of(filled, "receipt-7") == await package_of(filled, "receipt-7")


async def test_an_unknown_receipt_has_no_package(filled: Log) -> None:
    assert await build(filled, "nobody", filled.verifier_key) is None


async def test_a_copied_folder_gives_the_same_package(filled: Log, home: Path) -> None:
    await back_up(filled, home / "copy")
    copied = await build(CopiedLog(home / "copy" / "audit"), "receipt-7", filled.verifier_key)
    assert copied == await package_of(filled, "receipt-7")


async def test_the_page_says_the_decision_in_both_languages_and_runs_nothing(filled: Log) -> None:
    page = files_of(await package_of(filled, "receipt-7"))["page.html"].decode()
    assert "ZM-HOUSE-BUY" in page
    assert "已答复" in page
    assert "answered" in page
    assert "family name" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page


def changed_leaf(files: dict[str, bytes]) -> None:
    files["records/7.json"] = files["records/7.json"].replace(b"yiwu", b"jinh")


def moved_record(files: dict[str, bytes]) -> None:
    files["records/8.json"] = files.pop("records/7.json")
    files["records/8.tlog-proof"] = files.pop("records/7.tlog-proof")


def changed_page(files: dict[str, bytes]) -> None:
    files["page.html"] = files["page.html"].replace("已答复".encode(), "已拒绝".encode())


def changed_document(files: dict[str, bytes]) -> None:
    files["operation.graphql"] = b"{ nothing }"


def changed_guide(files: dict[str, bytes]) -> None:
    files["README.txt"] += b"Trust me.\n"


def added_file(files: dict[str, bytes]) -> None:
    files["verdict.txt"] = b"guilty"


def lost_record(files: dict[str, bytes]) -> None:
    del files["records/7.json"]


def lost_proof(files: dict[str, bytes]) -> None:
    del files["records/7.tlog-proof"]


def lost_document(files: dict[str, bytes]) -> None:
    del files["operation.graphql"]


def broken_checkpoint(files: dict[str, bytes]) -> None:
    files["checkpoint"] = files["checkpoint"].replace(b"\n22\n", b"\n23\n")


def no_text(files: dict[str, bytes]) -> None:
    files["page.html"] = b"\xff\xfe"


@pytest.mark.parametrize(
    ("edit", "error", "where"),
    [
        (changed_leaf, ProofInvalidError, ""),
        (moved_record, EvidenceInvalidError, "records/8.tlog-proof"),
        (changed_page, EvidenceInvalidError, "page.html"),
        (changed_document, EvidenceInvalidError, "operation.graphql"),
        (changed_guide, EvidenceInvalidError, "README.txt"),
        (added_file, EvidenceInvalidError, "verdict.txt"),
        (lost_record, EvidenceInvalidError, ""),
        (lost_proof, EvidenceInvalidError, "records/7.tlog-proof"),
        (lost_document, EvidenceInvalidError, "operation.graphql"),
        (broken_checkpoint, LogCheckpointInvalidError, ""),
        (no_text, EvidenceInvalidError, "page.html"),
    ],
)
async def test_whatever_is_changed_in_a_package_is_named(
    filled: Log, edit: Edit, error: type[GovGraphError], where: str
) -> None:
    files = files_of(await package_of(filled, "receipt-7"))
    assert check(packed(files), filled.verifier_key)
    edit(files)
    with pytest.raises(error) as refused:
        check(packed(files), filled.verifier_key)
    assert refused.value.where == where


async def test_a_package_signed_by_another_log_is_refused_with_the_key_from_paper(filled: Log) -> None:
    package = await package_of(filled, "receipt-7")
    with pytest.raises(LogKeyChangedError):
        check(package, note.signer(note.make_key()).verifier.text)


async def test_records_of_two_receipts_are_no_package(filled: Log) -> None:
    files = files_of(await package_of(filled, "receipt-7"))
    other = files_of(await package_of(filled, "receipt-8"))
    with pytest.raises(EvidenceInvalidError):
        check(packed({**other, **files}), filled.verifier_key)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_a_file_that_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceInvalidError):
        check(content)


def test_a_package_that_swells_beyond_measure_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", b"0" * (65 * 1024 * 1024))
    with pytest.raises(EvidenceInvalidError):
        check(target.getvalue())


def test_a_platform_event_is_told_as_one() -> None:
    zh, en = decision({"kind": "system", "event": "platform.start"})
    assert "platform.start" in zh
    assert "platform.start" in en


def test_a_leaf_that_is_no_record_is_refused_though_its_proof_holds() -> None:
    signer = note.signer(note.make_key())
    from audit.proofs import InclusionProof  # noqa: PLC0415
    from audit.tree import leaf_hash  # noqa: PLC0415

    signed = checkpoint.sign(1, leaf_hash(b"[]"), signer)
    files = {
        "audit.vkey": signer.verifier.text.encode(),
        "checkpoint": signed.encode(),
        "records/0.json": b"[]",
        "records/0.tlog-proof": InclusionProof(0, (), signed).text.encode(),
    }
    with pytest.raises(EvidenceInvalidError) as refused:
        check(packed(files))
    assert refused.value.where == "records/0.json"
