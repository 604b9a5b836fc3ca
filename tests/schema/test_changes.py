"""What a manifest says of changes and deletions, and who may read by them."""

from pathlib import Path

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLSchema

from auth.rights import Permissions, Right, Rights
from schema.assemble import check_manifests
from schema.build import build
from schema.catalog import Catalog, Deletion, Resource
from schema.draft import Draft
from schema.errors import ManifestRefusedError
from schema.export import export_yaml
from schema.manifest import read_manifest_text
from schema.visibility import view
from tests.resolvers.ledger import MANIFEST

WRITTEN = "changedAt: {field: changed, settles: 60}"


def permit(text: str = MANIFEST) -> Resource:
    return read_manifest_text(text, "m.yaml").resources["Permit"].resource


def saying(changes: str) -> str:
    return MANIFEST.replace(WRITTEN, changes)


def problem(text: str) -> tuple[str, str]:
    with pytest.raises(ManifestRefusedError) as refused:
        read_manifest_text(text, "m.yaml")
    (one,) = refused.value.problems
    return one.path, one.what


@pytest.mark.parametrize("changes", ["changedAt: changed", WRITTEN, "changedAt: {field: changed}"])
def test_changes_are_told_by_a_field_that_holds_a_moment(changes: str) -> None:
    resource = permit(saying(changes))
    assert resource.changes is resource.fields["changed"]
    assert (resource.changed_at, resource.settles) == ("changed", 60)


def test_a_column_that_no_field_shows_tells_no_changes() -> None:
    resource = permit(saying("changedAt: gxsj"))
    assert (resource.changed_at, resource.changes) == ("gxsj", None)


def test_a_column_under_a_field_of_another_name_tells_changes() -> None:
    text = saying("changedAt: gxsj").replace("changed: {column: changed", "changed: {column: gxsj")
    assert permit(text).changes is not None


def test_deletions_are_told_by_a_column_and_its_value() -> None:
    assert permit().deleted == Deletion("gone", "1")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (saying("changedAt: size"), "resources.Permit.changedAt"),
        (saying("changedAt: {field: changed, settles: 9999999}"), "resources.Permit.changedAt.settles"),
        (saying("changedAt: {settles: 5}"), "resources.Permit.changedAt"),
        (MANIFEST.replace("deleted: {column: gone,", "deleted: {"), "resources.Permit.deleted"),
    ],
)
def test_what_tells_no_changes_is_refused_where_it_is_written(text: str, path: str) -> None:
    assert problem(text)[0] == path


@pytest.mark.parametrize(
    "text", [MANIFEST, saying("changedAt: changed"), saying("changedAt: {field: changed, settles: 7}")]
)
def test_what_is_exported_tells_the_same_changes(text: str) -> None:
    draft: Draft = read_manifest_text(text, "m.yaml")
    assert read_manifest_text(export_yaml(draft), "m.yaml") == draft


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    path = tmp_path / "market.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    return check_manifests([path])


def graph(catalog: Catalog, changed: frozenset[Right]) -> GraphQLSchema:
    rights = {
        f"Permit.{name}": Rights(frozenset(Right) if name != "changed" else changed, None, "G", "")
        for name in catalog.resources["Permit"].fields
    }
    return build(view(catalog, Permissions("c", "P", rights, {"Permit": "G"}, "f")))


@pytest.mark.parametrize(
    ("granted", "there"),
    [
        (frozenset({Right.READ, Right.RANGE, Right.SORT}), True),
        (frozenset({Right.READ, Right.RANGE}), False),
        (frozenset({Right.READ, Right.SORT}), False),
        (frozenset({Right.RANGE, Right.SORT}), False),
        (frozenset({Right.READ, Right.MATCH}), False),
    ],
)
def test_increments_are_offered_to_whoever_may_range_over_and_sort_by_the_moment(
    catalog: Catalog, granted: frozenset[Right], there: bool
) -> None:
    schema = graph(catalog, granted)
    query, permit_type = schema.query_type, schema.get_type("Permit")
    assert query is not None
    assert isinstance(permit_type, GraphQLObjectType)
    assert ("changedSince" in query.fields["permits"].args) is there
    assert "changedSince" not in permit_type.fields["partsConnection"].args


def test_an_edge_tells_deletions_where_its_source_does(catalog: Catalog) -> None:
    edge = graph(catalog, frozenset(Right)).get_type("PermitEdge")
    assert isinstance(edge, GraphQLObjectType)
    assert isinstance(edge.fields["deleted"].type, GraphQLNonNull)
