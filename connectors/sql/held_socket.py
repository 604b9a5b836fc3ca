"""A socket to one checked address for a driver that goes wherever its server sends it."""

import logging
import socket
import sys
from ipaddress import ip_address

logger = logging.getLogger("govgraph.connectors")


class HeldSocket(socket.socket):
    """Connected to the checked address; its driver cannot leave it for another one while it logs in.

    A driver that is sent elsewhere closes its socket in peace and opens another: that close fails here.
    One that closes because something went wrong may.
    """

    def __init__(self, checked: str, port: int, timeout: float) -> None:
        family = socket.AF_INET6 if ip_address(checked).version == 6 else socket.AF_INET
        super().__init__(family, socket.SOCK_STREAM)
        self.logging_in = True
        try:
            self.settimeout(timeout)
            self.connect((checked, port))
        except BaseException:
            self.logging_in = False
            self.close()
            raise

    def close(self) -> None:
        """Close the socket. Raises `OSError` where it is left for another place."""
        left = self.logging_in and sys.exc_info()[1] is None
        self.logging_in = False
        super().close()
        if left:
            logger.warning("a source sends its callers to another place, which is not followed")
            raise OSError("The source names another place")

    def end(self) -> None:
        """End what waits for this socket, from any thread; the server gives up its statement then."""
        try:
            self.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already
