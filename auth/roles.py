"""Roles: what each may do in the control graph. What a table does not name is not allowed.

The three administrators (三员) exclude each other: the system administrator runs the platform, the
security administrator decides on clients and rights, the audit administrator reads and verifies the
log. No duty that changes anything is held by two of them. The operator keeps the machines and sees
no data, no grant, no record and no key.

Seats are filled by two persons: the security administrator proposes, the system administrator approves.
Keys are copied by two persons: the system administrator asks, the audit administrator approves.
A legal hold is lifted by two audit administrators.
"""

from collections.abc import Mapping
from enum import StrEnum

from auth.errors import RoleNotAllowedError
from auth.principal import Principal, Role


class Duty(StrEnum):
    """A thing that can be done in the control graph."""

    READ_STATUS = "read-status"
    READ_CATALOG = "read-catalog"
    CHECK_CATALOG = "check-catalog"
    EXPORT_CATALOG = "export-catalog"
    PUBLISH_CATALOG = "publish-catalog"
    ROTATE_SECRETS = "rotate-secrets"
    SET_SECRET = "set-secret"  # noqa: S105 - the name of a duty
    LIST_CLIENTS = "list-clients"
    CREATE_CLIENT = "create-client"
    LIST_PROPOSALS = "list-proposals"
    APPROVE_CLIENT = "approve-client"
    RENEW_SECRET = "renew-secret"  # noqa: S105 - the name of a duty
    REVOKE_CLIENT = "revoke-client"
    SET_CLIENT = "set-client"
    LIST_OPERATIONS = "list-operations"
    REGISTER_OPERATION = "register-operation"
    LIST_GRANTS = "list-grants"
    EXPLAIN = "explain"
    GRANT = "grant"
    REVOKE_GRANT = "revoke-grant"
    SUSPEND_GRANT = "suspend-grant"
    READ_OWN_AUDIT = "read-own-audit"
    PROPOSE_RELEASE = "propose-release"
    APPROVE_RELEASE = "approve-release"
    READ_ALERTS = "read-alerts"
    READ_AUDIT = "read-audit"
    SEARCH_PERSONS = "search-persons"
    READ_DEPARTMENT_AUDIT = "read-department-audit"
    VERIFY_AUDIT = "verify-audit"
    BACKUP_KEYS = "backup-keys"
    APPROVE_BACKUP = "approve-backup"
    ALLOW_RANGE = "allow-range"
    BACKUP_AUDIT = "backup-audit"
    ROTATE_KEYS = "rotate-keys"
    HOLD_AUDIT = "hold-audit"
    PRUNE_AUDIT = "prune-audit"
    ERASE_SUBJECTS = "erase-subjects"
    APPROVE_ERASURE = "approve-erasure"
    APPROVE_LIFT = "approve-lift"
    FINISH_SET_UP = "finish-set-up"
    LIST_SOURCES = "list-sources"
    REGISTER_SOURCE = "register-source"
    PREVIEW_SOURCE = "preview-source"
    APPROVE_SOURCE = "approve-source"
    ADMIT_FOLDER = "admit-folder"


SOURCES: frozenset[Duty] = frozenset(
    {Duty.LIST_SOURCES, Duty.REGISTER_SOURCE, Duty.PREVIEW_SOURCE, Duty.APPROVE_SOURCE}
)
"""What registering a source takes: a clerk does it for the own department, the reviewer for all. Samples
are shown to these two alone."""

DUTIES: Mapping[Role, frozenset[Duty]] = {
    Role.APPLICATION: frozenset({Duty.READ_CATALOG}),
    Role.CITIZEN: frozenset({Duty.READ_CATALOG, Duty.READ_OWN_AUDIT}),
    Role.CLERK: frozenset(
        {
            Duty.READ_CATALOG,
            Duty.CHECK_CATALOG,
            Duty.EXPORT_CATALOG,
            Duty.PUBLISH_CATALOG,
            Duty.SET_SECRET,
            Duty.LIST_GRANTS,
            Duty.GRANT,
            Duty.REVOKE_GRANT,
            Duty.READ_DEPARTMENT_AUDIT,
            *SOURCES,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Duty.READ_CATALOG,
            Duty.CHECK_CATALOG,
            Duty.EXPORT_CATALOG,
            Duty.LIST_CLIENTS,
            Duty.LIST_OPERATIONS,
            Duty.LIST_GRANTS,
            *SOURCES,
        }
    ),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            Duty.READ_STATUS,
            Duty.READ_CATALOG,
            Duty.CHECK_CATALOG,
            Duty.EXPORT_CATALOG,
            Duty.PUBLISH_CATALOG,
            Duty.SET_SECRET,
            Duty.LIST_PROPOSALS,
            Duty.APPROVE_CLIENT,
            Duty.ALLOW_RANGE,
            Duty.ROTATE_SECRETS,
            Duty.BACKUP_KEYS,
            Duty.BACKUP_AUDIT,
            Duty.ROTATE_KEYS,
            Duty.FINISH_SET_UP,
            Duty.LIST_SOURCES,
            Duty.ADMIT_FOLDER,
        }
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset(
        {
            Duty.READ_STATUS,
            Duty.READ_CATALOG,
            Duty.LIST_CLIENTS,
            Duty.CREATE_CLIENT,
            Duty.RENEW_SECRET,
            Duty.REVOKE_CLIENT,
            Duty.APPROVE_ERASURE,
            Duty.SET_CLIENT,
            Duty.LIST_OPERATIONS,
            Duty.REGISTER_OPERATION,
            Duty.LIST_PROPOSALS,
            Duty.LIST_GRANTS,
            Duty.REVOKE_GRANT,
            Duty.SUSPEND_GRANT,
            Duty.READ_ALERTS,
            Duty.APPROVE_RELEASE,
            Duty.EXPLAIN,
        }
    ),
    Role.AUDIT_ADMINISTRATOR: frozenset(
        {
            Duty.READ_STATUS,
            Duty.READ_CATALOG,
            Duty.LIST_CLIENTS,
            Duty.LIST_OPERATIONS,
            Duty.LIST_PROPOSALS,
            Duty.LIST_GRANTS,
            Duty.READ_AUDIT,
            Duty.SEARCH_PERSONS,
            Duty.PROPOSE_RELEASE,
            Duty.VERIFY_AUDIT,
            Duty.HOLD_AUDIT,
            Duty.APPROVE_LIFT,
            Duty.PRUNE_AUDIT,
            Duty.ERASE_SUBJECTS,
            Duty.APPROVE_BACKUP,
        }
    ),
    Role.OPERATOR: frozenset({Duty.READ_STATUS, Duty.READ_CATALOG}),
}

SEATS: frozenset[Role] = frozenset(Role) - {Role.APPLICATION}
"""Roles that carry a power of their own; filling one needs two persons. A citizen's client is shown the
readings about the person it names: whoever could make one alone could look at everybody's."""

SET_UP: frozenset[Duty] = (DUTIES[Role.SYSTEM_ADMINISTRATOR] - {Duty.APPROVE_CLIENT}) | {
    Duty.LIST_CLIENTS,
    Duty.CREATE_CLIENT,
    Duty.RENEW_SECRET,
    Duty.REVOKE_CLIENT,
    Duty.SET_CLIENT,
    Duty.LIST_OPERATIONS,
    Duty.REGISTER_OPERATION,
    Duty.LIST_GRANTS,
    Duty.GRANT,
    Duty.REVOKE_GRANT,
    Duty.VERIFY_AUDIT,
    Duty.REGISTER_SOURCE,
}
"""Duties of the machine's own admin token (`admin.json`) during set-up: a platform must be set up before
anyone holds a role on it. It never reads a record of the log, and each use of it is recorded."""

AFTER_SET_UP: frozenset[Duty] = frozenset({Duty.READ_STATUS, Duty.READ_CATALOG, Duty.CHECK_CATALOG})
"""What is left of them once set-up is over: nothing that changes anything, or shows data or rights."""

OWN_DEPARTMENT: Mapping[Role, frozenset[Duty]] = {
    Role.CLERK: frozenset(
        {
            Duty.EXPORT_CATALOG,
            Duty.PUBLISH_CATALOG,
            Duty.SET_SECRET,
            Duty.LIST_GRANTS,
            Duty.GRANT,
            Duty.REVOKE_GRANT,
            Duty.READ_DEPARTMENT_AUDIT,
            *SOURCES,
        }
    ),
    Role.REVIEWER: frozenset({Duty.EXPORT_CATALOG}),
}
"""Duties that a role carries for its own department's sources and grants only."""


def may(
    principal: Principal,
    duty: Duty,
    department: str | None = None,
    *,
    machine: frozenset[Duty] | None = None,
) -> bool:
    """Return whether the caller carries the duty, for `department` where the duty concerns one.

    `machine` holds the duties of the machine's own admin token where that is what asks.
    """
    if machine is not None:
        return duty in machine
    if duty not in DUTIES.get(principal.role, frozenset()):
        return False
    if duty in OWN_DEPARTMENT.get(principal.role, frozenset()):
        return department is not None and department == principal.department
    return True


def require(
    principal: Principal,
    duty: Duty,
    department: str | None = None,
    *,
    machine: frozenset[Duty] | None = None,
) -> None:
    """Raise `ROLE_NOT_ALLOWED` unless the caller carries the duty; see `may`."""
    if not may(principal, duty, department, machine=machine):
        raise RoleNotAllowedError(
            f"The role does not carry the duty {duty.value}", where=principal.role.value
        )
