"""Clients and grants as they are kept, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import pytest

from auth.clients import Client, secret_fits
from auth.errors import (
    ClientExistsError,
    ClientRefusedError,
    ClientUnknownError,
    GrantExistsError,
    GrantRefusedError,
    GrantsOverlapError,
    GrantUnknownError,
)
from auth.filters import Attribute, Condition, Operator, RowFilter, YearsBeforeToday
from auth.grants import CLEAR, FieldGrant
from auth.masking.rule import MaskException, MaskRule
from auth.principal import Role
from auth.rights import Quota, Right
from auth.store import AuthStore
from tests.auth.samples import HALL, READ, Hands, grant

pytestmark = pytest.mark.anyio

SUBJECT = "330799199003071013"


def content(folder: Path) -> bytes:
    """Return all bytes of the files in a folder: the store itself, where it is SQLite."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_a_client_comes_back_as_it_was_added(store: AuthStore) -> None:
    citizen = Client("citizen-p1", "市民 陈", Role.CITIZEN, subject=SUBJECT)
    clerk = Client("clerk-housing-fund", "经办", Role.CLERK, department="housing-fund")
    for client in (citizen, clerk):
        await store.add_client(client)
    assert [replace(one, created_at="") for one in await store.clients()] == [citizen, clerk]
    found = await store.client("citizen-p1")
    assert found is not None
    assert found.created_at == "2026-06-30T04:00:00.000000Z"
    assert SUBJECT not in repr(found)


async def test_the_secret_fits_and_is_kept_nowhere(store: AuthStore, tmp_path: Path) -> None:
    secret = await store.add_client(HALL)
    credentials = await store.credentials(HALL.id)
    assert credentials is not None
    assert secret_fits(secret, credentials[1])
    assert not secret_fits(secret[:-1], credentials[1])
    assert len(secret) == 43
    assert secret.encode() not in content(tmp_path)
    async with store.database.read() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM client")).all()
    assert secret not in str(rows)
    assert HALL.id in str(rows)


async def test_a_name_is_given_once_even_after_revocation(store: AuthStore) -> None:
    await store.add_client(HALL)
    with pytest.raises(ClientExistsError):
        await store.add_client(HALL)
    await store.revoke_client(HALL.id)
    with pytest.raises(ClientExistsError):
        await store.add_client(HALL)


async def test_a_revoked_client_has_no_credentials_and_cannot_be_revoked_again(
    store: AuthStore, hands: Hands
) -> None:
    await store.add_client(HALL)
    hands.wind(hours=1)
    await store.revoke_client(HALL.id)
    assert await store.credentials(HALL.id) is None
    found = await store.client(HALL.id)
    assert found is not None
    assert found.revoked
    assert found.revoked_at == "2026-06-30T05:00:00.000000Z"
    with pytest.raises(ClientUnknownError):
        await store.revoke_client(HALL.id)


async def test_a_renewed_secret_replaces_the_old_one(store: AuthStore) -> None:
    old = await store.add_client(HALL)
    new = await store.renew_secret(HALL.id)
    credentials = await store.credentials(HALL.id)
    assert credentials is not None
    assert secret_fits(new, credentials[1])
    assert not secret_fits(old, credentials[1])
    with pytest.raises(ClientUnknownError):
        await store.renew_secret("nobody")


@pytest.mark.parametrize(
    "client",
    [
        Client("", "x", Role.APPLICATION),
        Client("With Capital", "x", Role.APPLICATION),
        Client("a" * 64, "x", Role.APPLICATION),
        Client("fine", "", Role.APPLICATION),
        Client("fine", "a\x00b", Role.APPLICATION),
        Client("fine", "长" * 201, Role.APPLICATION),
        Client("fine", "x", Role.CLERK),
        Client("fine", "x", Role.CLERK, department="Not A Key"),
        Client("fine", "x", Role.CITIZEN),
        Client("fine", "x", Role.CITIZEN, subject="3307 99"),
        Client("fine", "x", Role.OPERATOR, subject=SUBJECT),
    ],
)
async def test_a_client_that_does_not_fit_its_role_is_refused(store: AuthStore, client: Client) -> None:
    with pytest.raises(ClientRefusedError):
        await store.add_client(client)
    assert not await store.clients()


async def test_a_grant_comes_back_as_it_was_put(store: AuthStore) -> None:
    await store.add_client(HALL)
    rule = MaskRule("NM", (MaskException(Condition("birth", Operator.GT, YearsBeforeToday(14)), "RD"),))
    rich = grant(
        fields={
            "idNo": FieldGrant(frozenset({Right.READ, Right.MATCH, Right.JOIN}), MaskRule("ID")),
            "name": FieldGrant(READ, rule),
            "photo": FieldGrant(READ, MaskRule(CLEAR)),
            "birth": FieldGrant(frozenset()),
        },
        rows=RowFilter(
            (
                Condition("divCode", Operator.STARTS_WITH, "330702"),
                Condition("state", Operator.IN, ("A", "B")),
                Condition("owner", Operator.EQ, Attribute("department")),
                Condition("ended", Operator.IS_NULL, value=True),
            )
        ),
        quota=Quota(20),
        legal_basis="《规定》",
        agreement="协议\n第一条",
        department="public-security",
    )
    await store.put_grant(rich)
    assert await store.grants_of(HALL.id) == [rich]
    assert await store.grants() == [rich]
    assert await store.grants_of("another") == []


async def test_a_second_grant_for_the_same_days_is_refused(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    with pytest.raises(GrantsOverlapError) as caught:
        await store.put_grant(grant("G-2", valid_from=date(2026, 12, 31), valid_to=date(2027, 1, 1)))
    assert "G-1" in str(caught.value)
    assert [one.id for one in await store.grants()] == ["G-1"]


@pytest.mark.parametrize(
    "other",
    [
        {"resource": "Vehicle"},
        {"purpose": "KK-SCREEN"},
        {"valid_from": date(2027, 1, 1), "valid_to": date(2027, 12, 31)},
    ],
)
async def test_a_grant_for_something_else_stands_beside(store: AuthStore, other: dict[str, Any]) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    await store.put_grant(grant("G-2", **other))
    assert [one.id for one in await store.grants()] == ["G-1", "G-2"]


@pytest.mark.parametrize(
    ("begin", "end", "overlapping"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2026, 3, 1), date(2026, 3, 1), True),
        (date(2025, 1, 1), date(2027, 12, 31), True),
        (date(2026, 12, 31), date(2027, 12, 31), True),
        (date(2027, 1, 1), date(2027, 12, 31), False),
    ],
)
async def test_the_store_and_the_grant_agree_on_what_overlaps(
    store: AuthStore,
    begin: date,
    end: date,
    overlapping: bool,
) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    other = grant("G-2", valid_from=begin, valid_to=end)
    assert other.overlaps(grant("G-1")) is grant("G-1").overlaps(other) is overlapping
    if overlapping:
        with pytest.raises(GrantsOverlapError):
            await store.put_grant(other)
    else:
        await store.put_grant(other)


async def test_of_two_put_at_once_exactly_one_is_kept(store: AuthStore) -> None:
    await store.add_client(HALL)
    refused: list[str] = []

    async def put(number: str) -> None:
        try:
            await store.put_grant(grant(number))
        except GrantsOverlapError:
            refused.append(number)

    async with anyio.create_task_group() as group:
        for n in range(4):
            group.start_soon(put, f"G-{n}")
    assert len(refused) == 3
    assert len(await store.grants()) == 1


async def test_a_grant_is_changed_under_its_own_number(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    changed = grant("G-1", fields={"status": FieldGrant(READ)})
    await store.put_grant(changed)
    assert await store.grants() == [changed]


async def test_a_number_never_moves_to_another_grant(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.add_client(replace(HALL, id="another"))
    await store.put_grant(grant("G-1"))
    for other in (
        grant("G-1", resource="Vehicle"),
        grant("G-1", client="another"),
        grant("G-1", purpose="OTHER"),
    ):
        with pytest.raises(GrantExistsError):
            await store.put_grant(other)


async def test_a_revoked_grant_is_gone_and_its_number_does_not_come_back(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    assert (await store.revoke_grant("G-1")).resource == "Person"
    assert await store.grants_of(HALL.id) == []
    with pytest.raises(GrantUnknownError):
        await store.revoke_grant("G-1")
    with pytest.raises(GrantExistsError):
        await store.put_grant(grant("G-1"))
    await store.put_grant(grant("G-2"))


async def test_a_grant_needs_a_client_in_force(store: AuthStore) -> None:
    with pytest.raises(ClientUnknownError):
        await store.put_grant(grant())
    await store.add_client(HALL)
    await store.revoke_client(HALL.id)
    with pytest.raises(ClientUnknownError):
        await store.put_grant(grant())


@pytest.mark.parametrize(
    "other",
    [
        {"purpose": "with space"},
        {"purpose": "事项"},
        {"valid_to": date(2025, 12, 31)},
        {"quota": Quota(-1)},
    ],
)
async def test_a_grant_that_does_not_hold_together_is_refused(
    store: AuthStore, other: dict[str, Any]
) -> None:
    await store.add_client(HALL)
    with pytest.raises(GrantRefusedError):
        await store.put_grant(grant(**other))


async def test_forgotten_revocations_are_those_of_expired_tokens(store: AuthStore, hands: Hands) -> None:
    await store.add_client(HALL)
    now = int(hands.moment.timestamp())
    await store.revoke_token("short", now + 10)
    await store.revoke_token("long", now + 10_000)
    hands.wind(seconds=60)
    await store.revoke_token("long", now + 10_000)
    assert (await store.standing(HALL.id, "long")).token_revoked
    assert not (await store.standing(HALL.id, "short")).token_revoked
