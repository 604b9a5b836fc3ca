"""Who is asking."""

from dataclasses import dataclass, field
from enum import StrEnum

from auth.client_settings import USUAL, ClientSettings


class Role(StrEnum):
    """The seat a client holds. The three administrators (三员) exclude each other."""

    APPLICATION = "application"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    SYSTEM_ADMINISTRATOR = "system-administrator"
    SECURITY_ADMINISTRATOR = "security-administrator"
    AUDIT_ADMINISTRATOR = "audit-administrator"
    OPERATOR = "operator"
    CITIZEN = "citizen"


class Assurance(StrEnum):
    """How far the identity of the end user has been proved."""

    STATED = "stated"
    PROVED = "proved"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated client, and the person it acts for where it says so.

    `department` is the department's key; `subject` the normal form of the citizen's own key.
    `end_user` is a staff number, never a name or ID number.
    """

    client: str
    title: str
    role: Role
    department: str | None = None
    subject: str | None = field(default=None, repr=False)
    purpose: str | None = None
    end_user: str | None = None
    assurance: Assurance | None = None
    token: str = ""
    settings: ClientSettings = USUAL
