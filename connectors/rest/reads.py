"""Reads of a REST source: all rows of a list, the rows of a batch of keys, one request for each key."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Generic, TypeVar

import anyio
import orjson

from connectors.errors import SourceAnswerError, SourceQuotaError
from connectors.model import Binds, Keys, Row
from connectors.rest.end_points import DetailSettings, EndPointSettings, ListSettings, LookupSettings
from connectors.rest.paging import Ask, pages
from connectors.rest.questions import EndPoint, Question
from connectors.rest.rows import Item, Path, Rows, member, place
from connectors.rows_only import RowsOnly
from connectors.values import as_text, storable
from govgraph.expressions import cells
from govgraph.expressions.terms import Column

S = TypeVar("S", bound=EndPointSettings)
MOST_ROWS = 1_000_000
KeyText = tuple[str, ...]


class EndPointRead(RowsOnly, Generic[S]):
    """A read of one end point: how it is asked, and what is given of each row."""

    def __init__(self, ask: Ask, end_point: EndPoint[S], rows: Rows, columns: Sequence[Column]) -> None:
        self._ask = ask
        self._end_point = end_point
        self._settings = end_point.settings
        self._rows = rows
        self._values = rows.values(columns)

    @property
    def statement(self) -> str:
        """The request of each page, batch or key, without a value in it."""
        return f"GET {self._settings.path}"

    async def _rows_of(
        self, read: Callable[[Any], Awaitable[Sequence[Item]]], parts: Sequence[Any]
    ) -> Sequence[Row]:
        """Return the rows of all parts, each part read by a request of its own, side by side."""
        return [self._values(item) for answer in await side_by_side(read, parts) for item in answer]


class ListRead(EndPointRead[ListSettings]):
    """All rows of an entity, page after page; with `keys`, those whose columns equal one of them."""

    def __init__(
        self,
        ask: Ask,
        end_point: EndPoint[ListSettings],
        rows: Rows,
        columns: Sequence[Column],
        keys: Keys | None,
    ) -> None:
        super().__init__(ask, end_point, rows, columns)
        self._keys = keys

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows, never more than a million looked at."""
        keys = self._keys
        asked = key_texts(binds[keys.bind]) if keys is not None else None
        if asked is not None and not asked:
            return []
        kept: list[Row] = []
        count = 0
        async with aclosing(pages(self._ask, self._end_point, self._rows)) as found:
            async for page in found:
                count += len(page)
                if count > MOST_ROWS:
                    raise SourceAnswerError(f"The source's list has more than {MOST_ROWS} rows")
                kept += [self._values(item) for item in page if asked is None or self._key(item) in asked]
        return kept

    def _key(self, item: Item) -> tuple[str | None, ...]:
        columns = self._keys.columns if self._keys is not None else ()
        return tuple(as_text(member(item, place(column.name, self._rows.settings))) for column in columns)


class LookupRead(EndPointRead[LookupSettings]):
    """The rows of a batch of keys."""

    def __init__(
        self, ask: Ask, end_point: EndPoint[LookupSettings], rows: Rows, columns: Sequence[Column], bind: str
    ) -> None:
        super().__init__(ask, end_point, rows, columns)
        self._bind = bind

    @property
    def statement(self) -> str:
        """The request of each batch; the keys are its body, or a parameter."""
        return f"{self._settings.method} {self._settings.path}"

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows of the keys: one request for each batch of them, side by side."""
        keys = [key for (key,) in key_texts(binds[self._bind])]
        size = self._settings.batch
        batches = [keys[start : start + size] for start in range(0, len(keys), size)]
        return await self._rows_of(self._batch, batches)

    async def _batch(self, keys: Sequence[str]) -> Sequence[Item]:
        """Return the rows of one batch; a row that nobody asked for is left out."""
        settings = self._settings
        answer = await self._ask(self._question(keys))
        path, asked = place(settings.key, self._rows.settings), set(keys)
        found = self._rows.many(answer.json, settings.items)
        return [item for item in found if as_text(member(item, path)) in asked]

    def _question(self, keys: Sequence[str]) -> Question:
        settings = self._settings
        if settings.method == "POST":
            return self._end_point.post(orjson.dumps(_within(settings.body, list(keys))))
        if settings.separator:
            return self._end_point.get(((settings.parameter, settings.separator.join(keys)),))
        return self._end_point.get(tuple((settings.parameter, key) for key in keys))


class DetailRead(EndPointRead[DetailSettings]):
    """The rows of each key, asked one by one, side by side within the connections of the source."""

    def __init__(
        self, ask: Ask, end_point: EndPoint[DetailSettings], rows: Rows, columns: Sequence[Column], keys: Keys
    ) -> None:
        super().__init__(ask, end_point, rows, columns)
        self._keys = keys

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows of the keys. Raises `SourceQuotaError` where they are more than `most`."""
        keys = key_texts(binds[self._keys.bind])
        if len(keys) > self._settings.most:
            raise SourceQuotaError("The read takes more requests than the source's `most` allows")
        return await self._rows_of(self._of, keys)

    async def _of(self, key: KeyText) -> Sequence[Item]:
        """Return the rows of one key; columns of the key that they lack are those that were asked."""
        names = [column.name for column in self._keys.columns]
        given = dict(zip(names, key, strict=True))
        question = self._end_point.detail(given, self._settings.absent)
        answer = await self._ask(question) if question is not None else None
        if answer is None or answer.absent:
            return ()
        found = _with_key(answer.json, self._settings.items, self._places(given))
        return [item for item in self._rows.some(found, self._settings.items) if self._is(item, given)]

    def _places(self, given: Mapping[str, str]) -> Sequence[tuple[Path, str]]:
        return [(place(name, self._rows.settings), value) for name, value in given.items()]

    def _is(self, item: Item, given: Mapping[str, str]) -> bool:
        return all(as_text(member(item, path)) == value for path, value in self._places(given))


def key_texts(bound: Sequence[Sequence[Any]]) -> list[KeyText]:
    """Return the different keys as texts, in the order they came; one that no source can hold is left out."""
    texts = (tuple(cells.text(part) or "" for part in key) for key in bound)
    return [key for key in dict.fromkeys(texts) if all(map(storable, key))]


def _within(path: Path, value: Any) -> Any:
    """Return a value inside an object for each name of a path."""
    for name in reversed(path):
        value = {name: value}
    return value


def _with_key(answer: Any, path: Path, key: Sequence[tuple[Path, str]]) -> Any:
    """Return an answer whose rows hold the key they were asked by, where they have no other."""
    found = member(answer, path)
    rows = found if isinstance(found, list) else [found]
    filled = [_filled(row, key) if isinstance(row, dict) else row for row in rows]
    return _within(path, filled if isinstance(found, list) else filled[0])


def _filled(row: Item, key: Sequence[tuple[Path, str]]) -> Item:
    missing = {path[0]: value for path, value in key if len(path) == 1 and row.get(path[0]) is None}
    return {**row, **missing} if missing else row


async def side_by_side(
    ask: Callable[[Any], Awaitable[Sequence[Item]]], parts: Sequence[Any]
) -> list[Sequence[Item]]:
    """Return an answer for each part, in order; where some fail, the first failure is raised as it is."""
    answers: list[Sequence[Item]] = [()] * len(parts)

    async def answer(index: int) -> None:
        answers[index] = await ask(parts[index])

    if len(parts) == 1:
        await answer(0)
        return answers
    try:
        async with anyio.create_task_group() as group:
            for index in range(len(parts)):
                group.start_soon(answer, index)
    except BaseExceptionGroup as failures:
        first = _first(failures)
    else:
        return answers
    raise first from None


def _first(failure: BaseException) -> BaseException:
    return _first(failure.exceptions[0]) if isinstance(failure, BaseExceptionGroup) else failure
