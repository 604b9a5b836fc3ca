"""Prints the private addresses that a source stands at, one range a line, for `govgraph egress allow`.

The address comes on standard input. One that holds a password is refused: settings and arguments can be read.
"""

import socket
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit


def ranges(url: str) -> list[str]:
    """Return the private addresses of a host as ranges of one each; none for a socket or a public host."""
    host = urlsplit(url).hostname
    if host is None:
        return []
    found = {ip_address(str(one[4][0]).partition("%")[0]) for one in socket.getaddrinfo(host, None)}
    return sorted(f"{one}/{one.max_prefixlen}" for one in found if not one.is_global)


def main() -> int:
    """Print the ranges and return 0; 2 where the address holds a password."""
    url = sys.stdin.read()
    if urlsplit(url).password:
        print("Leave the password out of SOURCE_URL; give it as SOURCE_SECRET.", file=sys.stderr)
        return 2
    print("".join(f"{one}\n" for one in ranges(url)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
