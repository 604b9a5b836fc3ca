"""The README shows what the demo really prints."""

import json
import re

import pytest

from tests.architecture.reading import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")
WHOLE = (ROOT / "docs/demo-output.txt").read_text(encoding="utf-8")
EXPECTED = json.loads(
    (ROOT / "examples/city/queries/h1-no-proof-city.expected.json").read_text(encoding="utf-8")
)


def printed() -> str:
    found = re.search(
        r"<!-- demo output -->\n```text\n(.*?)```\n<!-- end of demo output -->", README, re.DOTALL
    )
    assert found
    return found[1]


def test_every_line_of_the_readme_stands_in_the_whole_output_in_order() -> None:
    rest = iter(WHOLE.splitlines())
    missing = [line for line in printed().splitlines() if "…" not in line and line not in rest]
    assert not missing


def test_the_printed_answer_is_the_expected_one() -> None:
    answer, _ = json.JSONDecoder().raw_decode(WHOLE[WHOLE.index("{") :])
    assert answer["data"] == EXPECTED
    assert "errors" not in answer


def test_nothing_before_the_suggestions_holds_an_identity() -> None:
    answer, _, _ = WHOLE.partition("== What to try next")
    assert "330799199003071013" not in answer
    assert "陈志远" not in answer


def test_the_printed_run_ends_verified() -> None:
    assert re.search(r"^verified: \d+ records, root \S+$", printed(), re.MULTILINE)
    assert '"subject_total": 3' in printed()


@pytest.mark.parametrize("name", ["h8-enterprise-file", "h3-shell-companies", "my-own-data"])
def test_the_other_questions_are_shown_with_their_expected_answers(name: str) -> None:
    found = re.search(rf"<!-- answer of {name} -->\n```json\n(.*?)```", README, re.DOTALL)
    assert found
    shown = json.loads(re.sub(r'"[0-9a-f]{32}"', '"<pseudonym>"', found[1]))
    file = ROOT / f"examples/city/queries/{name}.expected.json"
    assert shown == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "package", ["server", "resolvers", "schema", "connectors", "auth", "audit", "govgraph"]
)
def test_every_room_is_named_in_the_readme(package: str) -> None:
    assert f"[`{package}/`]({package})" in README


def told(text: str) -> dict[str, object]:
    """Return what a README leads to, whatever its language: commands, addresses, files, its own sections."""
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.partition("  #")[0].rstrip() for block in blocks for line in block.splitlines()]
    return {
        "commands": lines,
        "addresses": set(re.findall(r"`(/[^`]*)`", text)),
        "files": set(re.findall(r"\]\(([^)]+)\)", text)) - {"README.md", "README.zh.md"},
        "sections": len(re.findall(r"^## ", text, re.MULTILINE)),
    }


def test_the_chinese_readme_leads_to_the_same_commands_addresses_and_files() -> None:
    assert told(CHINESE) == told(README)
