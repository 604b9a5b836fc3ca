"""What a database itself says of the session that it gives the platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

POSTGRESQL = """
SELECT current_setting('transaction_read_only') = 'on',
       (SELECT setting::float8 / 1000 FROM pg_settings WHERE name = 'statement_timeout'),
       least(nullif(current_setting('max_connections')::int, 0),
             (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
             (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())),
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
"""
MARIADB = """
SELECT @@session.tx_read_only, @@session.max_statement_time,
       LEAST(@@global.max_connections, COALESCE(NULLIF(@@session.max_user_connections, 0), 100000)),
       (SELECT variable_value <> '' FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER')
"""
MYSQL = """
SELECT @@session.transaction_read_only, @@session.max_execution_time / 1000,
       LEAST(@@global.max_connections, COALESCE(NULLIF(@@session.max_user_connections, 0), 100000)),
       (SELECT variable_value <> '' FROM performance_schema.session_status WHERE variable_name = 'Ssl_cipher')
"""
STATEMENTS: Mapping[str, str] = {"postgresql": POSTGRESQL, "mariadb": MARIADB, "mysql": MYSQL}


@dataclass(frozen=True, slots=True)
class Obeyed:
    """A session as its database describes it: `seconds` of the longest statement, 0 where nothing ends one;
    the most `connections` that the account is given; whether what is said is `encrypted`.
    """

    read_only: bool
    seconds: float
    connections: int
    encrypted: bool


@runtime_checkable
class Obeying(Protocol):
    """A connector whose source can say what it obeys."""

    async def obeyed(self) -> Obeyed | None:
        """Return the session as the source describes it; None where it has none."""


def obeyed(row: Sequence[Any]) -> Obeyed:
    """Return the session that a row of one of the statements tells of."""
    read_only, seconds, connections, encrypted = row
    return Obeyed(bool(read_only), float(seconds), int(connections), bool(encrypted))
