"""Lists as CSV and xlsx over real HTTP: the same rights and records as JSON, and nothing that calculates."""

import csv
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest
import python_calamine as calamine
from hypothesis import given
from hypothesis import strategies as st

from server.errors import TableTooLargeError
from server.tables.cells import is_formula
from server.tables.csv_text import csv_bytes
from server.tables.wanted import TableKind, Wanted, wanted_table
from server.tables.xlsx_file import LONGEST, xlsx_bytes
from tests.server.living import Living, living

pytestmark = pytest.mark.anyio

CSV, XLSX = TableKind.CSV.value, TableKind.XLSX.value
OFFICES = """
manifest: 1
department: {key: big-data, code: 11330799T00001127R, title: 大数据局}
source: {kind: sql, url: "sqlite:///${DEPARTMENT_FOLDER}/offices.db"}
resources:
  Office:
    table: office
    title: 办事大厅
    class: {lei: 1, xiang: 01, mu: 001}
    summary: 测试大厅
    share: {type: UNCONDITIONAL}
    open: OPEN
    cycle: DAILY
    key: [number]
    fields:
      number: {column: number, title: 编号, level: L1, rights: [read, match, range, sort, aggregate, join]}
      name: {column: name, title: 名称, level: L1}
      desks: {column: desks, title: 窗口数, type: Int, level: L1}
      budget: {column: budget, title: 预算, type: Decimal, level: L1}
      isOpen: {column: is_open, title: 是否开放, type: Boolean, level: L1}
      above: {column: above, title: 上级编号, level: L1, rights: [read, join]}
      contact: {column: contact, title: 联系人, type: PersonName}
    links:
      head: {to: big-data.Office, one: true, by: {above: number}, title: 上级, reverse: branches}
"""
GRANTS = """
grants: 1
client: app-one
purpose: CHECK-ONE
legalBasis: 测试
agreement: 测试
valid: {from: 2020-01-01, to: 2099-12-31}
items:
  - id: T-9-1
    resource: big-data.Office
    fields:
      number: [read, match, sort, join, aggregate]
      name: [read]
      desks: [read]
      budget: [read]
      isOpen: [read]
      above: [join]
      contact: [read]
"""
ROWS = [
    ("1", "义乌大厅", 12, "-2400.50", 1, None, "陈志远"),
    ("2", '=HYPERLINK("http://x")', -3, "7", 0, "1", None),
    ("3", '  ＝1+1, "a"\nb', None, None, None, "1", "=李"),
    ("4", "", 0, "1234567890123456.25", 1, "1", "王五"),
]
LIST = """{ offices(orderBy: [{number: ASC}]) {
  nodes { number name desks budget isOpen contact head { name } }
  pageInfo { hasNextPage endCursor } totalCount
} }"""
HEAD = ["number", "name", "desks", "budget", "isOpen", "contact", "head.name"]


@pytest.fixture(scope="module")
async def offices(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Living]:
    """A platform with a department whose offices anybody may list."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "sources" / "big-data"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "offices.db")) as store, store:
        store.execute(
            "create table office (number text primary key, name text, desks integer, budget text, "
            "is_open integer, above text, contact text)"
        )
        store.executemany("insert into office values (?, ?, ?, ?, ?, ?, ?)", ROWS)
    async with living(home) as platform:
        control = await platform.control()
        files = [{"name": "offices.yaml", "text": OFFICES}]
        await control.ask("mutation ($f: [FileText!]!) { publishManifests(files: $f) { version } }", f=files)
        files = [{"name": "grants.yaml", "text": GRANTS}]
        await control.ask("mutation ($f: [FileText!]!) { putGrants(files: $f) { id } }", f=files)
        yield platform


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes, sheet: str = "data") -> list[list[Any]]:
    workbook = calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


async def test_a_list_comes_as_csv_that_a_spreadsheet_opens_and_never_runs(offices: Living) -> None:
    response = await offices.ask(LIST, Accept=CSV)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert response.headers["content-disposition"] == 'attachment; filename="offices.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    lines = read_csv(response.content)
    assert lines == [
        HEAD,
        ["1", "义乌大厅", "12", "-2400.5", "true", "陈**", ""],
        ["2", '\'=HYPERLINK("http://x")', "-3", "7", "false", "", "义乌大厅"],
        ["3", '\'  ＝1+1, "a"\nb', "", "", "", "'=*", "义乌大厅"],
        ["4", "", "0", "1234567890123456.25", "true", "王*", "义乌大厅"],
    ]
    assert b'"4","",0,' in response.content
    assert b'"3","\'' in response.content


async def test_a_list_comes_as_xlsx_with_numbers_as_numbers_and_texts_as_texts(offices: Living) -> None:
    response = await offices.ask(LIST, Accept=XLSX)
    assert response.headers["content-type"] == XLSX
    assert response.headers["content-disposition"] == 'attachment; filename="offices.xlsx"'
    lines = read_xlsx(response.content)
    assert lines[0] == HEAD
    assert lines[1][:6] == ["1", "义乌大厅", 12, -2400.5, True, "陈**"]
    assert lines[2][1] == '=HYPERLINK("http://x")'
    assert lines[4][3] == "1234567890123456.25"
    with ZipFile(BytesIO(response.content)) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    told = {line[0]: line[1] for line in read_xlsx(response.content, "about")}
    assert told["receipt"] == response.headers["receipt"]
    assert told["masks"] == "offices.nodes.contact"


@pytest.mark.parametrize("kind", [CSV, XLSX])
async def test_titles_of_the_catalog_stand_above_where_they_are_asked_for(offices: Living, kind: str) -> None:
    response = await offices.ask(LIST, Accept=f"{kind}; titles=true")
    lines = read_csv(response.content) if kind == CSV else read_xlsx(response.content)
    assert lines[0] == ["编号", "名称", "窗口数", "预算", "是否开放", "联系人", "上级.名称"]


async def test_what_a_page_tells_beside_its_rows_stands_in_headers(offices: Living) -> None:
    query = LIST.replace("(orderBy", "(first: 2, orderBy")
    plain = (await offices.ask(query)).json()["data"]["offices"]
    response = await offices.ask(query, Accept=CSV)
    assert len(read_csv(response.content)) == 3
    assert response.headers["has-next-page"] == "true"
    assert response.headers["total-count"] == str(plain["totalCount"])
    rest = query.replace("(first: 2", f'(after: "{response.headers["end-cursor"]}"')
    assert [line[0] for line in read_csv((await offices.ask(rest, Accept=CSV)).content)[1:]] == ["3", "4"]


async def test_the_record_of_a_table_is_that_of_the_answer_in_json(offices: Living) -> None:
    plain = await offices.ask(LIST)
    recorded = await offices.record(plain)
    response = await offices.ask(LIST, Accept=XLSX)
    found = await offices.platform.log.find(response.headers["receipt"])
    assert found is not None
    own = {"receipt", "time", "request", "index"}
    assert {name: one for name, one in found.items() if name not in own} == {
        name: one for name, one in recorded.items() if name not in own
    }


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{ offices { nodes { above } } }", 400, "FIELD_NOT_AVAILABLE"),
        ("{ offices(first: 501) { nodes { name } } }", 400, "BULK_NOT_GRANTED"),
        ('{ office(number: "1") { name } }', 406, "TABLE_NOT_POSSIBLE"),
        ("{ offices {", 400, "SYNTAX_ERROR"),
    ],
)
async def test_a_refusal_stays_json(offices: Living, query: str, status: int, code: str) -> None:
    response = await offices.ask(query, Accept=CSV)
    assert (response.status_code, code_of(response)) == (status, code)
    assert response.headers["content-type"].startswith("application/graphql-response+json")


def code_of(response: httpx2.Response) -> Any:
    return response.json()["errors"][0]["extensions"]["code"]


async def test_a_table_that_would_lack_a_part_is_none(offices: Living) -> None:
    query = """query($id: IdNumber!) {
      person(idNo: $id) { name housingFund { state person { name } } } offices { nodes { name } } }"""
    refused = await offices.ask(query, variables={"id": "330799199003071013"}, Accept=CSV)
    assert code_of(refused) == "TABLE_NOT_POSSIBLE"
    path = offices.home / "sources" / "big-data" / "offices.db"
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("alter table office rename to elsewhere")
    try:
        response = await offices.ask(LIST, Accept=CSV)
    finally:
        with closing(sqlite3.connect(path)) as store, store:
            store.execute("alter table elsewhere rename to office")
    assert (response.status_code, code_of(response)) == (502, "TABLE_INCOMPLETE")
    assert "data" not in response.json()
    assert len(response.json()["errors"]) >= 2


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", None),
        ("*/*", None),
        ("text/*", None),
        ("application/json", None),
        ("text/csv;q=0", None),
        ("text/csv;q=x", None),
        ("application/json, text/csv;q=0.9", None),
        ("text/csv, application/json;q=0.9", Wanted(TableKind.CSV, titles=False)),
        ("TEXT/CSV; titles=true ;q=0.5, */*;q=0.1", Wanted(TableKind.CSV, titles=True)),
        (f"{CSV};q=0.1,{XLSX};q=0.2", Wanted(TableKind.XLSX, titles=False)),
    ],
)
def test_the_kind_that_a_client_names_and_likes_best_is_taken(accept: str, wanted: Wanted | None) -> None:
    assert wanted_table(accept) == wanted


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", " =1", "\u3000=1", "\u00a0\u200b+1", "＝1", "＋", "－",
     "＠a", "﹦1", "\u2212\u0031", "\x00=1", "\ufeff=1", "|cmd", "%0A"],
)  # fmt: skip
def test_what_a_spreadsheet_could_run_is_known(text: str) -> None:
    assert is_formula(text)
    (_, (shown,)) = read_csv(csv_bytes(["a"], ["String"], [[text.replace("\x00", "\u200b")]]))
    assert shown.startswith("'")


@pytest.mark.parametrize("text", ["", "a", "1", "0=1", "陈", "“=1", "(1)", "a\t=1", "'=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert not is_formula(text)
    assert read_csv(csv_bytes(["a"], ["String"], [[text]])) == [["a"], [text]]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.one_of(st.none(), texts, st.booleans(), st.integers(-(2**53), 2**53))


def plainly(value: Any) -> str:
    """Return a value as a table shows it where nothing has to be made harmless."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@given(st.lists(st.lists(values, min_size=3, max_size=3), max_size=5), st.sampled_from(["String", "Int"]))
def test_every_value_is_read_back_from_csv_and_no_cell_runs(rows: list[list[Any]], kind: str) -> None:
    head, *lines = read_csv(csv_bytes(["a", "=b", "c"], [kind] * 3, rows))
    assert head == ["a", "'=b", "c"]
    for row, line in zip(rows, lines, strict=True):
        for value, cell in zip(row, line, strict=True):
            text = plainly(value)
            number = kind == "Int" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)
            assert cell == ("'" + text if is_formula(text) and not number else text)


@given(st.lists(values, min_size=1, max_size=5))
def test_every_value_is_read_back_from_xlsx(row: list[Any]) -> None:
    width = len(row)
    content = xlsx_bytes(["h"] * (width + 1), ["String"] * width + ["Int"], [[*row, 7]], [])
    (_, read) = read_xlsx(content)
    for value, cell in zip(row, read, strict=False):
        text = value if isinstance(value, bool) else "" if value is None else str(value)
        assert cell == text
    assert read[-1] == 7
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode().replace("&lt;", "")


def test_equal_tables_are_equal_files() -> None:
    one, other = (xlsx_bytes(["a"], ["String"], [["x"]], [["receipt", "r"]]) for _ in range(2))
    assert one == other


def test_a_text_too_long_for_a_cell_is_refused_and_never_cut() -> None:
    xlsx_bytes(["a"], ["String"], [["x" * LONGEST]], [])
    for text in ("x" * (LONGEST + 1), "\U0001f600" * (LONGEST // 2 + 1)):
        with pytest.raises(TableTooLargeError):
            xlsx_bytes(["a"], ["String"], [[text]], [])
