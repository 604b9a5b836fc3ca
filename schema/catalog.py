"""The catalog: what every department shares, as values. One catalog version is one frozen tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auth.masking.rule import MaskRule
from auth.rights import Level, Right


class Share(StrEnum):
    """Sharing attribute of a resource (共享类型)."""

    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"
    NOT_SHARED = "NOT_SHARED"


class Open(StrEnum):
    """Openness to the public (开放属性)."""

    OPEN = "OPEN"
    CONDITIONAL = "CONDITIONAL"
    NOT_OPEN = "NOT_OPEN"


class Cycle(StrEnum):
    """How often the department updates a resource (更新周期)."""

    REALTIME = "REALTIME"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Department:
    """A department; `key` names it everywhere, `code` is its unified social credit code."""

    key: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Source:
    """One department's data source; named by the department's key.

    `settings` are as the manifest writes them, secrets as references only.
    """

    department: str
    kind: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code table: the value as stored, the enum's name, the Chinese title."""

    stored: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class CatalogField:
    """A field of a resource.

    `type` names a semantic type (`schema.types`) or `Enum` where `codes` is set. `rights` is the
    ceiling. `variants` are the spellings of a key that its source is known to hold (`schema.types`).
    """

    name: str
    column: str
    title: str
    type: str
    level: Level
    rights: frozenset[Right]
    mask: MaskRule | None = None
    alternatives: frozenset[str] = frozenset()
    codes: tuple[Code, ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A way from the rows of one type to the rows of another, on equal normal forms of keys.

    `by` pairs a field of this type with a field of `target`. `when` holds constant conditions on
    fields of this type (enum names or text), `target_when` on fields of the target. A link written
    as `reverse` by another department carries that department's key in `declared_by`.
    """

    name: str
    target: str
    one: bool
    by: tuple[tuple[str, str], ...]
    title: str = ""
    when: tuple[tuple[str, str], ...] = ()
    target_when: tuple[tuple[str, str], ...] = ()
    declared_by: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where and since when a resource is complete: a division code, and a month or day."""

    area: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """How a source marks a row as deleted: `column` holds `value`, as the source spells it."""

    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the catalog: one GraphQL type over one entity of a source.

    `verify` names the fields that `<type>Verify` may compare beside the key. `changed_at` is the
    column with the time of a row's last change; `settles` the seconds after which no more row
    appears with an earlier time.
    """

    name: str
    department: str
    entity: str
    title: str
    summary: str
    code: str
    share: Share
    open: Open
    cycle: Cycle
    key: tuple[str, ...]
    fields: Mapping[str, CatalogField]
    links: Mapping[str, Link] = field(default_factory=dict)
    subject: str | None = None
    changed_at: str | None = None
    coverage: Coverage = field(default_factory=Coverage)
    purposes: tuple[str, ...] = ()
    scope: str = ""
    legal_basis: str = ""
    hidden: bool = False
    verify: tuple[str, ...] = ()
    settles: int = 60
    deleted: Deletion | None = None

    @property
    def changes(self) -> CatalogField | None:
        """Return the field that tells when a row was last changed; None where none shows it as a moment."""
        fields = self.fields.values()
        return next((one for one in fields if one.column == self.changed_at and one.type == "DateTime"), None)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything published, at one version. Keys: department key, department key, type name."""

    version: int
    departments: Mapping[str, Department] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
