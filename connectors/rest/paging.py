"""The pages of a list, in each style that REST sources have: number, offset, cursor and link."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from connectors.errors import SourceAnswerError
from connectors.rest.bodies import same_origin
from connectors.rest.end_points import ListSettings, PageSettings
from connectors.rest.questions import Answer, EndPoint, Pairs, Question
from connectors.rest.rows import Item, Rows, member

MOST_PAGES = 10_000
Ask = Callable[[Question], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Got:
    """A page that came: what was asked and answered, rows of it, and rows so far."""

    question: Question
    answer: Answer
    rows: int
    count: int


async def pages(
    ask: Ask, end_point: EndPoint[ListSettings], rows: Rows
) -> AsyncGenerator[Sequence[Item], None]:
    """Yield the rows of each page. Raises `SourceAnswerError` for a list without end, or not whole."""
    settings = end_point.settings
    question: Question | None = first(end_point)
    seen: set[Question] = set()
    count = 0
    while question is not None:
        if question in seen or len(seen) >= MOST_PAGES:
            raise SourceAnswerError("The source's list does not end")
        seen.add(question)
        answer = await ask(question)
        read = rows.some if settings.one else rows.many
        found = read(answer.json, settings.items)
        count += len(found)
        yield found
        if settings.page is None:
            return
        question = following(end_point, settings.page, Got(question, answer, len(found), count))


def first(end_point: EndPoint[ListSettings]) -> Question:
    """Return the question of the first page."""
    page = end_point.settings.page
    if page is None:
        return _page(end_point, ())
    counted = page.style in ("page", "offset")
    start: Pairs = ((page.parameter, str(page.begin)),) if counted else ()
    return _page(end_point, (*start, *_size(page)))


def following(end_point: EndPoint[ListSettings], page: PageSettings, got: Got) -> Question | None:
    """Return the question of the next page; None after the last one."""
    total = _total(got.answer.json, page)
    match page.style:
        case "page" | "offset":
            question = _by_count(end_point, page, got, total)
        case "cursor":
            question = _by_cursor(end_point, page, got)
        case "link":
            question = _by_link(end_point, page, got)
    if question is None and total is not None and got.count < total:
        raise SourceAnswerError("The source's list ended before its own total")
    return question


def _by_count(
    end_point: EndPoint[ListSettings], page: PageSettings, got: Got, total: int | None
) -> Question | None:
    """Return the page with the next number; without a total, a page that is not full is the last."""
    last = got.count >= total if total is not None else got.rows < page.size
    if last or not got.rows:
        return None
    asked = int(dict(got.question.query)[page.parameter])
    step = 1 if page.style == "page" else got.rows
    return _page(end_point, ((page.parameter, str(asked + step)), *_size(page)))


def _by_cursor(end_point: EndPoint[ListSettings], page: PageSettings, got: Got) -> Question | None:
    cursor = member(got.answer.json, page.next)
    if cursor is None or cursor is False or cursor == "":
        return None
    if isinstance(cursor, bool | list | dict):
        raise SourceAnswerError("The source's next cursor is neither text nor number")
    return _page(end_point, ((page.parameter, str(cursor)), *_size(page)))


def _by_link(end_point: EndPoint[ListSettings], page: PageSettings, got: Got) -> Question | None:
    link = member(got.answer.json, page.next) if page.next else got.answer.link
    if not link:
        return None
    if not isinstance(link, str):
        raise SourceAnswerError("The source's next link is not a text")
    address = same_origin(urljoin(got.question.url, link), end_point.source.url)
    return end_point.following(address, keep=end_point.settings.keep)


def _page(end_point: EndPoint[ListSettings], query: Pairs) -> Question:
    return end_point.get(query, keep=end_point.settings.keep)


def _size(page: PageSettings) -> Pairs:
    return ((page.size_parameter, str(page.size)),) if page.size_parameter else ()


def _total(answer: Any, page: PageSettings) -> int | None:
    """Return the number of all rows that a page names, where the settings say where."""
    if not page.total:
        return None
    total = member(answer, page.total)
    if isinstance(total, bool) or not isinstance(total, int):
        raise SourceAnswerError("The source names no total where its settings say")
    return total
