"""What a leaf of the log says. Never a value, never a key, never a name of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FORMAT = 1


class Outcome(StrEnum):
    """How the request ended for its caller; an intent is pending until its outcome is recorded."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    REFUSED = "refused"
    FAILED = "failed"
    PENDING = "pending"


class Part(StrEnum):
    """A streamed answer has a begin, parts and an end; every other is whole."""

    WHOLE = "whole"
    BEGIN = "begin"
    PART = "part"
    END = "end"


@dataclass(frozen=True, slots=True)
class Coordinates:
    """The fields of an access, by what happened to them; all are sorted coordinates `Type.field`.

    `masked` names the mask by coordinate; `used_in_predicate` were held against a value of the
    caller; `used_by_policy` were read for a row filter, a mask's exception, a link or a subject count.
    `aggregated` were counted or summed up, no single value of them was shown for it.
    `refused` exist in the catalog and were asked for without a right.
    """

    asked: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    masked: Mapping[str, str] = field(default_factory=dict)
    used_in_predicate: tuple[str, ...] = ()
    used_by_policy: tuple[str, ...] = ()
    aggregated: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectList:
    """Persons seen and keys looked up, in normal form; digested and sealed beside the leaf, never in it."""

    subjects: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One access to the data graph, granted or refused.

    Counts are by type name. `subject_total` counts distinct persons over all types.
    `operation` is the SHA-256 of the document without its literals, in hex; empty where none was read.
    `bulk` are the grants whose bulk right the answer took: it holds more rows than others may have.
    `keys_in_sequence` counts the keys looked up that follow closely, up or down, on another that the same
    end user of the client tried before; it says neither which nor by how much.
    """

    receipt: str
    time: str
    request: str
    outcome: Outcome
    address: str = ""
    client: str = ""
    role: str = ""
    end_user: str = ""
    assurance: str = ""
    case_number: str = ""
    department: str = ""
    purpose: str = ""
    grants: tuple[str, ...] = ()
    policy: str = ""
    catalog: int = 0
    operation: str = ""
    coordinates: Coordinates = field(default_factory=Coordinates)
    rows: Mapping[str, int] = field(default_factory=dict)
    subjects: Mapping[str, int] = field(default_factory=dict)
    subject_total: int = 0
    level: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    bulk: tuple[str, ...] = ()
    part: Part = Part.WHOLE
    keys_in_sequence: int = 0


@dataclass(frozen=True, slots=True)
class ManagementRecord:
    """A change of catalog, client, grant or key: `intent` before it commits, `outcome` after.

    `subject` names the thing changed by its identifier; `detail` holds counts, versions and codes.
    """

    receipt: str
    time: str
    request: str
    event: str
    phase: str
    outcome: Outcome
    client: str = ""
    role: str = ""
    address: str = ""
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SystemRecord:
    """Start, stop, reload, verification: what the platform did by itself."""

    receipt: str
    time: str
    event: str
    detail: Mapping[str, str] = field(default_factory=dict)


Record = AccessRecord | ManagementRecord | SystemRecord
