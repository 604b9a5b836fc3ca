"""The YAML reader: every scalar is text, every key knows its line, nothing clever is read."""

import pytest

from schema.marked_yaml import MOST_CHARACTERS, Items, Scalar, Table, node_of, read_yaml


def faults(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.path) for problem in read_yaml(text, "a.yaml").problems]


@pytest.mark.parametrize(
    "written", ["no", "on", "01", "2026-06-30", "1e3", "null", "~", "330799199003071013", "0x1F"]
)
def test_a_scalar_stays_the_text_that_was_written(written: str) -> None:
    reading = read_yaml(f"key: {written}\n", "a.yaml")
    assert reading.problems == ()
    assert reading.root == Table({"key": Scalar(written, 1)}, {"key": 1}, 1)


def test_a_key_stays_the_text_that_was_written() -> None:
    root = read_yaml("no: 1\non: 2\n01: 3\n", "a.yaml").root
    assert isinstance(root, Table)
    assert list(root.lines.items()) == [("no", 1), ("on", 2), ("01", 3)]


def test_a_nested_node_knows_its_line() -> None:
    root = read_yaml("a:\n  - x\n  - {b: y}\n", "a.yaml").root
    assert isinstance(root, Table)
    assert root.entries["a"] == Items((Scalar("x", 2), Table({"b": Scalar("y", 3)}, {"b": 3}, 3)), 2)


def test_all_duplicates_are_named_with_line_and_path() -> None:
    assert faults("a: 1\nb:\n  c: 1\n  c: 2\n  d: [{e: 1, e: 2}]\na: 3\n") == [
        (4, "b.c"),
        (5, "b.d[0].e"),
        (6, "a"),
    ]


def test_the_first_of_two_equal_keys_counts() -> None:
    root = read_yaml("a: 1\na: 2\n", "a.yaml").root
    assert isinstance(root, Table)
    assert root.entries["a"] == Scalar("1", 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: &x 1\n", 1),
        ("a: 1\nb: *x\n", 2),
        ("a: !!int 1\n", 1),
        ("a: !python/object:os.system x\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("? [a]\n: b\n", 1),
        ("a: [1\n", 2),
        ("a:\n\tb: 1\n", 2),
        ("a: \x01\n", 1),
    ],
)
def test_what_a_person_cannot_check_by_eye_is_refused_at_its_line(text: str, line: int) -> None:
    assert [found for found, _ in faults(text)][:1] == [line]


def test_a_file_that_multiplies_itself_is_refused_without_being_expanded() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    reading = read_yaml(bomb, "a.yaml")
    assert len(reading.problems) == 6
    assert isinstance(reading.root, Table)


def test_deep_nesting_is_refused_and_not_followed() -> None:
    assert faults("[" * 5000) == [(1, "".join(["[0]"] * 24))]


def test_a_long_file_is_refused_unread() -> None:
    reading = read_yaml("#" * (MOST_CHARACTERS + 1), "a.yaml")
    assert reading.root is None
    assert len(reading.problems) == 1


def test_a_broken_file_is_refused_without_the_words_of_the_library() -> None:
    problem = read_yaml("secret: {330799199003071013\n", "a.yaml").problems[0]
    assert "330799" not in problem.text
    assert problem.what == "This is not YAML"


def test_a_plain_value_becomes_the_same_tree_without_lines() -> None:
    assert node_of({"a": ["x"]}) == Table({"a": Items((Scalar("x", 0),), 0)}, {"a": 0}, 0)
