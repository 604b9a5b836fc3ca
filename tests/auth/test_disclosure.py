"""What is kept from a citizen is shown when its grant says so, and no department opens it alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.disclosure import AT_ONCE, Disclosure, disclosure_document, read_disclosure
from auth.errors import GrantSealedError, GrantShownError, GrantUnknownError
from auth.releases.store import Releases
from auth.store import AuthStore
from tests.auth.samples import HALL, TODAY, grant

LATER = Disclosure(TODAY + timedelta(days=1))
SEALED = Disclosure(sealed="《中华人民共和国刑事诉讼法》")
DISCLOSURES = st.one_of(
    st.just(AT_ONCE),
    st.builds(Disclosure, st.dates(date(2026, 1, 1), date(2026, 12, 31))),
    st.just(SEALED),
)


@given(DISCLOSURES)
def test_a_disclosure_comes_back_as_it_was_kept(one: Disclosure) -> None:
    assert read_disclosure(disclosure_document(one)) == one


@given(DISCLOSURES, DISCLOSURES)
def test_one_opens_another_exactly_where_it_shows_something_on_a_day_on_which_the_other_does_not(
    one: Disclosure, other: Disclosure
) -> None:
    days = [date(2025, 12, 31) + timedelta(days=at) for at in range(368)]
    assert one.opens(other) == any(one.shown_on(day) and not other.shown_on(day) for day in days)


@pytest.mark.anyio
@pytest.mark.parametrize("kept", [SEALED, LATER])
async def test_a_department_cannot_open_what_its_grant_keeps_back(store: AuthStore, kept: Disclosure) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1", disclosure=kept))
    with pytest.raises(GrantSealedError):
        await store.put_grant(grant("G-1"))
    await store.put_grant(grant("G-1", disclosure=SEALED))
    releases = Releases(store)
    await releases.release("G-1")
    assert (await releases.grants(["G-1"]))["G-1"].disclosure == AT_ONCE


@pytest.mark.anyio
@pytest.mark.parametrize("later", [SEALED, LATER])
async def test_a_department_cannot_hide_readings_that_citizens_are_shown(
    store: AuthStore, later: Disclosure
) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1"))
    with pytest.raises(GrantShownError):
        await store.put_grant(grant("G-1", disclosure=later))
    assert (await Releases(store).grants(["G-1"]))["G-1"].disclosure == AT_ONCE
    await store.revoke_grant("G-1")
    await store.put_grant(grant("G-2", disclosure=later))
    shown = await Releases(store).grants(["G-1", "G-2"])
    assert [shown[number].disclosure for number in ("G-1", "G-2")] == [AT_ONCE, later]


@pytest.mark.anyio
async def test_a_revoked_grant_keeps_back_what_it_kept_and_can_be_released(store: AuthStore) -> None:
    await store.add_client(HALL)
    await store.put_grant(grant("G-1", disclosure=SEALED))
    await store.revoke_grant("G-1")
    releases = Releases(store)
    assert (await releases.grants(["G-1", "G-2"]))["G-1"].disclosure == SEALED
    await releases.release("G-1")
    for number in ("G-1", "G-2"):
        with pytest.raises(GrantUnknownError):
            await releases.release(number)
    assert await store.grants_of(HALL.id) == []
