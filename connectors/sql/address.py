"""Where a database is and as whom it is asked."""

import ssl
from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["prefer", "require", "verify", "off"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and as whom it is asked. A host that begins with `/` is a socket, or its folder.

    `proving` is what TLS is spoken with where the server must prove its host's name.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(default="", repr=False)
    tls: Tls = "prefer"
    schema: str = "public"
    scheme: str = "postgresql"
    proving: ssl.SSLContext | None = field(default=None, repr=False)
