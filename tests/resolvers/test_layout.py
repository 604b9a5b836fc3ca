"""Which documents make a table, which columns it has, and that others ask no source."""

import json

import pytest

from audit.record import Outcome
from tests.resolvers.world import HALL, INSPECTOR, P1, PUBLIC, World

pytestmark = pytest.mark.anyio

NO_TABLE = [
    "{ __typename }",
    '{ division(code: "3307") { name } }',
    '{ division(code: "3307") { childrenConnection { pageInfo { endCursor } } } }',
    '{ division(code: "3307") { children { name } again: children { name } } }',
    "{ divisions { pageInfo { hasNextPage } } }",
    "{ divisions { nodes { name } edges { cursor } } }",
    "{ divisions { nodes { name children { name } } } }",
    "{ divisions { nodes { name childrenConnection { pageInfo { hasNextPage } } } } }",
    "{ divisions { nodes { parent { children { name } } } } }",
    "{ a: divisions { nodes { name } } b: divisions { nodes { name } } }",
    "{ divisions { nodes { name } } __typename }",
    "{ divisions { edges { cursor node { cursor: name } } } }",
    "{ __schema { types { name } } }",
]


@pytest.mark.parametrize("query", NO_TABLE)
async def test_what_is_not_one_list_is_refused_before_any_source_is_asked(world: World, query: str) -> None:
    given = await world.ask(query, None, PUBLIC, table=True)
    assert given.data is None
    assert [one["extensions"]["code"] for one in given.errors] == ["TABLE_NOT_POSSIBLE"]
    assert given.status == 406
    assert world.statements == []
    assert (world.record.outcome, world.record.codes) == (Outcome.REFUSED, ("TABLE_NOT_POSSIBLE",))
    assert (await world.ask(query, None, PUBLIC)).data is not None


async def test_to_one_links_and_fragments_become_columns_in_the_order_asked(world: World) -> None:
    query = """{ divisions(first: 3) {
      nodes { kind: __typename ...More parent { name parent { code } } }
      pageInfo { hasNextPage last: endCursor }
    } } fragment More on Division { code title: name }"""
    given = await world.ask(query, None, PUBLIC, table=True)
    data, sheet = json.loads(given.data or b""), given.sheet
    assert sheet is not None
    names = [".".join(one.names) for one in sheet.columns]
    assert names == ["kind", "code", "title", "parent.name", "parent.parent.code"]
    assert sheet.columns[2].titles == ("名称",)
    assert sheet.columns[3].titles == ("上级行政区划", "名称")
    rows = list(sheet.rows(data))
    assert rows[0] == ["Division", "3307", "金华市", None, None]
    assert rows[1][:4] == ["Division", "330702", "婺城区", "金华市"]
    assert sheet.told(data) == {
        "hasNextPage": True,
        "endCursor": data["divisions"]["pageInfo"]["last"],
    }


async def test_edges_give_the_cursor_a_column_of_its_own(world: World) -> None:
    query = "{ divisions(first: 2) { edges { cursor node { name } } } }"
    given = await world.ask(query, None, PUBLIC, table=True)
    assert given.sheet is not None
    data = json.loads(given.data or b"")
    edges = data["divisions"]["edges"]
    assert [one.names for one in given.sheet.columns] == [("cursor",), ("name",)]
    assert list(given.sheet.rows(data)) == [[one["cursor"], one["node"]["name"]] for one in edges]


@pytest.mark.parametrize("below", ["children { code }", "childrenConnection { nodes { code } }"])
async def test_values_of_the_row_above_a_list_stand_in_every_line(world: World, below: str) -> None:
    query = f'{{ division(code: "330702") {{ name {below} parent {{ name }} }} }}'
    given = await world.ask(query, None, PUBLIC, table=True)
    assert given.sheet is not None
    link = below.partition(" ")[0]
    assert [".".join(one.names) for one in given.sheet.columns] == ["name", f"{link}.code", "parent.name"]
    rows = list(given.sheet.rows(json.loads(given.data or b"")))
    assert len(rows) > 3
    assert {(name, parent) for name, _, parent in rows} == {("婺城区", "金华市")}
    assert len({code for _, code, _ in rows}) == len(rows)


async def test_a_key_without_a_row_makes_a_table_without_lines(world: World) -> None:
    query = '{ division(code: "none") { name children { code } } }'
    given = await world.ask(query, None, PUBLIC, table=True)
    assert given.sheet is not None
    assert list(given.sheet.rows(json.loads(given.data or b""))) == []
    assert len(given.sheet.columns) == 2


async def test_a_table_has_the_masks_rights_and_record_of_the_same_answer_in_json(world: World) -> None:
    query = "query($id: IdNumber!) { person(idNo: $id) { name marriages { kind partner { name } } } }"
    plain = await world.ask(query, {"id": P1}, HALL)
    recorded = world.record
    given = await world.ask(query, {"id": P1}, HALL, table=True)
    assert given.data == plain.data
    assert given.sheet is not None
    assert world.record.coordinates == recorded.coordinates
    assert (world.record.rows, world.record.subjects) == (recorded.rows, recorded.subjects)
    assert "陈志远" not in repr(list(given.sheet.rows(json.loads(given.data or b""))))
    assert (await world.ask("{ enterprises { nodes { secret } } }", None, INSPECTOR, table=True)).errors[0][
        "extensions"
    ]["code"] == "FIELD_NOT_AVAILABLE"
