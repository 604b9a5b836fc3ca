"""What a session with MariaDB or MySQL is told before its first statement."""

from collections.abc import Sequence

from connectors.sql.collation import COLLATIONS

MODES = "PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_UNSIGNED_SUBTRACTION"
SORTED = 8192  # bytes of a text that sorting looks at; the server's own default is 1024


def opening(dialect: str, timeout: float) -> Sequence[str]:
    """Return the statements that make a session read-only, bounded in time, and of one meaning."""
    limit = {
        "mariadb": f"max_statement_time = {max(timeout, 0.001):f}",
        "mysql": f"max_execution_time = {max(1, int(timeout * 1000))}",
    }
    return (
        f"SET NAMES utf8mb4 COLLATE {COLLATIONS[dialect]}",
        f"SET SESSION sql_mode = '{MODES}', time_zone = '+00:00', max_sort_length = {SORTED}",
        f"SET SESSION {limit[dialect]}",
        "SET SESSION TRANSACTION READ ONLY",
    )
