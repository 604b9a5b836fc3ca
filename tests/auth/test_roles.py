"""Who may do what in the control graph."""

from itertools import combinations

import pytest

from auth.errors import RoleNotAllowedError
from auth.principal import Principal, Role
from auth.roles import AFTER_SET_UP, DUTIES, OWN_DEPARTMENT, SEATS, SET_UP, Duty, may, require

READING = {
    Duty.READ_STATUS,
    Duty.READ_CATALOG,
    Duty.LIST_CLIENTS,
    Duty.LIST_OPERATIONS,
    Duty.LIST_PROPOSALS,
    Duty.LIST_GRANTS,
}
ADMINISTRATORS = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)


def holder(role: Role, department: str | None = None) -> Principal:
    return Principal("someone", "某人", role, department)


@pytest.mark.parametrize(("one", "other"), list(combinations(ADMINISTRATORS, 2)))
def test_no_two_administrators_share_a_power(one: Role, other: Role) -> None:
    assert DUTIES[one] & DUTIES[other] <= READING


def test_every_role_is_in_the_table_and_every_duty_is_carried() -> None:
    assert set(DUTIES) == set(Role)
    assert frozenset().union(*DUTIES.values()) == set(Duty)


def test_only_the_audit_administrator_reads_the_log() -> None:
    assert [role for role in Role if may(holder(role), Duty.READ_AUDIT)] == [Role.AUDIT_ADMINISTRATOR]
    assert [role for role in Role if may(holder(role), Duty.SEARCH_PERSONS)] == [Role.AUDIT_ADMINISTRATOR]
    assert not {Duty.READ_AUDIT, Duty.SEARCH_PERSONS, Duty.READ_DEPARTMENT_AUDIT} & SET_UP


def test_the_operator_sees_neither_clients_nor_grants_nor_records_nor_keys() -> None:
    assert DUTIES[Role.OPERATOR] == {Duty.READ_STATUS, Duty.READ_CATALOG}


def test_no_role_both_proposes_and_approves() -> None:
    for proposing, approving in (
        (Duty.CREATE_CLIENT, Duty.APPROVE_CLIENT),
        (Duty.BACKUP_KEYS, Duty.APPROVE_BACKUP),
        (Duty.PROPOSE_RELEASE, Duty.APPROVE_RELEASE),
    ):
        assert not [role for role in Role if {proposing, approving} <= DUTIES[role]]
        assert not {approving} & SET_UP


def test_every_role_with_a_power_of_its_own_is_a_seat() -> None:
    assert {role for role in Role if DUTIES[role] - {Duty.READ_CATALOG}} == SEATS


def test_only_the_owning_departments_clerk_grants() -> None:
    assert [role for role in Role if Duty.GRANT in DUTIES[role]] == [Role.CLERK]


def test_a_manifest_is_shown_to_its_own_department_and_the_system_administrator() -> None:
    holders = [
        role for role in Role if may(holder(role, "civil-affairs"), Duty.EXPORT_CATALOG, "housing-fund")
    ]
    assert holders == [Role.SYSTEM_ADMINISTRATOR]
    assert may(holder(Role.REVIEWER, "civil-affairs"), Duty.EXPORT_CATALOG, "civil-affairs")


@pytest.mark.parametrize("duty", sorted(OWN_DEPARTMENT[Role.CLERK]))
def test_a_clerk_acts_on_its_own_department_only(duty: Duty) -> None:
    clerk = holder(Role.CLERK, "civil-affairs")
    assert may(clerk, duty, "civil-affairs")
    assert not may(clerk, duty, "housing-fund")
    assert not may(clerk, duty)
    assert not may(holder(Role.CLERK), duty)


def test_a_refusal_names_role_and_duty() -> None:
    with pytest.raises(RoleNotAllowedError) as caught:
        require(holder(Role.APPLICATION), Duty.CREATE_CLIENT)
    assert caught.value.status == 403
    assert "create-client" in str(caught.value)
    assert "application" in str(caught.value)


def test_the_set_up_token_carries_what_setting_up_needs_and_its_role_alone_does_not() -> None:
    machine = holder(Role.SYSTEM_ADMINISTRATOR)
    for duty in (Duty.PUBLISH_CATALOG, Duty.CREATE_CLIENT, Duty.GRANT, Duty.SET_SECRET, Duty.BACKUP_KEYS):
        require(machine, duty, machine=SET_UP)
    with pytest.raises(RoleNotAllowedError):
        require(machine, Duty.GRANT)


@pytest.mark.parametrize("duty", sorted(set(Duty) - AFTER_SET_UP))
def test_after_set_up_the_machines_token_only_looks(duty: Duty) -> None:
    assert not may(holder(Role.SYSTEM_ADMINISTRATOR), duty, machine=AFTER_SET_UP)
