"""Serving until told to stop: the port is taken first, the note left, everything let go of in order."""

import errno
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
import uvicorn
from starlette.applications import Starlette

from govgraph.settings import Settings
from server.errors import PortInUseError
from server.home import announce, withdraw
from server.parts import Platform

TURN = 0.0005
"""Seconds a thread works before another has its turn. The log's own thread waits for one after each call
of the system; at Python's 5 ms, a commit of five calls kept every answer waiting for 25 ms."""

NEW = 10_000
"""New objects after which Python looks for cycles that nothing leads to. At its own 700 it looks some
hundred times while one answer of 5,000 rows is made, which is a third of what that answer costs."""


class Server(uvicorn.Server):
    """Uvicorn that says when it answers and leaves signals to `stopped`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = anyio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises `PortInUseError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(2048)
    except OSError as error:
        sock.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortInUseError("The port cannot be listened on", where=f"port {port}") from error
        raise
    return sock


def settle() -> None:
    """Have Python look for cycles more seldom, and never among what was made to start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW, *gc.get_threshold()[1:])


@asynccontextmanager
async def served(application: Starlette, platform: Platform, sock: socket.socket) -> AsyncIterator[None]:
    """Serve within the context; running requests are finished at its end."""
    server = Server(_config(application, platform.settings))
    sys.setswitchinterval(TURN)

    async def serve() -> None:
        with anyio.CancelScope(shield=True):  # it ends by `should_exit`, once running requests are answered
            await server.serve([sock])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve)
        await server.ready.wait()
        announce(platform.settings.home, platform.administrator)
        try:
            yield
        finally:
            withdraw(platform.settings.home)
            server.should_exit = True


async def stopped() -> None:
    """Return once Ctrl-C or SIGTERM arrives."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            return


def _config(application: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        root_path=settings.root_path,
        timeout_graceful_shutdown=int(settings.deadline) + 5,
        timeout_keep_alive=30,
    )
