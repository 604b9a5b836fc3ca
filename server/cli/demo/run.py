"""`govgraph demo`: the city, its headline question, the answer, the record, the proof; then it serves."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import httpx2
import orjson
from anyio import to_thread

from audit.verify import verify
from govgraph.clock import system_clock
from govgraph.settings import Settings
from server.app import Surrounding, application, build
from server.cli.audit import showing as audit
from server.cli.connection import Connection, new_token
from server.cli.demo import setup as demo_setup
from server.cli.demo.city import api_key, city_folder, generate, medical_insurance
from server.cli.demo.report import print_run, say
from server.cli.settings import read_settings
from server.console.demonstration import Demonstration, StoredQuestion, read_demonstration
from server.errors import DemoBrokenError
from server.home import RunningServer, held
from server.log_lines import set_up_logging
from server.parts import Platform
from server.serving import listen, served, settle, stopped

TODAY = date(2026, 6, 30)
HEADLINE = "h1-no-proof-city"
READER = "audit-administrator"


@dataclass(frozen=True, slots=True)
class HeadlineRun:
    """What the headline question brought: question, answer, access record and verification of the log."""

    question: StoredQuestion
    answer: Mapping[str, Any]
    record: Mapping[str, Any]
    verification: Mapping[str, Any]
    url: str
    home: Path


async def demo(port: int | None, scale: str, once: bool, json: bool) -> int:
    """Run the demonstration until stopped, or once; return 1 where it did not come out as it should."""
    settings = read_settings(port=port)
    set_up_logging("error")
    codes: list[int] = []
    async with anyio.create_task_group() as tasks:

        async def stop() -> None:
            await stopped()
            tasks.cancel_scope.cancel()

        async def work() -> None:
            codes.append(await _work(settings, scale, once, json))
            tasks.cancel_scope.cancel()

        tasks.start_soon(stop)
        tasks.start_soon(work)
    return codes[0] if codes else 0


async def _work(settings: Settings, scale: str, once: bool, json: bool) -> int:
    if scale not in ("S", "M"):
        raise DemoBrokenError("The size of the city is not known", where=scale, remedy="Use S or M.")
    city, home = city_folder(), await anyio.Path(settings.home).resolve()
    async with AsyncExitStack() as stack:
        stack.enter_context(held(Path(home)))
        sock = listen(settings.host, settings.port)
        stack.callback(sock.close)
        changes = {
            "home": Path(home),
            "port": sock.getsockname()[1],
            "demo_today": settings.demo_today or TODAY,
        }
        settings = settings.model_copy(update=changes)
        say("making the city", json, scale=scale)
        await generate(city, settings.home, scale)
        key = api_key(settings.home)
        insurance = await stack.enter_async_context(medical_insurance(city, settings.home))
        values = {"medical-insurance": {"MEDICAL_INSURANCE_PORT": str(insurance)}}
        clock = system_clock(settings.demo_today)
        platform = await stack.enter_async_context(
            build(settings, clock, Surrounding(values, egress_allowed="127.0.0.0/8"))
        )
        shown = read_demonstration(city, lambda client: demo_setup.secret_of(settings.home, client))
        await stack.enter_async_context(served(application(platform, shown), platform, sock))
        settle()
        run = await _run(platform, shown, city, key, json)
        print_run(run, json)
        if not once:
            await anyio.sleep_forever()
        return 0 if run.verification["ok"] and not run.answer.get("errors") else 1


async def _run(platform: Platform, shown: Demonstration, city: Path, key: str, json: bool) -> HeadlineRun:
    """Set the platform up where it is new, and ask the headline question over HTTP."""
    own, home = platform.administrator, platform.settings.home
    local = f"http://{platform.settings.host}:{platform.settings.port}"
    async with httpx2.AsyncClient(base_url=local, timeout=120, trust_env=False) as http:
        if await demo_setup.set_up(Connection(http, own.url, own.token), city, home, key):
            say("set up", json)
            say("verifier key", json, key=platform.log.verifier_key)
        question = next(one for one in shown.questions if one.name == HEADLINE)
        answer = await _ask(http, own, question, home)
        record = await _record(http, own, answer, home)
    verifier = platform.log.verifier_key
    verification = asdict(await to_thread.run_sync(verify, home / "audit", verifier))
    return HeadlineRun(question, answer, record, verification, own.url, home)


async def _ask(
    http: httpx2.AsyncClient, server: RunningServer, question: StoredQuestion, home: Path
) -> dict[str, Any]:
    token = await new_token(http, question.client, demo_setup.secret_of(home, question.client))
    body = {"query": question.document, "variables": orjson.loads(question.variables)}
    return await Connection(http, server.url, token).post("/graphql", body, {"Purpose": question.purpose})


async def _record(
    http: httpx2.AsyncClient, server: RunningServer, answer: Mapping[str, Any], home: Path
) -> dict[str, Any]:
    """Return the record the answer left, read as the audit administrator reads it."""
    receipt = answer.get("extensions", {}).get("govgraph", {}).get("receipt", "")
    token = await new_token(http, READER, demo_setup.secret_of(home, READER))
    found = await Connection(http, server.url, token).ask(audit.RECORD, receipt=receipt)
    record: dict[str, Any] = found["record"]
    return record
