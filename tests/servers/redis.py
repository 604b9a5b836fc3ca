"""A Redis of the tests' own: on a free loopback port, in a private folder, ended by its number."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 30  # seconds for its start
PLACES = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")


def program() -> str | None:
    """Return where redis-server is, also outside the path of an ordinary user."""
    return shutil.which("redis-server") or shutil.which("redis-server", path=":".join(PLACES))


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Server:
    """A server that may be stopped and started again on its port; stopped, it forgets everything.

    Where `certificate` names a file with a certificate and its key, it speaks TLS alone.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = ""
    certificate: Path | None = None
    running: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://{f':{self.password}@' if self.password else ''}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and return once it answers."""
        given = ["--requirepass", self.password] if self.password else []
        given += ["--port", "0", "--tls-port"] if self.certificate else ["--port"]
        given.append(str(self.port))
        for part in ("cert", "key", "ca-cert") if self.certificate else ():
            given += [f"--tls-{part}-file", str(self.certificate)]
        given += ["--tls-auth-clients", "no"] if self.certificate else []
        self.running = subprocess.Popen(
            [program() or "redis-server", "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", str(self.folder), "--loglevel", "warning", *given],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while self.running.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"redis-server did not answer within {PATIENCE} seconds")

    def stop(self) -> None:
        """End it; it has nothing to lose."""
        if self.running is not None:
            self.running.kill()
            self.running.wait(10)
            self.running = None

    def tell(self, *words: str) -> bytes:
        """Return what it answers to one command."""
        line = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in map(str.encode, words))
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(b"*%d\r\n%s" % (len(words), line))
            return connection.recv(65_536)
