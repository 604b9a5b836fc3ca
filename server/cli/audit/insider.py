"""`govgraph drill insider`: an official reads a register person by person, is noticed, and is stopped.

A whole platform of its own in a folder that is deleted afterwards, over a register of invented persons,
on a clock that runs as fast as the questions are answered.
"""

import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
from anyio import to_thread

from audit.alerts.alert import Alert, Rule
from govgraph.clock import Clock
from govgraph.settings import Settings
from schema.types import valid_id_number
from server.app import application, build
from server.cli.audit.alerting import AFFECTED
from server.cli.audit.insider_register import GRANT, GRANTS, MANIFEST, OFFICIAL, PURPOSE
from server.cli.clients import CREATE
from server.cli.connection import Connection, new_token
from server.cli.grants import APPLY, SUSPEND
from server.cli.output import print_json, print_line
from server.cli.texts import text
from server.home import held, write_private
from server.parts import Platform

PERSONS: Final = 2000
PACE: Final = timedelta(seconds=0.3)
"""Between two questions: 2,000 persons take ten minutes."""
LOOK: Final = timedelta(seconds=2)
"""Between two looks of the rules, as `GOVGRAPH_AUDIT_PAUSE` has it."""
DECIDES: Final = timedelta(seconds=30)
"""How long the security administrator takes to decide."""
BEGIN: Final = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)
QUESTION: Final = "query ($id: IdNumber!) { person(idNo: $id) { name } }"
PUBLISH: Final = "mutation ($f: [FileText!]!) { publishManifests(files: $f) { version } }"
CLIENTS: Final = {
    "hall": "application",
    "security": "security-administrator",
    "auditor": "audit-administrator",
}
GOES_ON: Final = timedelta(seconds=20)
"""How long the official still tries after the decision."""
NOTICED: Final = 60.0
"""Seconds within which the alert must be there."""
STOPPED: Final = 5.0
"""Seconds within which a decision must count."""


@dataclass(slots=True)
class Scene:
    """The platform, the ways in by client, and the hands of its clock."""

    platform: Platform
    http: httpx2.AsyncClient
    moment: datetime = BEGIN

    async def acting(self, client: str, secrets: dict[str, str]) -> Connection:
        """Return the way in of a client."""
        return Connection(self.http, "http://localhost", await new_token(self.http, client, secrets[client]))


@dataclass(frozen=True, slots=True)
class Course:
    """What happened: whom the official read, and how many seconds after the beginning what followed."""

    read: Sequence[str]
    noticed: float
    decided: float
    last_answer: float

    @property
    def delay(self) -> float:
        """Return for how many seconds after the decision answers still left."""
        return max(0.0, self.last_answer - self.decided)


async def insider(out: Path | None, json: bool) -> int:
    """Run the drill; return 1 where the official was noticed or stopped too late, or a person is missing."""
    with tempfile.TemporaryDirectory(prefix="govgraph-drill-") as folder:
        register = await to_thread.run_sync(write_register, Path(folder) / "home")
        async with _scene(Path(folder) / "home") as (scene, secrets):
            course = await _course(scene, secrets, register)
            auditor = await scene.acting("auditor", secrets)
            asked = {"client": "hall", "endUser": OFFICIAL}
            found = (await auditor.ask(AFFECTED, s=asked, p=register))["affected"]["persons"]
    if out is not None:
        write_private(out, "".join(f"{person}\n" for person in found).encode())
    good = 0 < course.noticed <= NOTICED and course.delay <= STOPPED and found == list(course.read)
    _tell(course, len(found), json, good=good)
    return 0 if good else 1


def _tell(course: Course, found: int, json: bool, *, good: bool) -> None:
    told: dict[str, Any] = {
        "noticed": round(course.noticed, 1),
        "decided": round(course.decided, 1),
        "delay": round(course.delay, 1),
        "read": len(course.read),
        "affected": found,
    }
    if json:
        print_json({"ok": good, **told})
    else:
        print_line(text("insider drill", wanted=PERSONS, **told))


async def _course(scene: Scene, secrets: dict[str, str], register: Sequence[str]) -> Course:
    """Return what happened while the official read on, and for a while after the decision."""
    hall, security = await scene.acting("hall", secrets), await scene.acting("security", secrets)
    read: list[str] = []
    looked = last = noticed = decided = BEGIN
    for person in register:
        scene.moment += PACE
        if noticed == BEGIN and scene.moment - looked >= LOOK:
            looked = scene.moment
            noticed = scene.moment if _bulk(await _look(scene.platform)) else BEGIN
        elif noticed > BEGIN and decided == BEGIN and scene.moment - noticed >= DECIDES:
            decided = scene.moment
            await security.ask(SUSPEND, id=GRANT)
        elif decided > BEGIN and scene.moment - decided > GOES_ON:
            break
        if await _answered(hall, person):
            read.append(person)
            last = scene.moment
    return Course(read, *((one - BEGIN).total_seconds() for one in (noticed, decided, last)))


async def _look(platform: Platform) -> Sequence[Alert]:
    await platform.index.catch_up()
    return await platform.watcher.catch_up()


def _bulk(alerts: Sequence[Alert]) -> bool:
    return any(alert.rule is Rule.BULK_PERSONS for alert in alerts)


async def _answered(hall: Connection, person: str) -> bool:
    headers = {"Purpose": PURPOSE, "End-User": OFFICIAL}
    answer = await hall.post("/graphql", {"query": QUESTION, "variables": {"id": person}}, headers)
    return bool((answer.get("data") or {}).get("person"))


@asynccontextmanager
async def _scene(home: Path) -> AsyncIterator[tuple[Scene, dict[str, str]]]:
    """Yield a platform over the register, set up through the control graph, and its clients' secrets."""
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    settings = Settings.model_construct(**{**defaults, "home": home, "audit_pause": 3600.0})
    scene: list[Scene] = []
    clock = Clock(lambda: scene[0].moment if scene else BEGIN, date(2026, 6, 30))
    with held(home):
        async with build(settings, clock) as platform:
            transport = httpx2.ASGITransport(application(platform))
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
                scene.append(Scene(platform, http))
                machine = Connection(http, "http://localhost", platform.administrator.token)
                yield scene[0], await _set_up(machine)


async def _set_up(machine: Connection) -> dict[str, str]:
    secrets: dict[str, str] = {}
    for name, role in CLIENTS.items():
        draft = {"id": name, "title": name, "role": role}
        secrets[name] = (await machine.ask(CREATE, client=draft))["createClient"]["clientSecret"]
    await machine.ask(PUBLISH, f=[{"name": "register.yaml", "text": MANIFEST}])
    await machine.ask(APPLY, files=[{"name": "hall.yaml", "text": GRANTS}])
    return secrets


def write_register(home: Path) -> list[str]:
    """Write a register of invented persons into a home and return their ID numbers, none of a real person."""
    folder = home / "sources" / "public-security"
    folder.mkdir(parents=True)
    born = (date(1960, 1, 1) + timedelta(days=at) for at in range(PERSONS))
    numbers = [_number(f"330799{day:%Y%m%d}001") for day in born]
    with closing(sqlite3.connect(folder / "register.db")) as store, store:
        store.execute("create table person (id text primary key, name text)")
        store.executemany("insert into person values (?, '某人')", [(number,) for number in numbers])
    return numbers


def _number(seventeen: str) -> str:
    """Return an ID number with its check digit (GB 11643-1999); area 330799 is nobody's."""
    return next(seventeen + last for last in "0123456789X" if valid_id_number(seventeen + last))
