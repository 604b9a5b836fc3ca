"""Where a database is and as whom it is asked."""

from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["prefer", "require", "off"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and as whom it is asked. A host that begins with `/` is a socket, or its folder."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(default="", repr=False)
    tls: Tls = "prefer"
    schema: str = "public"
    scheme: str = "postgresql"
