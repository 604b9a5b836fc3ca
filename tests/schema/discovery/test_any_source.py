"""Whatever a source is called and holds, its proposal can be read back and shows no value."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.model import ColumnType, Entity, EntityColumn, Reference
from schema.discovery.looking import Looked
from schema.discovery.proposing import SourceHead, propose
from schema.manifest import inspect_manifest
from tests.schema.discovery.dirt import DIRT, VALUES, cells

HEAD = SourceHead(
    "11330799T00001020E", "民政局", "civil-affairs", "memory", {"entities": {"t": {"columns": {"a": "text"}}}}
)
KNOWN = st.sampled_from(
    ["sfzh", "xm", "zt", "xb", "gxsj", "t_rk_jbxx", "备注", "name", "人口信息", "csrq", "id"]
)
NAMES = st.one_of(KNOWN, st.text(min_size=1, max_size=12))
COMMENTS = st.one_of(
    st.just(""), KNOWN, st.sampled_from(["状态：1正常 2注销", "性别(0未知 1男)"]), st.text(max_size=20)
)
COLUMNS = st.builds(EntityColumn, NAMES, st.sampled_from(list(ColumnType)), st.booleans(), COMMENTS)


@st.composite
def looked(draw: st.DrawFn) -> Looked:
    """An entity with columns of any name and comment, and cells of a known kind, clean or dirty."""
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=5, unique_by=lambda column: column.name))
    count = draw(st.sampled_from([0, 1, 12, 30]))
    held = {
        column.name: cells(
            draw(st.sampled_from(sorted(VALUES))), (draw(st.sampled_from(sorted(DIRT))),), count, column.name
        )
        for column in columns
    }
    rows = [dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)]
    names = [column.name for column in columns]
    key = tuple(draw(st.lists(st.sampled_from(names), max_size=2, unique=True)))
    name = draw(NAMES)
    reference = Reference((names[0],), name, (names[-1],))
    entity = Entity(name, tuple(columns), key, draw(COMMENTS), (reference,) if draw(st.booleans()) else ())
    return Looked(entity, rows, draw(st.none() | st.just(count)))


ENTITIES = st.lists(looked(), max_size=3, unique_by=lambda one: one.entity.name)


@given(ENTITIES, st.sets(st.sampled_from(["Person", "person", "Row"])))
def test_every_proposal_is_read_back_without_a_problem(entities: list[Looked], taken: set[str]) -> None:
    proposal = propose(HEAD, entities, taken)
    draft, problems = inspect_manifest(proposal.manifest, "proposed")
    assert [problem.text for problem in problems] == []
    assert draft is not None
    assert not taken & set(draft.resources)
    read = {
        (resource.resource.entity, field.column): (name, field.type, str(field.level))
        for resource in draft.resources.values()
        for name, field in resource.resource.fields.items()
    }
    for field in proposal.fields:
        if (field.entity, field.column) in read:
            assert read[field.entity, field.column] == (field.name, field.type, field.level)


@given(looked())
def test_no_cell_that_names_anybody_stands_in_a_proposal(one: Looked) -> None:
    named = {
        one.entity.name,
        one.entity.comment,
        *(text for column in one.entity.columns for text in (column.name, column.comment)),
    }
    whole = repr(propose(HEAD, [one]))
    shown = {str(cell).strip() for row in one.rows for cell in row.values() if cell is not None}
    assert not [
        cell for cell in shown if len(cell) > 6 and cell in whole and not any(cell in text for text in named)
    ]
