"""Roles: what each may do in the control graph. What a table does not name is not allowed.

The three administrators (三员) exclude each other: the system administrator runs the platform, the
security administrator decides on clients and rights, the audit administrator reads and verifies the
log. No duty that changes anything is held by two of them. The operator keeps the machines and sees
no data, no grant and no record.
"""

from collections.abc import Mapping
from enum import StrEnum

from auth.errors import RoleNotAllowedError
from auth.principal import Principal, Role


class Duty(StrEnum):
    """A thing that can be done in the control graph."""

    READ_STATUS = "read-status"
    READ_CATALOG = "read-catalog"
    PUBLISH_CATALOG = "publish-catalog"
    SET_SECRET = "set-secret"  # noqa: S105 - the name of a duty
    LIST_CLIENTS = "list-clients"
    CREATE_CLIENT = "create-client"
    REVOKE_CLIENT = "revoke-client"
    LIST_GRANTS = "list-grants"
    GRANT = "grant"
    REVOKE_GRANT = "revoke-grant"
    READ_AUDIT = "read-audit"
    VERIFY_AUDIT = "verify-audit"
    BACKUP_KEYS = "backup-keys"


DUTIES: Mapping[Role, frozenset[Duty]] = {
    Role.APPLICATION: frozenset({Duty.READ_CATALOG}),
    Role.CITIZEN: frozenset({Duty.READ_CATALOG}),
    Role.CLERK: frozenset(
        {
            Duty.READ_CATALOG,
            Duty.PUBLISH_CATALOG,
            Duty.SET_SECRET,
            Duty.LIST_GRANTS,
            Duty.GRANT,
            Duty.REVOKE_GRANT,
        }
    ),
    Role.REVIEWER: frozenset({Duty.READ_CATALOG, Duty.LIST_CLIENTS, Duty.LIST_GRANTS, Duty.GRANT}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {Duty.READ_STATUS, Duty.READ_CATALOG, Duty.PUBLISH_CATALOG, Duty.SET_SECRET, Duty.BACKUP_KEYS}
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset(
        {
            Duty.READ_STATUS,
            Duty.READ_CATALOG,
            Duty.LIST_CLIENTS,
            Duty.CREATE_CLIENT,
            Duty.REVOKE_CLIENT,
            Duty.LIST_GRANTS,
            Duty.REVOKE_GRANT,
        }
    ),
    Role.AUDIT_ADMINISTRATOR: frozenset(
        {
            Duty.READ_STATUS,
            Duty.READ_CATALOG,
            Duty.LIST_CLIENTS,
            Duty.LIST_GRANTS,
            Duty.READ_AUDIT,
            Duty.VERIFY_AUDIT,
        }
    ),
    Role.OPERATOR: frozenset({Duty.READ_STATUS, Duty.READ_CATALOG, Duty.BACKUP_KEYS}),
}

SET_UP: frozenset[Duty] = DUTIES[Role.SYSTEM_ADMINISTRATOR] | {
    Duty.LIST_CLIENTS,
    Duty.CREATE_CLIENT,
    Duty.REVOKE_CLIENT,
    Duty.LIST_GRANTS,
    Duty.GRANT,
    Duty.REVOKE_GRANT,
    Duty.VERIFY_AUDIT,
}
"""Duties of the machine's own admin token (`admin.json`): a platform must be set up before anyone holds
a role on it. It never reads a record of the log, and each use of it is recorded."""

OWN_DEPARTMENT: frozenset[Duty] = frozenset(
    {Duty.PUBLISH_CATALOG, Duty.SET_SECRET, Duty.LIST_GRANTS, Duty.GRANT, Duty.REVOKE_GRANT}
)
"""Duties a clerk holds for its own department's sources and grants only."""


def may(principal: Principal, duty: Duty, department: str | None = None, *, set_up: bool = False) -> bool:
    """Return whether the caller carries the duty, for `department` where the duty concerns one.

    `set_up` is true for the machine's own admin token and for nothing else.
    """
    if set_up:
        return duty in SET_UP
    if duty not in DUTIES.get(principal.role, frozenset()):
        return False
    if principal.role is Role.CLERK and duty in OWN_DEPARTMENT:
        return department is not None and department == principal.department
    return True


def require(principal: Principal, duty: Duty, department: str | None = None, *, set_up: bool = False) -> None:
    """Raise `ROLE_NOT_ALLOWED` unless the caller carries the duty; see `may`."""
    if not may(principal, duty, department, set_up=set_up):
        raise RoleNotAllowedError(
            f"The role does not carry the duty {duty.value}", where=principal.role.value
        )
