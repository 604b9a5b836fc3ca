"""A suspended grant gives nothing, cannot be replaced, and is itself again once it is resumed."""

import pytest

from auth.errors import GrantSuspendedError, GrantUnknownError
from auth.policy import permissions
from auth.store import AuthStore
from auth.suspensions.store import Suspensions
from tests.auth.samples import HALL, TODAY, grant

pytestmark = pytest.mark.anyio


async def test_a_suspended_grant_is_not_in_force_and_resumed_it_is_what_it_was(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    suspensions = Suspensions(store)
    await suspensions.suspend("G-1")
    (kept,) = await store.grants_of(HALL.id)
    assert not kept.in_force(TODAY)
    assert not permissions(HALL.id, "ZM-HOUSE-BUY", [kept], {}, TODAY).grants
    await suspensions.resume("G-1")
    assert list(await store.grants_of(HALL.id)) == [grant("G-1")]


async def test_a_suspended_grant_cannot_be_put_in_force_by_putting_it_again(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    await Suspensions(store).suspend("G-1")
    with pytest.raises(GrantSuspendedError):
        await store.put_grant(grant("G-1"))
    with pytest.raises(GrantSuspendedError):
        await Suspensions(store).suspend("G-1")
    assert not (await store.grants_of(HALL.id))[0].in_force(TODAY)


async def test_a_grant_that_is_revoked_or_unknown_is_neither_suspended_nor_resumed(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    suspensions = Suspensions(store)
    with pytest.raises(GrantUnknownError):
        await suspensions.resume("G-1")
    await suspensions.suspend("G-1")
    await store.revoke_grant("G-1")
    for act in (suspensions.suspend, suspensions.resume):
        with pytest.raises(GrantUnknownError):
            await act("G-1")
