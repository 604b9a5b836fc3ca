"""A file is read in one sitting, a function at one glance."""

from tests.architecture.reading import functions, place, written

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40

LONG_FILES: dict[str, str] = {}
"""Files that may be longer, each with its reason."""

LONG_FUNCTIONS: dict[str, str] = {
    "tests/schema/test_build.py:test_the_graph_of_the_hall_is_exactly_what_it_may_use": "a whole graph",
}
"""Functions that may be longer, each with its reason."""


def file_sizes() -> dict[str, int]:
    return {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written()}


def function_sizes() -> dict[str, int]:
    return {
        f"{place(path)}:{name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in written()
        for name, node in functions(path)
    }


def test_no_file_is_longer_than_300_lines() -> None:
    long = {name: lines for name, lines in file_sizes().items() if lines > LINES_OF_A_FILE}
    assert not {name: lines for name, lines in long.items() if name not in LONG_FILES}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {name: lines for name, lines in function_sizes().items() if lines > LINES_OF_A_FUNCTION}
    assert not {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS}


def test_every_exception_is_still_needed_and_says_why() -> None:
    long = {name for name, lines in file_sizes().items() if lines > LINES_OF_A_FILE}
    long |= {name for name, lines in function_sizes().items() if lines > LINES_OF_A_FUNCTION}
    assert set(LONG_FILES) | set(LONG_FUNCTIONS) <= long
    assert all([*LONG_FILES.values(), *LONG_FUNCTIONS.values()])
