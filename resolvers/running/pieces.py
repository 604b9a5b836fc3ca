"""The data of a streamed answer as JSON text: what stands before its rows, the rows, what follows them."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import anyio
import orjson

from resolvers.planning.plan import StreamPlace

T = TypeVar("T")
QUICK: Final = 20_000
"""Values of an answer that are written at once, in about 5 ms."""


async def written(write: Callable[[], T], values: int) -> T:
    """Return what is written; many values are written in a worker thread, so that others go on."""
    return write() if values <= QUICK else await anyio.to_thread.run_sync(write)


def opening(place: StreamPlace, data: Mapping[str, Any]) -> bytes:
    """Return the text before the first row, from the data of any batch."""
    members = data[place.root]
    before = b"".join(member(name, members[name]) + b"," for name in place.before)
    return b'{"%s":{%s"%s":[' % (place.root.encode(), before, place.rows.encode())


def rows(place: StreamPlace, data: Mapping[str, Any]) -> bytes:
    """Return the text of the rows of a batch, empty where it has none."""
    return orjson.dumps(data[place.root][place.rows])[1:-1]


def closing(place: StreamPlace, data: Mapping[str, Any]) -> bytes:
    """Return the text after the last row, from data without rows that know the ends of the list."""
    told = {place.rows, *place.before}
    after = [b"," + member(name, value) for name, value in data[place.root].items() if name not in told]
    return b"]" + b"".join(after) + b"}}"


def member(name: str, value: Any) -> bytes:
    """Return the text of one member of an object; its name is a GraphQL name."""
    return b'"%s":%s' % (name.encode(), orjson.dumps(value))
