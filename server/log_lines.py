"""Log lines: one JSON object each, from names and numbers only."""

import json
import logging
import sys
from typing import Final

FIELDS: Final = (
    "request",
    "method",
    "status",
    "milliseconds",
    "failure",
    "place",
    "code",
    "department",
    "version",
)


class JsonLines(logging.Formatter):
    """Writes a record as JSON with the fields of `FIELDS`; tracebacks are left out, they print values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if record.name.startswith("govgraph") else record.msg,
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(level: str) -> None:
    """Send all loggers to standard error as JSON lines; `level` is that of our own."""
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(logging.WARNING)  # below that, libraries print statements and values
    logging.getLogger("govgraph").setLevel(level.upper())
