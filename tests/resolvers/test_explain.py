"""What is told of a question before it is asked."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from auth.principal import Principal, Role
from connectors.model import Capability
from govgraph.errors import GovGraphError
from resolvers.explaining.explain import begun, explain
from resolvers.explaining.explanation import Explanation
from resolvers.explaining.explanation_text import LONGEST, as_mermaid, as_text, label
from resolvers.question import Question
from schema.catalog import Catalog
from tests.resolvers.market import SHOPPER
from tests.resolvers.pouring import LISTED, small, streaming
from tests.resolvers.world import CITIZEN, CITY, H1, H1_VARIABLES, HALL, INSPECTOR, P1, World

pytestmark = pytest.mark.anyio
INSURANCE = """query ($idNo: IdNumber!, $most: Int) { person(idNo: $idNo) {
  name socialInsurance(where: {kind: {eq: PENSION}}, first: $most) { state monthsPaid } } }"""


async def told(
    world: World, query: str, variables: Any = None, who: tuple[str, str] = HALL, **more: Any
) -> Explanation:
    """Return the explanation of a question; no source is asked, whatever it is."""
    world.statements.clear()
    records = len(world.log.records)
    question = Question(query, variables, None, "r-1", "127.0.0.1", purpose=who[1])
    caller = Principal(who[0], who[0], Role.APPLICATION, **more)
    found = await explain(question, caller, world.rooms, begun(question, world.rooms))
    assert world.statements == []
    assert len(world.log.records) == records
    return found


async def refused(world: World, query: str, who: tuple[str, str] = HALL) -> GovGraphError:
    """Return the refusal that explaining meets."""
    with pytest.raises(GovGraphError) as caught:
        await told(world, query, None, who)
    return caught.value


async def test_the_statements_told_are_those_that_run(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    await world.data(H1, H1_VARIABLES)
    assert sorted((step.source, step.statement) for step in found.steps) == sorted(world.statements)


async def test_no_value_is_told_in_any_form(world: World) -> None:
    literal = f'{{ person(idNo: "{P1}") {{ name }} personVerify(idNo: "{P1}", name: "陈志远") {{ match }} }}'
    for found in (await told(world, H1, H1_VARIABLES), await told(world, literal)):
        for form in (json.dumps(found.document(), ensure_ascii=False), as_text(found), as_mermaid(found)):
            assert P1 not in form
            assert "陈志远" not in form
            assert "2012-06-30" not in form  # the day of the row filter: it is told as `today`


async def test_a_mask_is_told_with_who_applies_it(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    shown = {(one.field, one.mask, one.masked_by) for step in found.steps for one in step.fields if one.mask}
    assert ("Person.name", "NM", "source") in shown
    assert ("HousingFund.monthly", "BK", "source") in shown


async def test_a_pseudonym_is_made_by_the_platform(world: World) -> None:
    query = "{ enterprises(first: 2) { nodes { legalRepId } } }"
    found = await told(world, query, None, ("shell-company-alert", "KK-SCREEN"))
    masked = [one for step in found.steps for one in step.fields if one.mask == "HS"]
    assert [one.masked_by for one in masked] == ["platform"]


async def test_a_bind_is_told_by_its_origin(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    origins = {bind.origin for step in found.steps for bind in step.binds}
    assert "today, 14 years before" in origins
    assert "argument, variable $name" in origins
    assert "written in the grant or the catalog" in origins
    own = await told(world, "{ persons { nodes { name } } }", None, CITIZEN, subject=P1)
    assert "caller: subject" in {bind.origin for step in own.steps for bind in step.binds}


async def test_a_source_that_only_looks_up_leaves_the_rest_to_the_platform(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    (medical,) = [step for step in found.steps if step.source == "medical-insurance"]
    work = {one.what: (one.by, one.why) for one in medical.work}
    assert work["look-up by key"] == ("source", "")
    assert work["order"] == ("platform", "the source does not take this over")


async def test_what_a_source_could_do_goes_with_what_it_cannot(world: World) -> None:
    connector = world.connectors["human-resources"]
    offered = connector.capabilities - {Capability.ORDER}
    world.replace("human-resources", Reduced(connector, offered))
    found = await told(world, INSURANCE, {"idNo": P1, "most": 7})
    (step,) = [step for step in found.steps if step.source == "human-resources"]
    why = {one.what: one.why for one in step.work if one.by == "platform"}
    assert why["order"] == "the source does not take this over"
    assert why["filter"].endswith("does not take over: order")
    assert (step.most.rows, step.most.fetched) == (7, None)


class Reduced:
    """A connector that offers less than it can."""

    def __init__(self, connector: Any, offered: frozenset[Any]) -> None:
        self.connector = connector
        self.capabilities = offered
        self.as_of = None
        self.prepare = connector.prepare
        self.describe, self.sample, self.aclose = connector.describe, connector.sample, connector.aclose


async def test_bounds_follow_the_keys_from_step_to_step(world: World) -> None:
    found = await told(world, INSURANCE, {"idNo": P1, "most": 7})
    person, insurance = found.steps
    assert (person.most.keys, person.most.rows) == (1, 1)
    assert (insurance.most.keys, insurance.most.rows) == (1, 7)
    assert insurance.fed_by == (0,)
    assert insurance.feeds == ("step 0: Person.idNo",)
    assert (found.cost.sources, found.cost.statements, found.cost.rows) == (2, 2, 8)


async def test_a_condition_across_a_link_is_told_with_the_step_that_brings_its_keys(world: World) -> None:
    query = "{ enterprises(where: {creditRating: {grade: {eq: D}}}, first: 5) { nodes { name } } }"
    found = await told(world, query, None, ("shell-company-alert", "KK-SCREEN"))
    (asked,) = [step for step in found.steps if step.resource == "Enterprise"]
    (held,) = [step for step in found.steps if step.resource == "CreditRating"]
    assert asked.fed_by == (held.number,)
    assert asked.feeds == (f"step {held.number}, for the filter",)
    assert asked.most.rows == 6  # one more, which tells whether there is a next page
    assert held.places == ("rows whose keys others are held against; never shown",)
    assert held.most.rows == 10_000
    assert "condition across a link" in {one.what for one in asked.work}
    assert "D" not in {bind.origin for step in found.steps for bind in step.binds}


async def test_every_field_has_its_grant_and_reason(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    fields = {one.field: one for one in found.fields}
    name = fields["Person.name"]
    assert (name.grant, name.mask, name.uses) == ("G-2026-0001", "NM", ("shown", "held against"))
    assert name.reason.startswith("granted by G-2026-0001")
    assert fields["Person.birth"].grant == ""
    assert "not granted" in fields["Person.birth"].reason
    assert fields["Person.marriages"].uses == ("link",)


async def test_lookups_are_counted_and_not_charged(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    counts = {one.field: one.values for one in found.lookups}
    assert counts["Person.idNo"] == 2
    limited = [
        replace(grant, quota=replace(grant.quota, lookups_per_day=0)) if grant.client == HALL[0] else grant
        for grant in world.grants
    ]
    world.grants[:] = limited
    found = await told(world, H1, H1_VARIABLES)
    assert {one.per_day for one in found.lookups} == {0}
    assert await world.code(H1, H1_VARIABLES) == "LOOKUP_QUOTA_EXCEEDED"


async def test_caches_are_told_and_filled(world: World) -> None:
    first = await told(world, H1, H1_VARIABLES)
    again = await told(world, H1, H1_VARIABLES)
    assert not any(first.kept.values())
    assert all(again.kept.values())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ person(idNo: 1) { name } }", "VALUE_NOT_VALID"),
        ("{ person(idNo: null) { nothing } }", "FIELD_NOT_AVAILABLE"),
        ("{ persons(first: 5000) { nodes { name } } }", "FIELD_NOT_AVAILABLE"),
        ("mutation { a }", "OPERATION_NOT_OFFERED"),
    ],
)
async def test_a_refusal_is_the_one_that_asking_meets(world: World, query: str, code: str) -> None:
    error = await refused(world, query)
    assert error.code == code
    assert await world.code(query) == code


async def test_a_page_too_large_is_refused_before_it_is_asked(world: World) -> None:
    error = await refused(world, "{ enterprises(first: 1001) { nodes { name } } }", INSPECTOR)
    assert error.code == "PAGE_TOO_LARGE"


async def test_more_rows_than_the_grant_gives_are_refused_before_they_are_asked(world: World) -> None:
    error = await refused(world, "{ enterprises(first: 501) { nodes { name } } }", INSPECTOR)
    assert error.code == "BULK_NOT_GRANTED"


async def test_row_filters_are_told_without_their_values(world: World) -> None:
    found = await told(world, "{ enterprises { nodes { name } } }", None, INSPECTOR)
    answer = await world.ask("{ enterprises { nodes { name } } }", None, INSPECTOR)
    assert list(found.row_filters) == answer.extensions["govgraph"]["rowFilters"]


async def test_a_hidden_resource_keeps_its_statement_and_what_was_not_granted(world: World) -> None:
    resources = dict(world.catalog.resources)
    resources["Person"] = replace(resources["Person"], hidden=True)
    world.catalog = replace(world.catalog, resources=resources)
    world.replace("public-security", world.connectors["public-security"])
    found = await told(world, H1, H1_VARIABLES)
    persons = [step for step in found.steps if step.resource == "Person"]
    assert [step.statement for step in persons] == ["", ""]
    assert "Person.birth" not in json.dumps(found.document())
    assert "kept back" in as_text(found)


async def test_the_text_cuts_a_long_statement_and_says_so(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    whole = max(len(step.statement) for step in found.steps)
    assert whole > LONGEST
    assert f"({whole} characters; --format json shows them all)" in as_text(found)


async def test_the_picture_has_a_box_for_each_step_and_an_arrow_for_each_feed(world: World) -> None:
    found = await told(world, H1, H1_VARIABLES)
    picture = as_mermaid(found)
    assert picture.startswith("flowchart LR\n")
    assert len(re.findall(r"^  step\d+\[", picture, re.MULTILINE)) == len(found.steps)
    assert len(re.findall(r"^  step\d+ --> step\d+$", picture, re.MULTILINE)) == sum(
        len(step.fed_by) for step in found.steps
    )


def test_a_title_cannot_leave_its_box() -> None:
    assert label('a"]\nclick x "javascript:1" <b>#quot;') == (
        "a&quot;] click x &quot;javascript:1&quot; &lt;b&gt;&num;quot;"
    )


async def test_the_guide_shows_what_the_command_prints(world: World) -> None:
    guide = (CITY.parents[1] / "docs/guides/application-developer.md").read_text(encoding="utf-8")
    section = guide.partition("## Explain a question")[2].partition("\n## ")[0]
    blocks = dict(re.findall(r"```(graphql|text|mermaid)\n(.*?)```", section, re.DOTALL))
    found = await told(world, blocks["graphql"], {"idNo": P1})
    assert as_text(replace(found, catalog=1)) == blocks["text"]
    assert as_mermaid(found) == blocks["mermaid"]


async def test_what_leaves_batch_by_batch_is_told(market_catalog: Catalog) -> None:
    world = streaming(small(market_catalog, 5))
    long, short = (
        await told(world, LISTED, {"n": 3}, SHOPPER),
        await told(world, LISTED, {"n": 2}, SHOPPER),
    )
    assert long.streams
    assert "Leaves batch by batch" in as_text(long)
    assert not short.streams
    assert "Leaves batch by batch" not in as_text(short)
