"""The Go verifier of `examples/verify` agrees with ours; it is built wherever `go` is installed."""

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from audit import checkpoint, note
from audit.evidence import build
from audit.log import Log
from audit.record import AccessRecord
from audit.tiles import covering, tile_bytes
from audit.tree import root
from tests.architecture.reading import ROOT
from tests.audit.test_tiles import Tree

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed: apt-get install golang-go"),
]
MakeRecord = Callable[[int], AccessRecord]
Run = Callable[..., tuple[int, str]]
SIGNER = note.signer(note.make_key())


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built without network."""
    folder = tmp_path_factory.mktemp("go")
    given = {**os.environ, "GOFLAGS": "-buildvcs=false", "GOPROXY": "off", "GOCACHE": str(folder / "cache")}
    subprocess.run(
        ["go", "build", "-o", str(folder / "verify"), "."],
        cwd=ROOT / "examples" / "verify",
        env=given,
        check=True,
    )
    return folder / "verify"


@pytest.fixture
def run(verifier: Path, tmp_path: Path) -> Run:
    def ran(key: str, *words: str) -> tuple[int, str]:
        (tmp_path / "paper.vkey").write_text(key + "\n")
        command = [str(verifier), str(tmp_path / "paper.vkey"), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout

    return ran


async def test_it_verifies_an_evidence_package_and_refuses_a_changed_one(
    log: Log, record: MakeRecord, operation: tuple[str, str], run: Run, tmp_path: Path
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    for number in range(9):
        await log.append(replace(record(number), operation=operation[0]), operation=operation)
    package = await build(log, "receipt-5", log.verifier_key)
    assert package is not None
    file = tmp_path / "evidence.zip"
    file.write_bytes(package)
    code, said = run(log.verifier_key, "evidence", str(file))
    assert (code, said) == (0, "verified: 1 record(s) of receipt receipt-5, in a log of 9\n")
    assert run(SIGNER.verifier.text, "evidence", str(file))[0] == 1
    for name, old, new in (
        ("records/5.json", b"yiwu", b"jinh"),
        ("records/5.tlog-proof", b"index 5", b"index 4"),
        ("checkpoint", b"\n9\n", b"\n8\n"),
        ("operation.graphql", b"person", b"people"),
    ):
        with zipfile.ZipFile(io.BytesIO(package)) as archive, zipfile.ZipFile(file, "w") as changed:
            for entry in archive.namelist():
                content = archive.read(entry)
                assert entry != name or old in content
                changed.writestr(entry, content.replace(old, new) if entry == name else content)
        code, said = run(log.verifier_key, "evidence", str(file))
        assert (code, said.startswith("NOT VERIFIED: ")) == (1, True)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Print nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder of tiles, and the address a server shows it at."""
    (tmp_path / "www").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "www"))) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield tmp_path / "www" / "audit" / "log", f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def signed(tree: Tree, size: int) -> str:
    return checkpoint.sign(size, root(tree.levels[0][:size]), SIGNER)


async def test_it_verifies_the_tiles_of_a_server_against_checkpoints_kept_elsewhere(
    served: tuple[Path, str], run: Run, tmp_path: Path
) -> None:
    folder, url = served
    tree, size = Tree(700), 700
    for tile in covering(size):
        path = folder / "tile" / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(await tile_bytes(tile, size, tree))
    (folder / "checkpoint").write_text(signed(tree, size))
    kept, forged = tmp_path / "kept", tmp_path / "forged"
    kept.write_text(signed(tree, 300))
    other = Tree(300)
    other.levels[0][7] = b"x" * 32
    forged.write_text(signed(other, 300))
    key = SIGNER.verifier.text
    assert run(key, "log", url, str(kept)) == (
        0,
        "verified: 700 records, 1 checkpoint(s) kept elsewhere compared\n",
    )
    assert run(key, "log", url, str(forged))[0] == 1
    changed = folder / "tile" / "0" / "001"
    changed.write_bytes(b"x" * 32 + changed.read_bytes()[32:])
    code, said = run(key, "log", url, str(kept))
    assert (code, "first 300 records" in said) == (1, True)
    (folder / "checkpoint").write_text(signed(tree, 299))
    assert "rolled back" in run(key, "log", url, str(kept))[1]
