"""Signed notes and checkpoints of C2SP."""

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit import checkpoint, note
from audit.checkpoint import Checkpoint
from audit.errors import LogCheckpointInvalidError, LogKeyChangedError
from audit.note import Signer, Verifier
from audit.tree import leaf_hash

ROOT = leaf_hash(b"a")
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture
def signer() -> Signer:
    return note.signer(note.make_key())


def test_the_published_example_of_signed_notes_opens() -> None:
    verifier = note.read_verifier(EXAMPLE_KEY)
    assert verifier.open(EXAMPLE_NOTE).endswith("what your problem is.\n")
    assert verifier.text == EXAMPLE_KEY


def test_a_checkpoint_reads_back(signer: Signer) -> None:
    signed = checkpoint.sign(7, ROOT, signer)
    assert checkpoint.read(signed, signer.verifier) == Checkpoint(signer.verifier.name, 7, ROOT)
    lines = signed.split("\n")
    assert lines[:4] == [signer.verifier.name, "7", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith(f"\u2014 {signer.verifier.name} ")


def test_the_verifier_key_handed_over_on_paper_is_enough(signer: Signer) -> None:
    paper = f"  {signer.verifier.text}\n"
    assert checkpoint.read(checkpoint.sign(0, ROOT, signer), note.read_verifier(paper)).size == 0


def test_lines_of_unknown_signers_are_ignored(signer: Signer) -> None:
    other = note.signer(note.make_key())
    signed = checkpoint.sign(7, ROOT, signer)
    witness = other.sign(Checkpoint(signer.verifier.name, 7, ROOT).text).splitlines()[-1]
    strange = "\u2014 witness.example " + base64.b64encode(b"abcdef").decode()
    assert checkpoint.read(f"{signed}{witness}\n{strange}\n", signer.verifier).size == 7


def test_further_lines_of_the_text_are_ignored(signer: Signer) -> None:
    text = Checkpoint(signer.verifier.name, 7, ROOT).text + "an extension\n"
    assert checkpoint.read(signer.sign(text), signer.verifier).size == 7


def test_another_key_did_not_sign_it(signer: Signer) -> None:
    with pytest.raises(LogKeyChangedError):
        checkpoint.read(checkpoint.sign(7, ROOT, note.signer(note.make_key())), signer.verifier)


def test_a_changed_size_breaks_the_signature(signer: Signer) -> None:
    signed = checkpoint.sign(7, ROOT, signer).replace("\n7\n", "\n8\n")
    with pytest.raises(LogCheckpointInvalidError, match="does not hold"):
        checkpoint.read(signed, signer.verifier)


def test_a_second_bad_signature_of_the_same_key_is_refused(signer: Signer) -> None:
    signed = checkpoint.sign(7, ROOT, signer)
    other = checkpoint.sign(8, ROOT, signer).splitlines()[-1]
    with pytest.raises(LogCheckpointInvalidError):
        checkpoint.read(f"{signed}{other}\n", signer.verifier)


@pytest.mark.parametrize(
    "damage",
    [
        lambda signed: "",
        lambda signed: signed[:-1],
        lambda signed: signed.replace("\n\n", "\n"),
        lambda signed: signed.replace("\u2014", "-"),
        lambda signed: signed + "\n",
        lambda signed: signed.replace("govgraph", "gov\tgraph"),
        lambda signed: signed[:-4] + "!!!\n",
        lambda signed: signed[: signed.rindex(" ")] + " AAAA\n",
        lambda signed: signed + "\u2014 " + "a" * 70_000 + " AAAAAAAA\n",
    ],
)
def test_a_damaged_note_is_refused(signer: Signer, damage: Callable[[str], str]) -> None:
    with pytest.raises(LogCheckpointInvalidError):
        checkpoint.read(damage(checkpoint.sign(7, ROOT, signer)), signer.verifier)


@pytest.mark.parametrize(
    "body",
    [
        "other/log\n7\n{root}\n",
        "{name}\n07\n{root}\n",
        "{name}\n-7\n{root}\n",
        "{name}\n\u0667\n{root}\n",
        "{name}\n7\nAAAA\n",
        "{name}\n7\n!\n",
        "{name}\n7\n",
        "{name}\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_of_this_log_is_refused(signer: Signer, body: str) -> None:
    text = body.format(name=signer.verifier.name, root=base64.b64encode(ROOT).decode())
    with pytest.raises(LogCheckpointInvalidError):
        checkpoint.read(signer.sign(text), signer.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AAAA",
        EXAMPLE_KEY.replace("c74f", "c74e"),
        EXAMPLE_KEY.replace("Peter", "Peter "),
        "a+b+ü",
    ],
)
def test_a_key_text_with_a_slip_of_the_pen_is_refused(text: str) -> None:
    with pytest.raises(LogKeyChangedError, match="cannot be read"):
        note.read_verifier(text)


def test_two_logs_never_share_a_name() -> None:
    assert note.signer(note.make_key()).verifier.name != note.signer(note.make_key()).verifier.name


def test_a_key_of_another_kind_is_refused() -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(LogKeyChangedError):
        note.signer(pem)


def test_verifiers_are_plain_values(signer: Signer) -> None:
    verifier = signer.verifier
    assert Verifier(verifier.name, verifier.identifier, verifier.public) == verifier
