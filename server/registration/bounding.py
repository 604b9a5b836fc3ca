"""What a database says of the session it gives: it must be bounded there, not only by the platform's word."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from connectors.protocol import Connector
from connectors.registry import seconds
from connectors.sql.obeyed import Obeyed, Obeying
from schema.draft import Draft
from schema.errors import Problem

UNBOUND = "SESSION_NOT_BOUND"
TIMEOUT, CONNECTIONS = "3s", "4"
"""What the settings of a database say where they do not say it."""


async def session_of(connector: Connector) -> Obeyed | None:
    """Return the session as the source describes it; None where it has none."""
    return await connector.obeyed() if isinstance(connector, Obeying) else None


def unbound(draft: Draft, session: Obeyed | None) -> Iterator[Problem]:
    """Yield a problem for each bound that the database does not keep."""
    if session is None:
        return
    remedy = "Connect to the database itself, or have what stands before it hand the session's settings on."
    most = _setting(draft, "statementTimeout", TIMEOUT)
    if not session.read_only:
        yield draft.origin.problem("source", "The database gives a session that can write", remedy, UNBOUND)
    if not 0 < session.seconds <= most * 1.001:
        what = "The database does not end statements after `statementTimeout`"
        yield draft.origin.problem("source", what, remedy, UNBOUND)


def scarce(draft: Draft, session: Obeyed | None) -> Iterator[Problem]:
    """Yield a warning where the account is given fewer connections than the platform takes."""
    most = _setting(draft, "maxConnections", CONNECTIONS)
    if session is not None and session.connections < most < inf:
        given = session.connections
        what = f"The database gives this account {given} connections, the platform takes {most:g}"
        yield draft.origin.problem(
            "source.maxConnections", what, "Set `maxConnections` to what the account has.", UNBOUND
        )


def _setting(draft: Draft, name: str, otherwise: str) -> float:
    """Return the number that a setting says; one that a `${NAME}` stands for bounds nothing here."""
    found = seconds(str(draft.source.settings.get(name, otherwise)))
    return found if isinstance(found, float) else inf


def session_facts(session: Obeyed | None) -> Sequence[Mapping[str, Any]]:
    """Return what the database says, as findings without a count."""
    if session is None:
        return ()
    told = (
        "read-only" if session.read_only else "can write",
        f"ends statements after {session.seconds:g} s",
        f"gives this account {session.connections} connections",
        "speaks TLS" if session.encrypted else "speaks without TLS",
    )
    return [{"coordinate": "source", "what": f"the database: {one}", "rows": 0, "of": 0} for one in told]
