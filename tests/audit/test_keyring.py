"""Keys: made once, the same for every reader, closed to others."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from govgraph.keyring import Keyring, KeyringError, KeysBackupError, KeysExposedError
from govgraph.sealing import SealBrokenError

PEM = b"-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "home" / "keys")


def test_a_secret_is_made_once_and_kept(keyring: Keyring) -> None:
    first = keyring.secret("audit-digests", 48)
    assert len(first) == 48
    assert Keyring(keyring.folder).secret("audit-digests", 48) == first
    assert keyring.secret("other", 48) != first


def test_folder_and_files_are_open_to_their_owner_only(keyring: Keyring) -> None:
    keyring.secret("a")
    assert keyring.folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in keyring.folder.iterdir()] == [0o600]


def test_a_private_key_is_made_once(keyring: Keyring) -> None:
    assert keyring.private_key("audit-log", lambda: PEM) == PEM
    assert keyring.private_key("audit-log", lambda: b"-----BEGIN another") == PEM


def test_many_first_callers_get_one_key(keyring: Keyring) -> None:
    with ThreadPoolExecutor(8) as threads:
        secrets = list(threads.map(lambda _: keyring.secret("shared"), range(32)))
    assert len(set(secrets)) == 1
    assert [path.name for path in keyring.folder.iterdir()] == ["shared.key"]


def test_keys_that_others_may_read_are_refused(keyring: Keyring) -> None:
    keyring.secret("a")
    (keyring.folder / "a.key").chmod(0o640)
    with pytest.raises(KeysExposedError) as refusal:
        keyring.secret("a")
    assert (refusal.value.code, refusal.value.where) == ("KEYS_EXPOSED", "keys/a.key")


def test_a_folder_of_keys_that_others_may_enter_is_refused(keyring: Keyring) -> None:
    keyring.secret("a")
    keyring.folder.chmod(0o755)
    with pytest.raises(KeysExposedError):
        keyring.secret("a")


@pytest.mark.parametrize("name", ["", "../a", "A", "a/b", "a.key", "a--b"])
def test_a_name_that_is_no_plain_word_is_refused(keyring: Keyring, name: str) -> None:
    with pytest.raises(KeyringError):
        keyring.secret(name)


def test_a_damaged_key_is_refused_and_not_made_anew(keyring: Keyring) -> None:
    keyring.secret("a")
    keyring.private_key("b", lambda: PEM)
    (keyring.folder / "a.key").write_bytes(b"")
    (keyring.folder / "b.pem").write_bytes(b"")
    with pytest.raises(KeyringError):
        keyring.secret("a")
    with pytest.raises(KeyringError):
        keyring.private_key("b", lambda: PEM)


def test_a_backup_restores_the_same_keys(keyring: Keyring, tmp_path: Path) -> None:
    secret = keyring.secret("a")
    keyring.private_key("b", lambda: PEM)
    assert keyring.backup(tmp_path / "medium" / "keys") == ("a.key", "b.pem")
    restored = Keyring(tmp_path / "medium" / "keys")
    assert restored.secret("a") == secret
    assert restored.private_key("b", lambda: b"") == PEM


def test_a_backup_never_writes_over_an_earlier_one(keyring: Keyring, tmp_path: Path) -> None:
    keyring.secret("a")
    keyring.backup(tmp_path / "keys")
    with pytest.raises(KeysBackupError) as refusal:
        keyring.backup(tmp_path / "keys")
    assert refusal.value.code == "KEYS_BACKUP_REFUSED"


def test_no_key_shows_in_its_keyring(keyring: Keyring) -> None:
    assert keyring.secret("a").hex() not in repr(keyring)


def test_a_rotated_secret_is_replaced_and_kept_sealed(keyring: Keyring) -> None:
    secrets = [keyring.secret("audit-digests")]
    for _ in range(3):
        keyring.rotate("audit-digests")
        secrets.append(keyring.secret("audit-digests"))
    assert keyring.retired("audit-digests") == tuple(secrets[:-1])
    assert len(set(secrets)) == 4
    lying = b"".join(path.read_bytes() for path in keyring.folder.glob("*.sealed"))
    assert not [secret for secret in secrets if secret in lying]


def test_a_crash_between_the_steps_of_a_rotation_loses_no_secret(keyring: Keyring) -> None:
    first = keyring.secret("a")
    keyring.rotate("a")
    (keyring.folder / "a.key").write_bytes(first)  # what the disk holds where the second step never came
    keyring.rotate("a")
    assert keyring.retired("a") == (first,)
    assert keyring.secret("a") != first


def test_a_sealed_secret_in_the_place_of_another_does_not_open(keyring: Keyring) -> None:
    for _ in range(2):
        keyring.rotate("a")
    (keyring.folder / "a.0001.sealed").replace(keyring.folder / "a.0002.sealed")
    with pytest.raises(SealBrokenError):
        keyring.retired("a")


def test_a_backup_holds_the_secrets_that_were_rotated_out(keyring: Keyring, tmp_path: Path) -> None:
    keyring.rotate("a")
    assert "a.0001.sealed" in keyring.backup(tmp_path / "copy")
    assert Keyring(tmp_path / "copy").retired("a") == keyring.retired("a")
