"""Looks through an xlsx file before it is opened: what it would become, counted without keeping any of it.

An xlsx file is a ZIP archive (ECMA-376 part 2). Neither the sizes that it states nor the places of
its cells can be believed: a kilobyte may unpack to gigabytes, and one cell in the last row and
column makes a sheet of seventeen thousand million.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

from connectors.errors import FileBrokenError

LARGEST = 512_000_000  # bytes of all members, unpacked
MEMBERS = 10_000
CELLS = 20_000_000  # cells of the rectangle that a sheet spans
PIECE = 1 << 20
LOCAL = struct.Struct("<26xHH")  # of the local file header: the lengths of name and extra field
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
WORKBOOK, OF_PACKAGE, OF_WORKBOOK = "xl/workbook.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"
REMEDY = "Deliver a plain table: one sheet, without stray cells far away; or deliver CSV or Parquet"


def check(content: bytes, name: str) -> None:
    """Return where the file may be opened; raise `FileBrokenError` where it may not."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
        if WORKBOOK not in {member.filename for member in members} or len(members) > MEMBERS:
            raise _refused("The file is not an xlsx workbook", name)
        room = LARGEST
        for member in members:
            room -= _looked_through(content, member, room, name)
    except (zipfile.BadZipFile, zlib.error, struct.error, ET.ParseError, NotImplementedError, ValueError):
        raise _refused("The file is not an xlsx workbook", name) from None


def _looked_through(content: bytes, member: zipfile.ZipInfo, room: int, name: str) -> int:
    """Return how many bytes a member really unpacks to; its sheet is looked through on the way."""
    path = member.filename.lower()
    extent = _Extent(path, name) if path.endswith(".xml") or path in (OF_PACKAGE, OF_WORKBOOK) else None
    size = 0
    for piece in _unpacked(content, member):
        size += len(piece)
        if size > room:
            raise _refused("The file unpacks to more than it may", name)
        if extent is not None:
            extent.feed(piece)
    return size


def _unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member holds, by the bytes that are there and not by the size it states."""
    if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError
    start = member.header_offset + 30
    start += sum(LOCAL.unpack(content[member.header_offset : start]))
    packed = content[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    inflating = zlib.decompressobj(-15)
    while packed and not inflating.eof:
        yield inflating.decompress(packed, PIECE)
        packed = inflating.unconsumed_tail


class _Extent:
    """Counts the rectangle that a sheet's cells span, while the sheet streams by."""

    def __init__(self, path: str, name: str) -> None:
        self._path = path
        self._name = name
        self._row = self._column = self._rows = self._columns = 0
        self._parser = ET.XMLParser(target=self)  # noqa: S314 - keeps nothing, and refuses declared entities

    def feed(self, piece: bytes) -> None:
        """Read on."""
        self._parser.feed(piece)

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """Take note of one element."""
        kind = element.rpartition("}")[2]
        if kind == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif kind == "c":
            self._column += 1
            self._place(attributes.get("r"))
            self._rows = max(self._rows, self._row)
            self._columns = max(self._columns, self._column)
            if self._rows * self._columns > CELLS:
                raise _refused(f"The sheet spans more than {CELLS} cells", self._name)
        elif kind == "Relationship":
            self._follow(attributes.get("Type", ""), attributes.get("Target", "").lower())

    def _follow(self, kind: str, target: str) -> None:
        """Refuse a link to a workbook or sheet that is not looked through, because of its name."""
        elsewhere = kind.endswith("/officeDocument") and target.lstrip("/") != WORKBOOK
        if elsewhere or (self._path == OF_WORKBOOK and not target.endswith(".xml")):
            raise ValueError

    def _place(self, written: str | None) -> None:
        found = PLACE.fullmatch(written) if written else None
        if written and found is None:
            raise ValueError
        if found is not None:
            self._column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(found[1][::-1]))
            self._row = int(found[2])

    def doctype(self, *_arguments: Any) -> None:
        """Refuse the declaration of a document type: entities in it could grow without bound."""
        raise ValueError


def _refused(what: str, name: str) -> FileBrokenError:
    return FileBrokenError(what, where=name, remedy=REMEDY)
