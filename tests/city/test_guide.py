"""Every question of the developer's guide can be asked in the demo city by the client named before it."""

import re
from datetime import date

import pytest
from graphql import parse, validate

from auth.policy import permissions
from schema.build import build
from schema.catalog import Catalog
from schema.grant_file import read_grants
from schema.visibility import ceilings, view
from tests.architecture.reading import ROOT
from tests.city.reading import CITY

GUIDE = (ROOT / "docs/guides/application-developer.md").read_text(encoding="utf-8")
ASKED = re.findall(
    r"Asked by `([a-z0-9-]+)`[^\n]*:\n\n```graphql\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE
)


def test_every_question_names_its_client() -> None:
    assert len(ASKED) == GUIDE.count("```graphql\n") > 5


@pytest.mark.parametrize(("client", "text"), ASKED)
def test_a_question_of_the_guide_is_valid_for_its_client(catalog: Catalog, client: str, text: str) -> None:
    (file,) = (CITY / "grants").glob(f"{client}.*.yaml")
    grants = read_grants(file, catalog)
    may = permissions(client, grants[0].purpose, grants, ceilings(catalog), date(2026, 6, 30))
    assert validate(build(view(catalog, may)), parse(text)) == []
