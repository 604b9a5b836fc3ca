"""Connections: rows page by page, after the Relay Cursor Connections specification."""

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from schema.inputs import PAGE, Leaves
from schema.meaning import EdgeCursor, EdgeDeleted, EdgeNode, Edges, Nodes, PageFact, PageFacts, Total
from schema.naming import PAGE_FACTS, connection_name, edge_name
from schema.output import meant
from schema.visibility import VisibleType

CHANGED_SINCE = "changedSince"
SETTLING = "changes of the last moments come later, once no earlier one can appear."


class Connections:
    """The types of pages, each made once per schema."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._made: dict[str, GraphQLObjectType] = {}
        self._facts = GraphQLObjectType(
            PAGE_FACTS,
            {
                "hasNextPage": meant(
                    GraphQLNonNull(GraphQLBoolean), "Whether rows follow this page.", PageFact("hasNextPage")
                ),
                "hasPreviousPage": meant(
                    GraphQLNonNull(GraphQLBoolean),
                    "Whether rows come before this page.",
                    PageFact("hasPreviousPage"),
                ),
                "startCursor": meant(
                    GraphQLString,
                    "The place of the first row; null on an empty page.",
                    PageFact("startCursor"),
                ),
                "endCursor": meant(
                    GraphQLString, "The place of the last row; null on an empty page.", PageFact("endCursor")
                ),
            },
            description="The place of a page among all rows.",
        )

    def of(self, visible: VisibleType, row: GraphQLObjectType) -> GraphQLObjectType:
        """Return the connection type over the rows of a type."""
        name = visible.resource.name
        if name not in self._made:
            self._made.setdefault(name, self._connection(visible, row))
        return self._made[name]

    def _connection(self, visible: VisibleType, row: GraphQLObjectType) -> GraphQLObjectType:
        name, title = visible.resource.name, visible.resource.title
        edge = self._edge(visible, row)
        fields = {
            "edges": meant(_all(edge), "The rows of this page, each with its place.", Edges(name)),
            "nodes": meant(_all(row), "The rows of this page.", Nodes(name)),
            "pageInfo": meant(
                GraphQLNonNull(self._facts), "The place of this page among all rows.", PageFacts(name)
            ),
        }
        if visible.counted:
            text = "The rows of all pages; null where they are about too few persons to be counted."
            fields["totalCount"] = meant(GraphQLInt, text, Total(name))
        return GraphQLObjectType(connection_name(name), fields, description=f"A page of {title}.")

    def _edge(self, visible: VisibleType, row: GraphQLObjectType) -> GraphQLObjectType:
        name = visible.resource.name
        fields = {
            "cursor": meant(
                GraphQLString,
                "The place of this row, for `after` and `before`; only this client can use it.",
                EdgeCursor(name),
            ),
            "node": meant(GraphQLNonNull(row), "The row.", EdgeNode(name)),
        }
        if visible.resource.deleted:
            text = "Whether its source marks the row as deleted; only `changedSince` shows such rows."
            fields["deleted"] = meant(GraphQLNonNull(GraphQLBoolean), text, EdgeDeleted(name))
        text = f"One row of {visible.resource.title} and its place."
        return GraphQLObjectType(edge_name(name), fields, description=text)

    def of_changes(self, visible: VisibleType) -> dict[str, GraphQLArgument]:
        """Return what reads rows by their changes, where the caller may read them so."""
        if visible.increment is None:
            return {}
        text = f"Rows changed at this moment or later, the earliest change first; {SETTLING}"
        moment = self._leaves.scalars["DateTime"]
        return {CHANGED_SINCE: GraphQLArgument(moment, description=text)}

    def arguments(self, visible: VisibleType) -> dict[str, GraphQLArgument]:
        """Return what chooses, orders and pages the rows of a connection."""
        arguments = {name: one for name, one in self._leaves.arguments(visible).items() if name != "first"}
        return arguments | {
            "first": GraphQLArgument(
                GraphQLInt, description=f"At most so many rows from the start, {PAGE} unless `last` is given."
            ),
            "after": GraphQLArgument(GraphQLString, description="Only rows after this cursor."),
            "last": GraphQLArgument(GraphQLInt, description="At most so many rows from the end."),
            "before": GraphQLArgument(GraphQLString, description="Only rows before this cursor."),
        }


def _all(row: GraphQLObjectType) -> GraphQLNonNull[GraphQLList[GraphQLNonNull[GraphQLObjectType]]]:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(row)))
