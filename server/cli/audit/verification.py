"""`govgraph audit verify`: this home's log, a copy, a server's tiles, or an evidence package."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import anyio
import httpx2
from anyio import to_thread

from audit import checkpoint
from audit.copied import CopiedLog
from audit.evidence import check
from audit.export import check_export
from audit.finding import Verification
from audit.note import read_verifier
from audit.proofs import check_consistency, read_known
from audit.tiles import TreeSource
from audit.verify import verify
from audit.verify_tiles import TileCheck, verify_tiles
from server.cli.audit.commands import Verifying
from server.cli.audit.remote_log import RemoteLog
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_warning
from server.cli.reading import read_bytes, read_text
from server.cli.settings import read_settings
from server.cli.texts import text

TIMEOUT = 60.0


async def verify_asked(asked: Verifying, json: bool) -> int:
    """Verify what was asked; return 1 where something does not hold."""
    if asked.evidence is not None:
        return await _verify_evidence(asked.evidence, asked.key, json)
    if asked.export is not None:
        return _verify_export(asked.export, asked.key, json)
    if asked.since is not None:
        return await _verify_since(asked, asked.since, json)
    elsewhere = {str(file): read_text(file) for file in asked.checkpoints}
    if asked.server:
        async with _source(asked) as source:
            found = await verify_tiles(source, TileCheck(_key(asked.key), elsewhere, asked.entries))
    else:
        found = await to_thread.run_sync(verify, _folder(asked), _key(asked.key), elsewhere)
    return _tell(found, json)


def _verify_export(file: Path, key: Path | None, json: bool) -> int:
    """Verify exported records; `EXPORT_INVALID` ends the command where one does not hold."""
    found = check_export(read_bytes(file), read_verifier(_key(key)))
    if json:
        print_json(asdict(found))
    else:
        print_line(text("export verified", **asdict(found)))
    return 0


def _tell(found: Verification, json: bool) -> int:
    """Print a verification; say so where no checkpoint kept elsewhere was compared."""
    if json:
        print_json(asdict(found))
    elif found.ok:
        print_line(text("verified", size=found.size, root=found.root))
        for size in found.compared:
            print_line(text("compared", size=size))
    else:
        print_line(text("not verified", problem=found.problem))
    if found.ok and not found.compared:
        print_warning(text("not compared"))
    return 0 if found.ok else 1


def _key(file: Path | None) -> str:
    return read_text(file or read_settings().home.resolve() / "audit.vkey").strip()


def _folder(asked: Verifying) -> Path:
    return (asked.folder or read_settings().home / "audit").resolve()


@asynccontextmanager
async def _source(asked: Verifying) -> AsyncIterator[TreeSource]:
    """Yield the log to read from; signed in only where entries are to be read."""
    if not asked.server:
        yield CopiedLog(_folder(asked))
    elif asked.entries:
        async with connected(Target(asked.server, asked.acting), read_settings()) as signed_in:
            yield RemoteLog(signed_in.http, signed_in.token)
    else:
        url = asked.server.rstrip("/")
        async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT, trust_env=False) as http:
            yield RemoteLog(http)


async def _verify_since(asked: Verifying, since: Path, json: bool) -> int:
    """Prove that the log, or the checkpoints given, begin with the one of `since`."""
    verifier = read_verifier(_key(asked.key))
    older = read_known(str(since), read_text(since), verifier)
    known = [read_known(str(file), read_text(file), verifier) for file in asked.checkpoints]
    async with _source(asked) as source:
        now = checkpoint.read(await source.note(), verifier)
        for newer in [*known, now]:
            await check_consistency(source, older, newer)
            if newer is not now:
                await check_consistency(source, newer, now)
    if json:
        print_json({"ok": True, "older": older.size, "newer": now.size})
    else:
        print_line(text("consistent", older=older.size, newer=now.size))
    return 0


async def _verify_evidence(file: Path, key: Path | None, json: bool) -> int:
    """Verify an evidence package offline."""
    package = read_bytes(file)
    given = key or await _own_key()
    found = await to_thread.run_sync(check, package, read_text(given).strip() if given else "")
    if json:
        print_json(asdict(found) | {"ok": True, "key_compared": given is not None})
    else:
        positions = ", ".join(map(str, found.positions))
        told = {"receipt": found.receipt, "size": found.size, "origin": found.origin}
        print_line(text("evidence verified", positions=positions, **told))
    if given is None:
        print_warning(f"{text('own key')}\n{found.key}")
    return 0


async def _own_key() -> Path | None:
    """Return the key of this home, where there is one."""
    file = read_settings().home.resolve() / "audit.vkey"
    return file if await anyio.Path(file).exists() else None
