"""Log lines: one JSON object each, from names and numbers only."""

import logging
import sys
import time
from typing import Any, Final

import orjson

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

    def __init__(self) -> None:
        super().__init__()
        self._second = (0, "")

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, Any] = {
            "time": self._time(int(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if record.name.startswith("govgraph") else record.msg,
        }
        given = record.__dict__
        line.update({name: given[name] for name in FIELDS if name in given})
        return orjson.dumps(line, default=str).decode()

    def _time(self, second: int) -> str:
        """Return a moment as text; a busy second is written out once."""
        if self._second[0] != second:
            self._second = (second, time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(second)))
        return self._second[1]


def set_up_logging(level: str) -> None:
    """Send all loggers to standard error as JSON lines; `level` is that of our own."""
    for unused in ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks"):
        setattr(logging, unused, False)  # the standard library's own switches; no line shows any of them
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(logging.WARNING)  # below that, libraries print statements and values
    logging.getLogger("govgraph").setLevel(level.upper())
