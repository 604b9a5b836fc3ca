"""Files that come through the control graph: few, bounded, and read beside the event loop."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from anyio import to_thread

from schema.errors import Problem, ProblemsError
from server.control.types import FileText
from server.errors import FilesRefusedError

FILES: Final = 100
"""Most files of one request."""
CHARACTERS: Final = 500_000
"""Longest text of one file; the largest manifest of a city's department stays far below."""
PROBLEMS: Final = 100
"""Most problems of one answer: more of them help nobody, and one file could make a hundred thousand."""
WORDS: Final = 300
"""Longest text of one part of a problem; parts of it come from the file."""

Read = TypeVar("Read")


def check_files(files: Sequence[FileText]) -> None:
    """Raise `FILES_REFUSED` where there is no file, or more than can be read at once."""
    if not files:
        raise FilesRefusedError("No file was given")
    if len(files) > FILES:
        raise FilesRefusedError(f"More than {FILES} files were given")
    if any(len(file.text) > CHARACTERS or len(file.name) > WORDS for file in files):
        raise FilesRefusedError(f"A file is longer than {CHARACTERS} characters")


async def read_files(files: Sequence[FileText], read: Callable[[FileText], Read]) -> list[Read]:
    """Return what each file holds. Raises `FILES_REFUSED`, and the first file's problems, shortened."""
    check_files(files)
    try:
        return [await to_thread.run_sync(read, file) for file in files]
    except ProblemsError as error:
        raise type(error)(shortened(error.problems)) from None


def shortened(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return at most `PROBLEMS` of them, each of bounded length, the last one saying how many are left."""
    kept = tuple(_bounded(problem) for problem in problems[:PROBLEMS])
    left = len(problems) - len(kept)
    if not left:
        return kept
    more = Problem(
        kept[-1].file, 0, "", f"{left} more problems are not shown", "Correct these first.", "MORE"
    )
    return (*kept, more)


def _bounded(problem: Problem) -> Problem:
    cut = [text if len(text) <= WORDS else text[: WORDS - 1] + "…" for text in (problem.path, problem.what)]
    return Problem(problem.file, problem.line, cut[0], cut[1], problem.remedy, problem.code)
