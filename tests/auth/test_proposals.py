"""Proposals: approved once, by somebody else, in time; and the end of set-up."""

import pytest

from auth.clients import Client
from auth.errors import ProposalUnknownError, SecondPersonNeededError
from auth.principal import Role
from auth.proposals.store import ADMINISTRATORS, LIFETIME, Act, ProposalStore
from auth.store import AuthStore
from govgraph.database import Database
from tests.auth.samples import Hands

pytestmark = pytest.mark.anyio
SEAT = {"id": "clerk-x", "title": "专员", "role": "clerk", "department": "civil-affairs"}


@pytest.fixture
async def proposals(database: Database, hands: Hands, store: AuthStore) -> ProposalStore:
    """Proposals beside a store that knows one security administrator."""
    await store.add_client(Client("security-1", "安全", Role.SECURITY_ADMINISTRATOR))
    return ProposalStore(database, hands.clock())


async def test_a_proposal_is_approved_once(proposals: ProposalStore) -> None:
    made = await proposals.propose(Act.CREATE_CLIENT, SEAT, "security-1")
    assert list(await proposals.waiting()) == [made]
    assert (await proposals.take(made.number, Act.CREATE_CLIENT, "system-1")).document == SEAT
    assert not await proposals.waiting()
    with pytest.raises(ProposalUnknownError):
        await proposals.take(made.number, Act.CREATE_CLIENT, "system-1")


async def test_nobody_approves_an_own_proposal(proposals: ProposalStore) -> None:
    made = await proposals.propose(Act.CREATE_CLIENT, SEAT, "security-1")
    with pytest.raises(SecondPersonNeededError):
        await proposals.take(made.number, Act.CREATE_CLIENT, "security-1")
    assert list(await proposals.waiting()) == [made]


async def test_a_proposal_is_not_approved_as_something_else(proposals: ProposalStore) -> None:
    made = await proposals.propose(Act.CREATE_CLIENT, SEAT, "security-1")
    with pytest.raises(ProposalUnknownError):
        await proposals.take(made.number, Act.BACKUP_KEYS, "audit-1")


@pytest.mark.parametrize("act", list(Act))
async def test_a_proposal_whose_time_is_over_is_gone(
    proposals: ProposalStore, hands: Hands, act: Act
) -> None:
    made = await proposals.propose(act, SEAT, "security-1")
    hands.wind(seconds=int(LIFETIME[act].total_seconds()))
    assert not await proposals.waiting()
    with pytest.raises(ProposalUnknownError):
        await proposals.take(made.number, act, "system-1")


async def test_the_proposals_of_a_revoked_client_are_void(proposals: ProposalStore, store: AuthStore) -> None:
    made = await proposals.propose(Act.CREATE_CLIENT, SEAT, "security-1")
    await store.revoke_client("security-1")
    with pytest.raises(ProposalUnknownError):
        await proposals.take(made.number, Act.CREATE_CLIENT, "system-1")


async def test_set_up_ends_once(proposals: ProposalStore) -> None:
    assert not await proposals.set_up_finished()
    assert await proposals.finish_set_up()
    assert await proposals.set_up_finished()
    assert not await proposals.finish_set_up()


async def test_a_seat_whose_holder_was_revoked_is_empty(proposals: ProposalStore, store: AuthStore) -> None:
    assert set(await proposals.empty_seats()) == set(ADMINISTRATORS) - {Role.SECURITY_ADMINISTRATOR}
    await store.revoke_client("security-1")
    assert list(await proposals.empty_seats()) == list(ADMINISTRATORS)
