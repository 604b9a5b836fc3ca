"""A store, keys and an authorization server for the tests of this room."""

from pathlib import Path

import pytest

from auth.authorization_server import AuthorizationServer
from auth.keys import SigningKeys, load_signing_keys
from auth.store import AuthStore
from auth.tokens import Realm, TokenIssuer, TokenVerifier
from govgraph.database import Database
from govgraph.keyring import Keyring
from tests.auth.samples import Hands


@pytest.fixture
def hands() -> Hands:
    """The hands of the clock that everything in a test goes by."""
    return Hands()


@pytest.fixture
def store(database: Database, hands: Hands) -> AuthStore:
    """An empty store of clients and grants, once on each database."""
    return AuthStore(database, hands.clock())


@pytest.fixture
def keys(tmp_path: Path) -> SigningKeys:
    """Signing keys of this test alone."""
    return load_signing_keys(Keyring(tmp_path / "keys"))


@pytest.fixture
def realm(keys: SigningKeys) -> Realm:
    """The realm that the platform's own tokens are good in."""
    return Realm("http://127.0.0.1:8000", "govgraph", keys)


@pytest.fixture
def issuer(realm: Realm, hands: Hands) -> TokenIssuer:
    """Tokens that last half an hour."""
    return TokenIssuer(realm, hands.clock(), 1800)


@pytest.fixture
def verifier(realm: Realm, hands: Hands, store: AuthStore) -> TokenVerifier:
    """A verifier that remembers few tokens."""
    return TokenVerifier(realm, hands.clock(), store, capacity=4)


@pytest.fixture
def server(store: AuthStore, issuer: TokenIssuer) -> AuthorizationServer:
    """The authorization server over that store."""
    return AuthorizationServer(store, issuer)
