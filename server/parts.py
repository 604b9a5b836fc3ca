"""The parts of a running platform, made in `server.app` and handed to every address."""

from dataclasses import dataclass

from audit.alerts.watcher import Watcher
from audit.index.follower import Follower
from audit.log import Log
from auth.authorization_server import AuthorizationServer
from auth.proposals.store import ProposalStore
from auth.store import AuthStore
from auth.tokens import TokenVerifier
from connectors.store import RangeStore
from govgraph.clock import Clock
from govgraph.database import Database
from govgraph.keyring import Keyring
from govgraph.rotation import RotatingSealer
from govgraph.settings import Settings
from resolvers.rooms import Rooms
from schema.operations.store import OperationStore
from schema.store import CatalogStore
from server.entrance import Entrance
from server.home import RunningServer
from server.publishing import Publisher
from server.registration.desk import Desk
from server.replicas import Replica


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything that one process holds open. `administrator` is this machine's own way in.

    `instance` is new at each start. `rooms` is what the pipeline works with. `replica` hears what other
    replicas change.
    """

    settings: Settings
    clock: Clock
    keyring: Keyring
    database: Database
    auth: AuthStore
    proposals: ProposalStore
    catalog: CatalogStore
    seals: RotatingSealer
    ranges: RangeStore
    operations: OperationStore
    log: Log
    index: Follower
    watcher: Watcher
    tokens: TokenVerifier
    authorization_server: AuthorizationServer
    publisher: Publisher
    replica: Replica
    rooms: Rooms
    desk: Desk
    entrance: Entrance
    administrator: RunningServer
    instance: str
