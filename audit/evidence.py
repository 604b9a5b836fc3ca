"""The evidence package (证据包) of one receipt: everything an outsider needs to check it, in one file.

A zip of plain files, always the same bytes for the same record under the same checkpoint:

    README.txt                  how to check it, with this program and with another
    audit.vkey                  the verifier key, to be compared with the one handed over on paper
    checkpoint                  the signed note under which the proofs stand
    records/INDEX.json          a leaf of the receipt, byte for byte
    records/INDEX.tlog-proof    its proof of inclusion (C2SP tlog-proof)
    operation.graphql           the document that was asked, literals removed; the leaf holds its hash
    page.html                   the same for people, in Chinese and English, made from the records alone
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from audit import checkpoint
from audit.errors import EvidenceInvalidError
from audit.evidence_page import PAGE, README, Shown, page
from audit.note import Verifier, read_verifier
from audit.proofs import prove, read_proof
from audit.store import Row
from audit.tiles import TreeSource
from audit.tree import leaf_hash
from govgraph.digests import hex_digest

KEY, CHECKPOINT, OPERATION, GUIDE = "audit.vkey", "checkpoint", "operation.graphql", "README.txt"
RECORD: Final = re.compile(r"records/(0|[1-9]\d{0,17})\.json", re.ASCII)
LARGEST: Final = 64 * 1024 * 1024
EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class EvidenceSource(TreeSource, Protocol):
    """A log whose records can be found: the running one, or a copy of its folder."""

    async def rows(self, receipt: str) -> Sequence[Row]:
        """Return every leaf of a receipt in order."""

    async def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A package that was found sound: whose receipt, which records, under which checkpoint."""

    receipt: str
    positions: tuple[int, ...]
    origin: str
    size: int
    root: str
    key: str


async def build(source: EvidenceSource, receipt: str, verifier_key: str) -> bytes | None:
    """Return the package of a receipt, or None where no signed record carries it."""
    verifier = read_verifier(verifier_key)
    rows = await source.rows(receipt)
    note = await source.note()
    signed = checkpoint.read(note, verifier)
    rows = [row for row in rows if row.position < signed.size]
    if not rows:
        return None
    files = {KEY: f"{verifier.text}\n", CHECKPOINT: note, GUIDE: README}
    for row in rows:
        proof = await prove(source, row.position, note, verifier)
        proof.check(leaf_hash(row.leaf), verifier)
        files |= {_record(row.position): row.leaf.decode(), _proof(row.position): proof.text}
    document = await source.operation(orjson.loads(rows[-1].leaf).get("operation", ""))
    if document is not None:
        files[OPERATION] = document
    files[PAGE] = page(Shown(signed, [(row.position, row.leaf) for row in rows], document or ""))
    return _packed(files)


def check(package: bytes, verifier_key: str = "") -> Evidence:
    """Return what a package proves. Without a key, its own is used and proves nothing about whose it is.

    Raises `EvidenceInvalidError` naming the file that does not hold, and what a bad proof raises.
    """
    files = _unpacked(package)
    verifier = read_verifier(verifier_key or _text(files, KEY))
    note = _text(files, CHECKPOINT)
    signed = checkpoint.read(note, verifier)
    leaves = {int(found[1]): files[name] for name in files if (found := RECORD.fullmatch(name))}
    if not leaves:
        raise EvidenceInvalidError("The evidence package holds no record")
    records = [_proven(files, index, verifier, note) for index in sorted(leaves)]
    receipts = {str(record.get("receipt", "")) for record in records}
    if len(receipts) != 1:
        raise EvidenceInvalidError("The records of the evidence package are not all of one receipt")
    document = _operation(files, records)
    shown = Shown(signed, sorted(leaves.items()), document)
    _same(files, {PAGE: page(shown), GUIDE: README, KEY: f"{verifier.text}\n"})
    expected = {KEY, CHECKPOINT, GUIDE, PAGE, *map(_record, leaves), *map(_proof, leaves)}
    stray = sorted(files.keys() - expected - ({OPERATION} if document else set()))
    if stray:
        raise EvidenceInvalidError("The evidence package holds a file that nothing proves", where=stray[0])
    root = checkpoint.encoded_root(signed.root)
    return Evidence(receipts.pop(), tuple(sorted(leaves)), signed.origin, signed.size, root, verifier.text)


def _record(index: int) -> str:
    return f"records/{index}.json"


def _proof(index: int) -> str:
    return f"records/{index}.tlog-proof"


def _proven(files: Mapping[str, bytes], index: int, verifier: Verifier, note: str) -> Mapping[str, Any]:
    """Return a record whose leaf, by its proof, stands at its index under the package's checkpoint."""
    leaf, proof = files[_record(index)], read_proof(_text(files, _proof(index)))
    if proof.index != index or proof.checkpoint != note:
        raise EvidenceInvalidError("A proof is of another record or checkpoint", where=_proof(index))
    proof.check(leaf_hash(leaf), verifier)
    record = orjson.loads(leaf)
    if not isinstance(record, dict):
        raise EvidenceInvalidError("A leaf of the evidence package is no record", where=_record(index))
    return record


def _operation(files: Mapping[str, bytes], records: Sequence[Mapping[str, Any]]) -> str:
    """Return the document that the records name by its hash; empty where they name none."""
    named = str(records[-1].get("operation", ""))
    if not named:
        return ""
    document = _text(files, OPERATION)
    if hex_digest(document.encode()) != named:
        raise EvidenceInvalidError("The document is not the one that the record names", where=OPERATION)
    return document


def _same(files: Mapping[str, bytes], made: Mapping[str, str]) -> None:
    """Raise where a file says something else than what the proven records give."""
    for name, text in made.items():
        if _text(files, name) != text:
            raise EvidenceInvalidError("A file says something else than the proven records", where=name)


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode()
    except (KeyError, UnicodeDecodeError):
        raise EvidenceInvalidError(
            "A file of the evidence package is missing or damaged", where=name
        ) from None


def _packed(files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def _unpacked(package: bytes) -> dict[str, bytes]:
    damaged = EvidenceInvalidError("The file is not an evidence package")
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(names) != len(entries) or sum(entry.file_size for entry in entries) > LARGEST:
                raise damaged
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise damaged from None
