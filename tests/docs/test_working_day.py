"""What the guide of the administrators shows is what the commands print, and its places exist."""

import re

from server.cli.audit.insider import NOTICED, PERSONS, STOPPED
from server.cli.texts import text
from tests.architecture.reading import ROOT

GUIDE = (ROOT / "docs/guides/security-administrator.md").read_text(encoding="utf-8")


def shown() -> str:
    """Return the output of the drill as the guide shows it."""
    found = re.search(r"<!-- output of drill insider -->\n```text\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1].rstrip("\n")


def test_the_drill_is_shown_as_it_is_printed_and_its_promises_held() -> None:
    noticed, decided, delay = (float(one) for one in re.findall(r"(?:after|for) +(\d+\.\d) s", shown()))
    read, affected = (int(one) for one in re.findall(r"^persons \w+\s+(\d+)", shown(), re.MULTILINE))
    told = {"noticed": noticed, "decided": decided, "delay": delay, "read": read, "affected": affected}
    assert shown() == text("insider drill", wanted=PERSONS, **told)
    assert noticed <= NOTICED
    assert delay <= STOPPED
    assert read == affected


def test_every_place_of_the_guide_that_is_pointed_at_is_there() -> None:
    headings = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= places
