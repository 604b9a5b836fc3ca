"""Writes an OpenAPI document, out of a file or from an address, to standard output.

Usage: python register_document.py PLACE
"""

import sys
from pathlib import Path
from urllib.request import urlopen


def content(place: str) -> bytes:
    """Return what lies in a file or at an address."""
    if not place.startswith(("http://", "https://")):
        return Path(place).read_bytes()
    with urlopen(place, timeout=30) as answer:  # noqa: S310 - the department's own address, http or https
        return bytes(answer.read())


if __name__ == "__main__":
    sys.stdout.buffer.write(content(sys.argv[1]))
