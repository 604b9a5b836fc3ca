"""Access tokens: what is taken, and every reason for which one is refused (RFC 9068, RFC 6750)."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from auth.clients import Client
from auth.errors import (
    ClientRevokedError,
    TokenExpiredError,
    TokenInvalidError,
    TokenMissingError,
    TokenWrongAudienceError,
    UnauthenticatedError,
)
from auth.keys import SigningKeys, load_signing_keys
from auth.principal import Role
from auth.store import AuthStore
from auth.tokens import Realm, TokenIssuer, TokenVerifier
from govgraph.keyring import Keyring
from govgraph.shared.memory import MemoryState
from tests.auth.samples import BEGIN, HALL, Hands

pytestmark = pytest.mark.anyio

CITIZEN = Client("citizen-p1", "市民", Role.CITIZEN, subject="330799199003071013")


def part(token: str, number: int) -> dict[str, Any]:
    """Return one part of a token, read without checking anything."""
    text = token.split(".")[number]
    content: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return content


def encoded(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def claims(realm: Realm, **changed: object) -> dict[str, Any]:
    """Return what a good token says, with what is given changed and what is None left out."""
    now = int(BEGIN.timestamp())
    whole: dict[str, Any] = {
        "iss": realm.issuer,
        "aud": realm.audience,
        "sub": HALL.id,
        "client_id": HALL.id,
        "iat": now,
        "exp": now + 600,
        "jti": "one",
    }
    return {name: value for name, value in (whole | changed).items() if value is not None}


def signed(realm: Realm, said: dict[str, Any], typ: str = "at+jwt", kid: str | None = None) -> str:
    key = realm.keys.current
    return jwt.encode({"alg": "ES256", "typ": typ, "kid": kid or key.kid}, said, key, ["ES256"])


async def test_a_token_says_what_the_profile_asks_for(issuer: TokenIssuer) -> None:
    token = issuer.issue(HALL, "ZM-HOUSE-BUY")
    assert part(token, 0) == {"alg": "ES256", "typ": "at+jwt", "kid": issuer.realm.keys.current.kid}
    said = part(token, 1)
    assert {"iss", "aud", "sub", "client_id", "iat", "exp", "jti"} <= said.keys()
    assert said["exp"] - said["iat"] == 1800
    assert (said["purpose"], said["scope"]) == ("ZM-HOUSE-BUY", "purpose:ZM-HOUSE-BUY")


async def test_the_principal_is_the_client_as_the_store_knows_it(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore
) -> None:
    await store.add_client(CITIZEN)
    principal = await verifier.principal(f"bearer  {issuer.issue(CITIZEN)}")
    assert (principal.role, principal.subject) == (Role.CITIZEN, CITIZEN.subject)
    assert str(CITIZEN.subject) not in repr(principal)


@pytest.mark.parametrize("header", ["", "   ", "Basic eHg6eHg=", "BearerX"])
async def test_no_token_is_told_from_a_bad_one(verifier: TokenVerifier, header: str) -> None:
    with pytest.raises(TokenMissingError) as caught:
        await verifier.principal(header)
    assert caught.value.challenge == 'Bearer realm="govgraph"'


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "a.b.c.d", "....", "é.é.é", "x" * 9000, "eyJhbGciOiJub25lIn0.e30."]
)
async def test_what_is_no_token_is_refused_without_echo(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(TokenInvalidError) as caught:
        await verifier.principal(f"Bearer {token}")
    assert caught.value.status == 401
    assert 'error="invalid_token"' in caught.value.challenge
    assert len(token) < 5 or token not in str(caught.value)


async def test_a_changed_claim_breaks_the_signature(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore
) -> None:
    await store.add_client(HALL)
    head, _, signature = issuer.issue(HALL).split(".")
    forged = encoded(claims(issuer.realm, client_id="operator", sub="operator"))
    with pytest.raises(TokenInvalidError):
        await verifier.principal(f"Bearer {head}.{forged}.{signature}")


async def test_another_algorithm_is_refused(verifier: TokenVerifier, realm: Realm, store: AuthStore) -> None:
    await store.add_client(HALL)
    header = encoded({"alg": "HS256", "typ": "at+jwt", "kid": realm.keys.current.kid})
    body = f"{header}.{encoded(claims(realm))}"
    made = hmac.digest(realm.keys.current.as_pem(private=False), body.encode(), "sha256")
    confused = f"{body}.{urlsafe_b64encode(made).rstrip(b'=').decode()}"
    unsigned = f"{encoded({'alg': 'none', 'typ': 'at+jwt'})}.{encoded(claims(realm))}."
    for token in (confused, unsigned):
        with pytest.raises(TokenInvalidError):
            await verifier.principal(f"Bearer {token}")


async def test_a_foreign_key_under_our_name_is_refused(
    verifier: TokenVerifier, realm: Realm, store: AuthStore
) -> None:
    await store.add_client(HALL)
    foreign = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "typ": "at+jwt", "kid": realm.keys.current.kid}
    with pytest.raises(TokenInvalidError):
        await verifier.principal(f"Bearer {jwt.encode(header, claims(realm), foreign, ['ES256'])}")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://127.0.0.1:8000/"},
        {"iss": None},
        {"exp": None},
        {"exp": "9999999999"},
        {"jti": None},
        {"jti": ""},
        {"client_id": None},
        {"sub": "another"},
        {"iat": int(BEGIN.timestamp()) + 3600},
        {"purpose": ["ZM-HOUSE-BUY"]},
    ],
)
async def test_a_claim_that_is_missing_or_strange_is_refused(
    verifier: TokenVerifier, realm: Realm, store: AuthStore, changed: dict[str, object]
) -> None:
    await store.add_client(HALL)
    await verifier.principal(f"Bearer {signed(realm, claims(realm))}")
    with pytest.raises(TokenInvalidError):
        await verifier.principal(f"Bearer {signed(realm, claims(realm, **changed))}")


async def test_another_kind_of_token_is_refused(
    verifier: TokenVerifier, realm: Realm, store: AuthStore
) -> None:
    await store.add_client(HALL)
    for header in ({"typ": "JWT"}, {"typ": "id_token"}, {"kid": "unknown"}):
        with pytest.raises(TokenInvalidError):
            await verifier.principal(f"Bearer {signed(realm, claims(realm), **header)}")


@pytest.mark.parametrize("audience", ["another", "", None, ["another"], ["GOVGRAPH"], "govgraph2"])
async def test_a_token_for_another_recipient_is_refused(
    verifier: TokenVerifier, realm: Realm, store: AuthStore, audience: object
) -> None:
    await store.add_client(HALL)
    with pytest.raises(TokenWrongAudienceError):
        await verifier.principal(f"Bearer {signed(realm, claims(realm, aud=audience))}")


async def test_a_token_ends_at_its_second_even_when_remembered(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore, hands: Hands
) -> None:
    await store.add_client(HALL)
    header = f"Bearer {issuer.issue(HALL)}"
    hands.wind(seconds=1799)
    await verifier.principal(header)
    hands.wind(seconds=1)
    with pytest.raises(TokenExpiredError):
        await verifier.principal(header)


async def test_a_revoked_client_is_refused_at_once_with_a_remembered_token(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore
) -> None:
    await store.add_client(HALL)
    header = f"Bearer {issuer.issue(HALL)}"
    await verifier.principal(header)
    await store.revoke_client(HALL.id)
    with pytest.raises(ClientRevokedError):
        await verifier.principal(header)


async def test_a_revoked_token_is_refused_and_others_of_the_client_are_not(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore
) -> None:
    await store.add_client(HALL)
    withdrawn, kept = issuer.issue(HALL), issuer.issue(HALL)
    principal = await verifier.principal(f"Bearer {withdrawn}")
    await store.revoke_token(principal.token, part(withdrawn, 1)["exp"])
    with pytest.raises(TokenInvalidError):
        await verifier.principal(f"Bearer {withdrawn}")
    await verifier.principal(f"Bearer {kept}")


async def test_a_client_nobody_registered_is_refused(verifier: TokenVerifier, issuer: TokenIssuer) -> None:
    with pytest.raises(ClientRevokedError):
        await verifier.principal(f"Bearer {issuer.issue(HALL)}")


async def test_tokens_of_the_previous_key_stay_good_and_those_of_an_older_one_do_not(
    store: AuthStore, hands: Hands, tmp_path: Path
) -> None:
    await store.add_client(HALL)
    made = [load_signing_keys(Keyring(tmp_path / name)) for name in ("oldest", "old", "new")]
    oldest, old, new = made
    clock = hands.clock()

    def realm(keys: SigningKeys) -> Realm:
        return Realm("http://127.0.0.1:8000", "govgraph", keys)

    both = SigningKeys(new.current, previous=(old.current,))
    verifier = TokenVerifier(realm(both), clock, store)
    for keys in (old, new):
        await verifier.principal(f"Bearer {TokenIssuer(realm(keys), clock, 60).issue(HALL)}")
    with pytest.raises(TokenInvalidError):
        await verifier.principal(f"Bearer {TokenIssuer(realm(oldest), clock, 60).issue(HALL)}")
    assert [key["kid"] for key in both.published()["keys"]] == [new.current.kid, old.current.kid]


async def test_only_so_many_tokens_are_remembered(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore
) -> None:
    await store.add_client(HALL)
    for _ in range(verifier.capacity * 3):
        await verifier.principal(f"Bearer {issuer.issue(HALL)}")
    assert len(verifier._verified) == verifier.capacity


async def test_a_remembered_token_of_another_realm_is_not_shared(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore
) -> None:
    await store.add_client(HALL)
    token = issuer.issue(HALL)
    await verifier.principal(f"Bearer {token}")
    other = TokenVerifier(replace(verifier.realm, audience="another"), verifier.clock, store)
    with pytest.raises(TokenWrongAudienceError):
        await other.principal(f"Bearer {token}")


async def test_keys_are_named_by_their_thumbprint_and_kept(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    first, second = load_signing_keys(keyring), load_signing_keys(keyring)
    assert first.current.kid == second.current.kid == first.current.thumbprint()
    published = first.published()["keys"][0]
    assert (published["alg"], published["use"], published["crv"]) == ("ES256", "sig", "P-256")
    assert "d" not in published


def test_every_refusal_carries_a_challenge_of_one_line() -> None:
    for refusal in UnauthenticatedError.__subclasses__():
        challenge = refusal("x").challenge
        assert challenge.startswith("Bearer realm=")
        assert challenge.isascii()
        assert "\n" not in challenge


async def test_what_one_replica_found_good_another_need_not_verify_but_never_for_another_realm(
    verifier: TokenVerifier, issuer: TokenIssuer, store: AuthStore, tmp_path: Path
) -> None:
    await store.add_client(HALL)
    header = f"Bearer {issuer.issue(HALL)}"
    shared = MemoryState()
    await replace(verifier, shared=shared, _verified=OrderedDict()).principal(header)
    unable = replace(verifier.realm, keys=load_signing_keys(Keyring(tmp_path / "other")))
    other = replace(verifier, shared=shared, _verified=OrderedDict(), realm=unable)
    assert (await other.principal(header)).client == HALL.id
    await store.revoke_client(HALL.id)
    with pytest.raises(ClientRevokedError):
        await other.principal(header)
    elsewhere = replace(other, realm=replace(unable, audience="another"), _verified=OrderedDict())
    with pytest.raises(TokenInvalidError):
        await elsewhere.principal(header)
    with pytest.raises(TokenInvalidError):
        await replace(other, shared=MemoryState(), _verified=OrderedDict()).principal(header)
