"""Installs the peers that come from npm into a cache folder outside the project, once per set of versions."""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PATIENCE = 600


class NotInstalledError(Exception):
    """A peer cannot be installed; its text says why, in one line."""


def installed(peer: str) -> Path:
    """Return the folder of a peer with its packages and its sources. Raises `NotInstalledError`."""
    versions = (FOLDER / peer / "package.json").read_bytes()
    folder = cache() / f"{peer}-{sha256(versions).hexdigest()[:12]}"
    done = folder / "installed"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_bytes(versions)
        install(folder)
        done.touch()
    for source in (FOLDER / peer).glob("*.mjs"):
        shutil.copy(source, folder / source.name)
    return folder


def cache() -> Path:
    """Return the folder that packages are kept in, between runs and for every checkout."""
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else Path.home() / ".cache") / "govgraph-benchmarks"


def install(folder: Path) -> None:
    """Fetch the packages that a folder's `package.json` names."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalledError("npm is not there")
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"npm did not finish within {PATIENCE} s") from None
    if done.returncode != 0:
        raise NotInstalledError(f"npm ended with {done.returncode}: {first_line(done.stderr)}")


def first_line(text: str) -> str:
    """Return the first line that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "nothing was said")


def node(folder: Path) -> str:
    """Return the Node.js that came with the packages."""
    return str(folder / "node_modules" / ".bin" / "node")
