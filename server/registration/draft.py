"""A source on its way to the graph: what is kept of each draft, and where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    WAITING = "waiting for approval"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft says; it never changes, another wish is another number.

    `settings` are as the manifest writes them, secrets as references only. `manifest` is YAML, empty until
    the source was discovered or a file was given. `fields` are what discovery proposed, each with its
    reasons and without a value of the source.
    """

    department: str
    code: str
    title: str
    kind: str
    settings: Mapping[str, Any]
    manifest: str = ""
    fields: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """One draft of a department's source.

    `number` counts the drafts of a department from 1. `version` is the catalog version it was published
    as, 0 before. `decided_by` approved or withdrew it. `waived` says that an account that can write was
    accepted.
    """

    content: Content
    number: int
    state: State
    author: str
    changed_at: str
    decided_by: str = ""
    version: int = 0
    waived: bool = False
    findings: Sequence[Mapping[str, Any]] = field(default=())

    @property
    def department(self) -> str:
        """Return the key of the department."""
        return self.content.department
