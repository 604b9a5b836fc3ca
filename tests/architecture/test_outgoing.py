"""Whatever connects to somewhere goes through the one guard on outgoing connections, or is known by name."""

import ast

from tests.architecture.reading import packaged, place, tree

CONNECTING = frozenset(
    {"aiohttp", "asyncmy", "asyncpg", "ftplib", "http", "httpx", "httpx2", "pymysql", "psycopg", "redis"}
    | {"oracledb", "pytds", "requests", "smtplib", "socket", "trino", "urllib3"}
)
OPENING = frozenset(
    {"open_connection", "open_unix_connection", "connect_tcp", "create_connection", "urlopen"}
)
KNOWN = {
    "audit/postgresql/session.py": "the operator's own address of the log, a setting as that of the store",
    "connectors/rest/client.py": "asks over `connectors/rest/transport.py`",
    "connectors/rest/credentials.py": "asks over `connectors/rest/transport.py`",
    "connectors/rest/transport.py": "connects to the addresses that egress gives",
    "connectors/sql/held_loop.py": "refuses all but the addresses that `oracle.py` had checked by egress",
    "connectors/sql/held_socket.py": "reaches one address, which `mssql.py` had checked by egress",
    "connectors/sql/mssql.py": "asks over `held_socket.py`, at the address that egress gives",
    "connectors/sql/mysql.py": "connects to the addresses that egress gives",
    "connectors/sql/oracle.py": "asks over `held_loop.py`, at the address that egress gives",
    "connectors/sql/postgresql.py": "connects to the addresses that egress gives",
    "connectors/sql/trino.py": "asks over `trino_session.py`, at the address that egress gives",
    "connectors/sql/trino_session.py": "holds a session to the address that `trino.py` had checked by egress",
    "govgraph/egress.py": "is the guard",
    "govgraph/shared/address.py": "checks the operator's own address by egress",
    "govgraph/shared/redis.py": "uses the connections of `govgraph/shared/address.py`",
    "server/cli/audit/verification.py": "the command line, which asks the server its user names",
    "server/cli/connection.py": "the command line, which asks the server its user names",
    "server/cli/demo/run.py": "the demonstration, which asks itself",
    "server/cli/audit/insider.py": "a drill, which asks itself",
    "server/cli/audit/remote_log.py": "the command line, which asks the server its user names",
    "server/inbox/inbox.py": "sends notices over `connectors/rest/transport.py`",
    "server/serving.py": "listens",
}
"""Files that hold a client of a network, each with what keeps it from going anywhere."""


def connects(node: ast.AST) -> bool:
    """Return whether a piece of code brings in a client of a network, or opens a connection by itself."""
    if isinstance(node, ast.Import):
        return any(one.name.split(".")[0] in CONNECTING for one in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in CONNECTING
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
        return any(isinstance(one, ast.Constant) and one.value in CONNECTING for one in node.args)
    return isinstance(node, ast.Attribute) and node.attr in OPENING


def test_no_file_connects_that_is_not_known_to_be_guarded() -> None:
    found = {place(path) for path in packaged() if any(connects(node) for node in ast.walk(tree(path)))}
    assert found == set(KNOWN)


def test_what_connects_to_a_source_names_the_guard() -> None:
    for path in packaged():
        if KNOWN.get(place(path), "").startswith("connects"):
            assert "egress" in path.read_text(encoding="utf-8").lower()
