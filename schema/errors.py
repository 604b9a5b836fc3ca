"""Refusals of the catalog, each with everything that is wrong, at once.

GovGraphError
├── CallerError
│   ├── ProblemsError                  refused for a list of problems, each with file, line and path
│   │   ├── ManifestRefusedError       MANIFEST_REFUSED
│   │   └── GrantsRefusedError         GRANTS_REFUSED
│   ├── DepartmentNotPublishedError    DEPARTMENT_NOT_PUBLISHED
│   ├── SecretReferenceError           SECRET_REFERENCE
│   ├── SecretNotOwnError              SECRET_NOT_OWN
│   ├── OperationTitleError            OPERATION_TITLE
│   ├── OperationsFullError            OPERATIONS_FULL
│   ├── NothingVisibleError            NOTHING_VISIBLE
│   └── GraphTooLargeError             GRAPH_TOO_LARGE
├── SourceFatalError
│   └── SecretMissingError             SECRET_MISSING
└── PlatformError
    └── CatalogBusyError               CATALOG_BUSY
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from govgraph.errors import CallerError, PlatformError, SourceFatalError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file. `line` counts from 1; 0 where the text has no lines.

    `path` is where in the document, as `resources.Person.fields.name.level`. `code` tells kinds of
    problems apart for programs.
    """

    file: str
    line: int
    path: str
    what: str
    remedy: str
    code: str = "INVALID"

    @property
    def text(self) -> str:
        """Return one line for a person: `file:line path: what. remedy`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.path}: {self.what}. {self.remedy}".replace(" : ", ": ")

    def document(self) -> dict[str, str | int]:
        """Return the problem as plain values, for JSON."""
        return asdict(self)


class ProblemsError(CallerError):
    """A file was refused; `problems` holds every reason, in the order of the file."""

    status = 422
    noun = "file"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        amount = "one problem" if count == 1 else f"{count} problems"
        told = "\n".join(problem.text for problem in self.problems)
        super().__init__(f"The {self.noun} has {amount}:\n{told.removesuffix('.')}")


class ManifestRefusedError(ProblemsError):
    """A manifest was refused; nothing was published."""

    code = "MANIFEST_REFUSED"
    remedy = "Correct every line named above and publish again; nothing was changed."
    noun = "manifest"


class GrantsRefusedError(ProblemsError):
    """A grants file was refused; nothing was granted."""

    code = "GRANTS_REFUSED"
    remedy = "Correct every line named above and apply again; nothing was changed."
    noun = "grants file"


class DepartmentNotPublishedError(CallerError):
    """The department has not published a manifest."""

    code = "DEPARTMENT_NOT_PUBLISHED"
    status = 404
    remedy = "`govgraph catalog show` lists the departments that have."


class SecretReferenceError(CallerError):
    """The name of a secret does not follow the rule for names."""

    code = "SECRET_REFERENCE"
    remedy = "Write it as `department/name`, in lower-case letters, digits and hyphens."


class SecretNotOwnError(CallerError):
    """A source refers to a secret of another department."""

    code = "SECRET_NOT_OWN"
    status = 403
    remedy = "Write a reference that begins with the department's own key, as `department/name`."


class OperationTitleError(CallerError):
    """A registered operation cannot carry this title."""

    code = "OPERATION_TITLE"
    remedy = "Give it a short title that says what it is asked for, or none."


class OperationsFullError(CallerError):
    """As many operations are registered for a client, or for everybody, as may be."""

    code = "OPERATIONS_FULL"
    status = 409
    remedy = "Remove one that is no longer asked: `govgraph operation list`, `govgraph operation remove`."


class NothingVisibleError(CallerError):
    """The permissions open no way into the graph."""

    code = "NOTHING_VISIBLE"
    status = 403
    remedy = (
        "Ask the owning department for a grant that can look up or list at least one resource; "
        "`govgraph catalog search` shows what exists."
    )


class GraphTooLargeError(CallerError):
    """The client may use more resources than are described, or shown as one text, together."""

    code = "GRAPH_TOO_LARGE"
    remedy = "Ask for single types, `__type(name: …)`; `govgraph catalog search` finds their names."


class SecretMissingError(SourceFatalError):
    """A source refers to a secret that was never stored."""

    code = "SECRET_MISSING"
    remedy = "The department stores it with the control graph's `setSecret`."


class CatalogBusyError(PlatformError):
    """Other publications kept coming first."""

    code = "CATALOG_BUSY"
    remedy = "Publish again."
