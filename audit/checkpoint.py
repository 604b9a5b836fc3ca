"""Checkpoints of C2SP tlog-checkpoint: how many records there are, and the root that stands for them."""

import base64
from dataclasses import dataclass

from audit.errors import LogCheckpointInvalidError
from audit.note import Signer, Verifier


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, the number of its leaves and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encoded_root(self.root)}\n"


def encoded_root(root: bytes) -> str:
    """Return a root as checkpoints write it, in base64."""
    return base64.b64encode(root).decode()


def sign(size: int, root: bytes, signer: Signer) -> str:
    """Return the signed note for a tree of `size` leaves."""
    return signer.sign(Checkpoint(signer.verifier.name, size, root).text)


def read(note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a signed note; further lines of the text are ignored, as the standard asks.

    Raises `LogCheckpointInvalidError` or `LogKeyChangedError`.
    """
    origin, size, root, *_ = (*verifier.open(note).split("\n"), "", "", "")
    try:
        decoded = base64.b64decode(root, validate=True)
    except ValueError:
        decoded = b""
    plain = size.isascii() and size.isdecimal() and size == str(int(size))
    if origin != verifier.name or not plain or len(decoded) != 32:
        raise LogCheckpointInvalidError("The text of a checkpoint is not one of this log")
    return Checkpoint(origin, int(size), decoded)
