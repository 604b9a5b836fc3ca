"""What goes on behind the log while the platform runs: new records are read into the index."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import yaml

from audit.alerts.alert import Alert
from audit.alerts.rules import AlertRules
from audit.alerts.watcher import Watcher
from audit.index.follower import AT_ONCE, Follower
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.log import Log
from govgraph.clock import Clock
from govgraph.database import Database, open_database
from govgraph.errors import GovGraphError, SettingsRefusedError
from govgraph.keyring import Keyring
from govgraph.settings import Settings
from server.control.audit_cursor import CURSORS
from server.inbox.inbox import Inbox
from server.inbox.notice import SECURITY, NoticeKind

LOG: Final = "govgraph.audit"
FILE: Final = "audit-index.db"


@asynccontextmanager
async def opened_watcher(
    settings: Settings, database: Database, log: Log, keyring: Keyring, clock: Clock
) -> AsyncIterator[Watcher]:
    """Yield what follows the log: its index, in a file of its own or in the platform's PostgreSQL, and rules.

    Raises `SettingsRefusedError` where the rules cannot be read.
    """
    rules = read_rules(settings.alert_rules)
    home, own = settings.home.resolve(), database
    if database.dialect != "postgresql":
        own = await open_database(f"sqlite:///{home / FILE}", home)
    try:
        keyring.secret(CURSORS)  # made at the first start, so that replicas are given one and the same
        terms = Terms(keyring.secret("audit-index"))
        yield Watcher(log, Follower(log, IndexStore(own), terms, log.opened.desk.seal), rules, clock)
    finally:
        if own is not database:
            await own.aclose()


def read_rules(file: Path | None) -> AlertRules:
    """Return the rules that a file changes, or the defaults. Raises `SettingsRefusedError`."""
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8")) if file else {}
        return AlertRules.model_validate(given or {})
    except (OSError, ValueError, yaml.YAMLError):  # a ValidationError is a ValueError
        raise SettingsRefusedError(
            "The rules of alerts cannot be read, or break a bound", where="GOVGRAPH_ALERT_RULES"
        ) from None


@asynccontextmanager
async def following(watcher: Watcher, inbox: Inbox, pause: float) -> AsyncIterator[None]:
    """Follow the log within the context; a batch that was begun is finished at its end."""
    ending = asyncio.Event()
    work = asyncio.create_task(_follow(watcher, inbox, pause, ending))
    try:
        yield
    finally:
        ending.set()
        await work


async def _follow(watcher: Watcher, inbox: Inbox, pause: float, ending: asyncio.Event) -> None:
    while not ending.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), pause)
        behind = 1
        while behind and not ending.is_set():
            behind = await read_on(watcher, inbox)


async def read_on(watcher: Watcher, inbox: Inbox) -> int:
    """Return how many records are still to be read; 0 where that is not possible for now."""
    try:
        behind = await watcher.index.catch_up(AT_ONCE)
        for alert in await watcher.catch_up():
            logging.getLogger(LOG).warning("An alert was raised: %s (%s)", alert.rule.value, alert.receipt)
            await tell(alert, inbox)
    except GovGraphError as error:
        logging.getLogger(LOG).error("What follows the log stands still: %s", error.code)
        return 0
    except Exception as error:  # noqa: BLE001 - no reason to stop: how far the index is behind, is told
        logging.getLogger(LOG).error("What follows the log stands still: %s", type(error).__name__)
        return 0
    return behind


async def tell(alert: Alert, inbox: Inbox) -> None:
    """Put an alert into the security administrator's inbox, which sends it on where one is named."""
    whose = f" by {alert.client}" if alert.client else ""
    text = f"{alert.rule.value}{whose}; its records: govgraph audit alert {alert.receipt}"
    await inbox.tell((SECURITY,), NoticeKind.ALERT, alert.client or "log", text)
