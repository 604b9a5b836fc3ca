"""The one place where the platform's parts are made and handed on."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audit.alerts.watcher import Watcher
from audit.log import Log, open_log
from audit.postgresql.keeping import kept_in
from audit.record import SystemRecord
from audit.retention import check_policy
from auth.authorization_server import AuthorizationServer
from auth.keys import load_signing_keys
from auth.proposals.store import ProposalStore
from auth.quotas import Quotas
from auth.store import AuthStore
from auth.tokens import Realm, TokenIssuer, TokenVerifier
from connectors.store import RangeStore
from govgraph.clock import Clock, rfc3339
from govgraph.database import Database, migrate, open_database
from govgraph.digests import keyed_digest
from govgraph.egress import Egress, networks
from govgraph.errors import GovGraphError, SettingsRefusedError
from govgraph.keyring import Keyring
from govgraph.randomness import OrderedIdentifiers
from govgraph.rotation import RotatingSealer
from govgraph.sealing import Sealer
from govgraph.settings import Settings
from govgraph.shared.state import SharedState, Topic
from resolvers.pipeline import answer, refuse
from resolvers.question import Answer, Question
from resolvers.rooms import Rooms, Streaming
from schema.operations.store import CAPACITY, OperationStore
from schema.store import CatalogStore
from server import audit_log, health, oauth
from server.console import page
from server.console.demonstration import Demonstration
from server.control.view import ControlView
from server.entrance import Entrance
from server.errors import NotFoundError, WrongMethodError
from server.following import opened_watcher
from server.graphql import DataView, Pipeline, Shortcut
from server.home import RunningServer, new_token
from server.inbox.inbox import Inbox
from server.inbox.store import NoticeStore
from server.metrics import page as metrics
from server.metrics.traffic import Traffic
from server.middleware import log_place, middleware
from server.parts import Platform
from server.publishing import Publisher
from server.registration.desk import Desk, stores_of
from server.registration.watching import watching
from server.replicas import Hearing, Replica, open_shared, recent
from server.responses import refusal
from server.source_rules import SourceRules, folders_of
from server.strangers import Strangers
from server.verifying import behind_the_log

ANY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, slots=True)
class Surrounding:
    """What a process adds to the settings: ranges that its own sources stand in, and values for `${NAME}`.

    `values` are by department: each source is filled with its own department's alone.
    """

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    egress_allowed: str = ""


def public_url(settings: Settings) -> str:
    """Return the address clients use."""
    return settings.public_url.rstrip("/") or local_url(settings)


def local_url(settings: Settings) -> str:
    """Return the address under which this machine itself reaches the server."""
    host = "127.0.0.1" if settings.host in ANY_ADDRESS else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


@asynccontextmanager
async def build(
    settings: Settings, clock: Clock, surrounding: Surrounding | None = None
) -> AsyncIterator[Platform]:
    """Yield an open platform; everything it holds is let go of at the end.

    The home must be held (`server.home.held`). Raises a coded error where a part cannot be opened;
    a department's source that is down is not such a part.
    """
    surrounding = surrounding or Surrounding()
    check_policy(settings.retention_days, settings.retention_days_others)
    home = settings.home.resolve()
    stack = AsyncExitStack()
    try:
        opened = await _open(settings, clock, _rules(settings, surrounding, home), stack)
        platform = _platform(settings, clock, opened)
        if settings.redis_url or opened.database.dialect != "sqlite":
            platform.replica.start()
            stack.push_async_callback(platform.replica.aclose)
        await _tell(platform, "platform.start")
        await stack.enter_async_context(behind_the_log(platform))
        await stack.enter_async_context(watching(platform.desk, settings.source_look))
        stack.push_async_callback(_tell, platform, "platform.stop")
        yield platform
    finally:
        with anyio.CancelScope(shield=True):
            await stack.aclose()


@dataclass(frozen=True, slots=True)
class _Opened:
    keyring: Keyring
    database: Database
    log: Log
    watcher: Watcher
    catalog: CatalogStore
    seals: RotatingSealer
    publisher: Publisher
    shared: SharedState


async def _tell(platform: Platform, event: str) -> None:
    """Record that the platform started or stopped; a log that cannot be written any more is let go."""
    version = str(platform.publisher.snapshot().catalog.version)
    detail = {"instance": platform.instance, "catalog": version}
    record = SystemRecord(secrets.token_hex(16), rfc3339(platform.clock.now()), event, detail)
    if await platform.log.recover(health.resumed(platform.clock)):
        await platform.log.append(record)


async def _open(settings: Settings, clock: Clock, rules: SourceRules, stack: AsyncExitStack) -> _Opened:
    home = settings.home.resolve()
    keyring = Keyring(home / "keys")
    await migrate(settings.database_url, home)
    database = await open_database(settings.database_url, home)
    stack.push_async_callback(database.aclose)
    kept = kept_in(settings.log_url, settings.log_sequencer_url)
    log = await open_log(home / "audit", keyring, clock, kept)
    stack.push_async_callback(log.aclose)
    seals = RotatingSealer(keyring, "sealing")
    catalog = CatalogStore(database, seals)
    shared = await open_shared(settings, keyring)
    stack.push_async_callback(shared.aclose)
    folders = stores_of(database, clock).folders
    rules = replace(rules, admitted=folders.of, ranges=RangeStore(database))
    publisher = Publisher(catalog, rules, lambda: shared.announce(Topic.CATALOG))
    stack.push_async_callback(publisher.aclose)
    await publisher.load()
    watcher = await stack.enter_async_context(opened_watcher(settings, database, log, keyring, clock))
    return _Opened(keyring, database, log, watcher, catalog, seals, publisher, shared)


def _rules(settings: Settings, surrounding: Surrounding, home: Path) -> SourceRules:
    try:
        allowed = networks(f"{settings.egress_allowed},{surrounding.egress_allowed}")
    except ValueError:
        raise SettingsRefusedError(
            "The ranges that sources may stand in cannot be read", where="GOVGRAPH_EGRESS_ALLOWED"
        ) from None
    return SourceRules(
        values=surrounding.values,
        folders=folders_of(settings, home),
        egress=Egress(allowed),
        timeout=settings.source_timeout,
        grace=settings.deadline * 2,
    )


def _platform(settings: Settings, clock: Clock, opened: _Opened) -> Platform:
    auth = AuthStore(opened.database, clock, recent(opened.shared, Topic.ACCESS))
    realm = Realm(public_url(settings), settings.audience, load_signing_keys(opened.keyring))
    tokens = TokenVerifier(realm, clock, auth, opened.shared)
    operations = OperationStore(opened.database, clock, recent(opened.shared, Topic.OPERATIONS, CAPACITY))
    rooms = replace(_rooms(settings, clock, opened, tokens), operations=operations)
    inbox = Inbox(NoticeStore(opened.database, clock), opened.seals, lambda: opened.publisher.egress, clock)
    stores = stores_of(opened.database, clock)
    hearing = Hearing(opened.publisher.refresh, auth.recent.forget, operations.recent.forget)
    return Platform(
        settings=settings,
        clock=clock,
        keyring=opened.keyring,
        database=opened.database,
        auth=auth,
        proposals=ProposalStore(opened.database, clock),
        catalog=opened.catalog,
        seals=opened.seals,
        ranges=RangeStore(opened.database),
        operations=operations,
        log=opened.log,
        index=opened.watcher.index,
        watcher=opened.watcher,
        tokens=tokens,
        authorization_server=AuthorizationServer(auth, TokenIssuer(realm, clock, settings.token_lifetime)),
        publisher=opened.publisher,
        replica=Replica(opened.shared, hearing, opened.log, clock),
        rooms=rooms,
        desk=Desk(stores, opened.catalog, opened.publisher, auth, operations, rooms, inbox),
        entrance=Entrance(
            settings.body_limit, settings.body_timeout, Strangers(tokens, settings.anonymous_limit)
        ),
        administrator=RunningServer(local_url(settings), new_token()),
        instance=secrets.token_hex(8),
    )


def _rooms(settings: Settings, clock: Clock, opened: _Opened, tokens: TokenVerifier) -> Rooms:
    pseudonyms = opened.keyring.secret("pseudonyms")
    return Rooms(
        clock=clock,
        verifier=tokens,
        grants=tokens.store.grants_of,
        snapshot=opened.publisher.snapshot,
        log=opened.log,
        quotas=Quotas(clock, opened.shared),
        pseudonym_key=lambda grant: keyed_digest(pseudonyms, grant.encode()),
        receipt=OrderedIdentifiers(),
        fault=lambda request, fault: log_place(fault, request),
        page_limit=settings.page_limit,
        streaming=Streaming(
            settings.stream_from, settings.stream_limit, settings.stream_wait, settings.stream_time
        ),
        bulk_limit=settings.bulk_limit,
        smallest_group=settings.smallest_group,
        cursors=Sealer(opened.keyring.secret("cursors")),
        deadline=settings.deadline,
    )


def application(platform: Platform, demo: Demonstration | None = None) -> Starlette:
    """Return the addresses over an open platform; `demo` adds the demonstration's questions."""
    rooms = platform.rooms

    async def answering(question: Question) -> Answer:
        return await answer(question, rooms)

    async def refusing(question: Question, error: GovGraphError) -> Answer:
        return await refuse(question, error, rooms)

    traffic = Traffic()
    data_view = DataView(traffic.counted(Pipeline(answering, refusing)), platform.entrance)
    quick = Middleware(Shortcut, path=f"{platform.settings.root_path}/graphql", target=data_view)
    return Starlette(
        routes=[
            Route("/graphql", data_view),
            Route("/control/graphql", ControlView(platform)),
            *oauth.routes(platform),
            *health.routes(platform),
            *audit_log.routes(platform),
            *metrics.routes(platform, traffic),
            *page.routes(platform, demo),
        ],
        middleware=[*middleware(platform.settings, traffic), quick],
        exception_handlers={404: _not_found, 405: _wrong_method},
    )


async def _not_found(_request: Request, _error: Exception) -> Response:
    return refusal(NotFoundError("There is nothing at this address"))


async def _wrong_method(_request: Request, _error: Exception) -> Response:
    return refusal(WrongMethodError("This address does not answer this method"))
