"""A notice: what somebody is told of a source or of a change of the graph. Never a value, never a key."""

from dataclasses import dataclass
from enum import StrEnum

from auth.principal import Principal, Role


class NoticeKind(StrEnum):
    """What a notice is about."""

    APPROVAL = "approval"
    CHANGE = "change"
    WITHDRAWN = "withdrawn"
    DEGRADED = "degraded"
    RECOVERED = "recovered"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to one reader; `subject` names the source or resource by its department's key or coordinate.

    `reader` is `department/key`, `client/id`, `role/reviewer` or `role/security-administrator`. Times are
    RFC 3339, empty where it was not read yet.
    """

    id: str
    reader: str
    kind: NoticeKind
    subject: str
    text: str
    made_at: str
    read_at: str = ""


REVIEWERS = "role/reviewer"
SECURITY = "role/security-administrator"


def of_department(key: str) -> str:
    """Return the reader that stands for a department's clerks."""
    return f"department/{key}"


def of_client(name: str) -> str:
    """Return the reader that stands for a client."""
    return f"client/{name}"


def readers_of(principal: Principal) -> tuple[str, ...]:
    """Return the readers a caller reads for: its own, and its department's where it is a clerk."""
    own = [of_client(principal.client)]
    if principal.role is Role.CLERK and principal.department:
        own.append(of_department(principal.department))
    if principal.role is Role.REVIEWER:
        own.append(REVIEWERS)
    if principal.role is Role.SECURITY_ADMINISTRATOR:
        own.append(SECURITY)
    return tuple(own)
