"""Validation against the caller's schema (GraphQL specification, section 5), in our own words.

The rules are graphql-core's. What they report is rebuilt from the meaning of the rule and the place
in the document, because their texts repeat what the document says.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FieldsOnCorrectTypeRule,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    KnownArgumentNamesRule,
    KnownTypeNamesRule,
    ListValueNode,
    NamedTypeNode,
    Node,
    ScalarLeafsRule,
    ValidationRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariablesInAllowedPositionRule,
    VisitorAction,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule, MaxIntrospectionDepthRule, OverlappingFieldsCanBeMergedRule

from resolvers.documents.inputs import literal_problems, not_available, places
from resolvers.errors import DocumentError, DocumentInvalidError, FieldNotAvailableError, LimitExceededError
from schema.meaning import MEANING

Rule = type[ASTValidationRule]

OUTSIDE: frozenset[Rule] = frozenset({FieldsOnCorrectTypeRule, KnownArgumentNamesRule, KnownTypeNamesRule})
"""Rules whose breach names something outside the caller's schema."""

WORDS: Mapping[Rule, str] = {
    ScalarLeafsRule: "A field lacks its selection of fields, or a value field has one",
    VariablesInAllowedPositionRule: "A variable stands where its type does not fit",
    OverlappingFieldsCanBeMergedRule: "Two different fields have one response name",
    MaxIntrospectionDepthRule: "The introspection nests lists too deep",
}


class CodedRefusal(GraphQLError):
    """Carries our own refusal through graphql-core's list of errors."""

    def __init__(self, refusal: DocumentError) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Reporting:
    """The context of one rule: everything is asked of the real one, what the rule reports is rebuilt."""

    def __init__(self, context: Any, rule: Rule) -> None:
        self.context = context
        self.rule = rule

    def __getattr__(self, name: str) -> Any:
        """Return what the real context has."""
        return getattr(self.context, name)

    def named(self, node: Node) -> str:
        """Return what of the graph a node outside the caller's schema names."""
        if isinstance(node, FieldNode):
            return f"{self.context.get_parent_type()}.{node.name.value}"
        if isinstance(node, ArgumentNode):
            field = self.context.get_field_def()
            meaning = field.extensions.get(MEANING) if field else None
            return f"{getattr(meaning, 'resource', '')}.{node.name.value}"
        return node.name.value if isinstance(node, NamedTypeNode) else ""

    def report_error(self, error: GraphQLError) -> None:
        """Report a breach by its meaning and its place."""
        nodes = error.nodes or []
        refusal = refusal_of(self.rule, nodes)
        if isinstance(refusal, FieldNotAvailableError) and nodes:
            refusal.coordinate = self.named(nodes[0])
        self.context.report_error(CodedRefusal(refusal))


def rephrased(rule: Rule) -> Rule:
    """Return the rule, reporting our own refusals."""

    class Rephrased(rule):  # type: ignore[misc, valid-type]
        """The rule with its own words left out."""

        def __init__(self, context: Any) -> None:
            super().__init__(Reporting(context, rule))

    return Rephrased


def refusal_of(rule: Rule, nodes: list[Node]) -> DocumentError:
    """Return the refusal for a breach of a rule at some nodes."""
    if rule in OUTSIDE:
        return not_available(nodes[0] if nodes else None)
    what = WORDS.get(rule, "The document breaks a rule of the GraphQL specification")
    return DocumentInvalidError(what, locations=[place for node in nodes[:3] for place in places(node)])


class ValuesOfTypeRule(ValidationRule):
    """Literals have the type of their place; what the caller's schema lacks is not available."""

    def judge(self, node: ValueNode, type_: GraphQLInputType | None) -> VisitorAction:
        """Report each problem of a literal, and go no deeper."""
        for problem in literal_problems(node, type_) if type_ else ():
            self.context.report_error(CodedRefusal(problem))
        return SKIP

    def enter_list_value(self, node: ListValueNode, *_rest: Any) -> VisitorAction:
        """Judge a list against the list type itself: the visitor has already stepped into its item type."""
        return self.judge(node, self.context.get_parent_input_type())

    def enter_value(self, node: ValueNode, *_rest: Any) -> VisitorAction:
        """Judge any other literal."""
        return self.judge(node, self.context.get_input_type())

    enter_null_value = enter_object_value = enter_enum_value = enter_int_value = enter_value
    enter_float_value = enter_string_value = enter_boolean_value = enter_value


def rules() -> tuple[Rule, ...]:
    """Return the rules of the specification, each in our own words."""
    kept = (rule for rule in specified_rules if rule is not ValuesOfCorrectTypeRule)
    return (*(rephrased(rule) for rule in kept), ValuesOfTypeRule)


def problems(
    schema: GraphQLSchema, document: DocumentNode, ruleset: tuple[Rule, ...], most: int
) -> list[DocumentError]:
    """Return at most `most` refusals of a document, none where it may be planned.

    Where something is not available, only that is said: the rest may follow from it.
    """
    try:
        errors = validate(schema, document, ruleset, max_errors=most, hide_suggestions=True)[:most]
    except RecursionError:  # fragments that nest within fragments, below what the limits count
        return [LimitExceededError("The document nests too many fragments")]
    refusals = [error.refusal for error in errors if isinstance(error, CodedRefusal)]
    outside: list[DocumentError] = [one for one in refusals if isinstance(one, FieldNotAvailableError)]
    if errors and not refusals:
        return [DocumentInvalidError("The document breaks a rule of the GraphQL specification")]
    return outside or refusals
