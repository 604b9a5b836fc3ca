"""The demonstration city on this machine: its data, made once, and the service of one department."""

import os
import secrets
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE

import anyio
import orjson
from anyio import to_thread
from anyio.streams.text import TextReceiveStream

from govgraph.file_access import FOLDER
from server.errors import DemoBrokenError
from server.home import write_private

CHECKOUT = Path(__file__).resolve().parents[3]
DONE = "city.json"
STOP = 5.0


def city_folder() -> Path:
    """Return the folder of the example city. Raises `DemoBrokenError` outside a checkout."""
    folder = CHECKOUT / "examples" / "city"
    if not (folder / "generate.py").is_file():
        raise DemoBrokenError(
            "The example city is not installed with the package",
            remedy="Run `make demo` in a checkout of the project.",
        )
    return folder


async def generate(city: Path, home: Path, scale: str) -> bool:
    """Make the city's data under the home folder; return whether it had to be made."""
    sources = home / FOLDER
    if _made(sources / DONE) == scale:
        return False
    fresh = home / "city.new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [sys.executable, str(city / "generate.py"), "--target", str(fresh), "--scale", scale]
    done = await anyio.run_process(command, check=False, stdin=DEVNULL)
    if done.returncode != 0:
        raise DemoBrokenError("The city's data could not be made")
    await to_thread.run_sync(_put, fresh, sources)
    return True


def _made(note: Path) -> str:
    """Return the scale of the city that was made whole; empty where there is none."""
    return str(orjson.loads(note.read_bytes())["scale"]) if note.is_file() else ""


def _put(fresh: Path, sources: Path) -> None:
    """Put each department's folder in its place; the note that the city is whole comes last."""
    sources.mkdir(exist_ok=True, mode=0o700)
    (sources / DONE).unlink(missing_ok=True)
    for folder in sorted(one for one in fresh.iterdir() if one.is_dir()):
        shutil.rmtree(sources / folder.name, ignore_errors=True)
        folder.rename(sources / folder.name)
    (fresh / DONE).rename(sources / DONE)
    fresh.rmdir()


def api_key(home: Path) -> str:
    """Return the key between the platform and the medical insurance service; made at first use."""
    file = home / "medical-insurance.key"
    if not file.is_file():
        write_private(file, secrets.token_urlsafe(24).encode())
    return file.read_text(encoding="utf-8")


@asynccontextmanager
async def medical_insurance(city: Path, home: Path) -> AsyncIterator[int]:
    """Run the department's service as a child and yield its port; it is ended whatever happens."""
    command = [
        sys.executable,
        str(city / "services" / "medical_insurance.py"),
        "--data",
        str(home / FOLDER / "medical-insurance" / "medical-insurance.json"),
        "--port",
        "0",
        "--key-file",
        str(home / "medical-insurance.key"),
        "--until-input-ends",
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # A session of its own: Ctrl-C reaches the server first, which ends the child when it is done with it.
    # Its input stays open as long as this process lives: where that is killed, the child ends by itself.
    child = await anyio.open_process(
        command, stdin=PIPE, stdout=PIPE, stderr=None, env=environment, start_new_session=True
    )
    try:
        yield await _port(child)
    finally:
        with anyio.CancelScope(shield=True):
            await _end(child)


async def _port(child: anyio.abc.Process) -> int:
    if child.stdout is not None:
        line = ""
        with anyio.move_on_after(30):
            async for part in TextReceiveStream(child.stdout):
                line += part
                if "\n" in line:
                    return int(line.splitlines()[0].rpartition(":")[2])
    raise DemoBrokenError("The service of the medical insurance department did not start")


async def _end(child: anyio.abc.Process) -> None:
    if child.returncode is None:
        child.terminate()
        with anyio.move_on_after(STOP):
            await child.wait()
        if child.returncode is None:
            child.kill()
    await child.aclose()
