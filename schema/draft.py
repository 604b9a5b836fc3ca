"""A draft: what one department's manifest says, before it is joined with everybody else's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.catalog import Department, Resource, Source
from schema.errors import Problem


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a draft was read from, and the line of each path in it."""

    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def problem(self, path: str, what: str, remedy: str, code: str = "INVALID") -> Problem:
        """Return a problem at a path, or at the nearest path above it that has a line."""
        near = path
        while near and near not in self.lines:
            near = near.rpartition(".")[0]
        return Problem(self.file, self.lines.get(near, 0), path, what, remedy, code)


@dataclass(frozen=True, slots=True)
class ClassCode:
    """The class of a resource in the catalog of government information (类 项 目 细目)."""

    lei: str
    xiang: str
    mu: str
    ximu: str = ""

    @property
    def text(self) -> str:
        """Return the digits in one: `312004`."""
        return f"{self.lei}{self.xiang}{self.mu}{self.ximu}"


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A link as written; the target is named by department and type and may not exist yet."""

    name: str
    department: str
    type: str
    one: bool
    by: tuple[tuple[str, str], ...]
    title: str = ""
    when: tuple[tuple[str, str], ...] = ()
    target_when: tuple[tuple[str, str], ...] = ()
    reverse: str = ""
    reverse_one: bool = False

    @property
    def target(self) -> str:
        """Return `department.Type`."""
        return f"{self.department}.{self.type}"


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """A resource without its code and links, which the whole catalog decides, and its links as written."""

    resource: Resource
    classified: ClassCode
    links: tuple[LinkDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One department, its source and its resources by type name.

    Two drafts are equal if they say the same; where they were read from does not count.
    """

    department: Department
    source: Source
    resources: Mapping[str, ResourceDraft]
    origin: Origin = field(default_factory=Origin, compare=False)
