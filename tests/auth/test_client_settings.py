"""Settings of single clients: what may be set, and how it is kept."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from auth.client_settings import (
    BOUNDS,
    USUAL,
    ClientSettings,
    check_settings,
    read_settings,
    settings_document,
)
from auth.errors import ClientRefusedError, ClientUnknownError
from auth.store import AuthStore
from tests.auth.samples import HALL

WHOLE = [name for name in BOUNDS if name != "deadline"]
ALLOWED = some.builds(
    ClientSettings,
    only_persisted=some.booleans(),
    deadline=some.none() | some.floats(0.1, 300),
    **{name: some.none() | some.integers(int(BOUNDS[name].least), int(BOUNDS[name].most)) for name in WHOLE},
)


@given(ALLOWED)
def test_settings_come_back_as_they_were_kept(settings: ClientSettings) -> None:
    check_settings(settings)
    kept = json.dumps(settings_document(settings))
    assert read_settings(json.loads(kept)) == settings


def test_nothing_set_is_nothing_kept() -> None:
    assert settings_document(USUAL) == {}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_limit_beyond_its_bounds_is_refused_by_its_name(name: str) -> None:
    for beyond in (BOUNDS[name].least - 0.01, BOUNDS[name].most + 1, float("nan")):
        with pytest.raises(ClientRefusedError) as caught:
            check_settings(replace(USUAL, **{name: beyond}))
        assert caught.value.where == name


@pytest.mark.anyio
async def test_a_client_has_what_was_set_last_and_a_new_one_nothing(store: AuthStore) -> None:
    await store.add_client(HALL)
    found = await store.client(HALL.id)
    assert found is not None
    assert found.settings == USUAL
    for settings in (ClientSettings(only_persisted=True, page=5), ClientSettings(depth=3), USUAL):
        await store.set_client(HALL.id, settings)
        found = await store.client(HALL.id)
        assert found is not None
        assert found.settings == settings


@pytest.mark.anyio
async def test_an_unknown_client_cannot_be_set(store: AuthStore) -> None:
    with pytest.raises(ClientUnknownError):
        await store.set_client("nobody", USUAL)
