"""Reading a question: the caller's schema, the document held against it, and the plan. All three are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import new as hmac
from typing import Any, Final, TypeVar

import anyio
from graphql import GraphQLObjectType, GraphQLSchema

from resolvers.admission import Admitted
from resolvers.documents.arguments import shape, variable_trees
from resolvers.documents.document import Parsed, read_document, read_variables, validate_document
from resolvers.documents.introspection import Described, Inquiry
from resolvers.documents.limits import check_values
from resolvers.documents.plain_variables import Fitting, plain_variables
from resolvers.documents.selection import Collector
from resolvers.errors import LimitExceededError
from resolvers.planning.plan import Plan
from resolvers.planning.planner import make_plan
from resolvers.question import Question
from resolvers.rooms import Rooms
from resolvers.streams.stream_place import stream_place
from resolvers.trail import Trail
from schema.build import EAGER, build
from schema.unfolding import UnfoldingSchema
from schema.visibility import view

T = TypeVar("T")
QUICK: Final = 400
"""Tokens of a document, or values of variables, that are read at once, in some 5 ms."""
SIGNS: Final = 4
"""Characters of a token, at least, in a document that people write."""
LETTERS: Final = 16
"""Characters of a kept document that weigh as much as a token."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that fits the caller's schema.

    `key` tells documents apart, `variables` are coerced, `trees` the places of their values and `shape`
    what of them shapes the plan.
    """

    key: str
    parsed: Parsed
    schema: GraphQLSchema
    given: Mapping[str, Any]
    variables: Mapping[str, Any]
    trees: Mapping[str, Any]
    shape: Any = None


async def caller_schema(admitted: Admitted, rooms: Rooms) -> GraphQLSchema:
    """Return the schema that holds exactly what the caller may use, made in a worker thread.

    One that is made piece by piece and has become large is made anew.
    """
    schemas = rooms.caches.of(admitted.snapshot).schemas
    key = admitted.permissions.fingerprint
    schema = schemas.get(key)
    if schema is None or schema.made > EAGER:
        schema = await anyio.to_thread.run_sync(offered, admitted)
        if rooms.caches.hold(admitted.snapshot):
            weight = min(len(admitted.permissions.grants), EAGER)
            schemas.put(key, schema, max(weight, 1))
    return schema


def offered(admitted: Admitted) -> UnfoldingSchema:
    """Return the schema of what the caller may use. Raises `NothingVisibleError`."""
    return build(view(admitted.snapshot.catalog, admitted.permissions))


async def read(
    question: Question, schema: GraphQLSchema, admitted: Admitted, rooms: Rooms, trail: Trail
) -> Asking:
    """Return the question as read. Raises a coded refusal for a document or variables that do not fit."""
    documents = rooms.caches.of(admitted.snapshot).documents
    text = question.query or ""
    named = (admitted.permissions.fingerprint, rooms.measure, question.operation_name or "", text)
    kept = documents.get(named)
    if kept is None:
        fits = await apart(lambda: fitting(question, schema, rooms), len(text) // SIGNS)
        kept = sha256("\0".join(named).encode("utf-8", "surrogatepass")).hexdigest(), fits
        if rooms.caches.hold(admitted.snapshot):
            documents.put(named, kept, max(fits.parsed.tokens, len(text) // LETTERS))
    key, fits = kept
    parsed = fits.parsed
    trail.document(parsed)
    given = question.variables or {}
    plain = fits.plain.read(given) if fits.plain else None
    if fits.plain and plain is not None:
        return Asking(key, parsed, schema, given, plain, fits.plain.trees, fits.plain.shape)
    weight = check_values(given, rooms.limits)
    variables = await apart(lambda: read_variables(parsed, schema, given, rooms.limits), weight)
    trees = variable_trees(schema, parsed.operation, variables)
    return Asking(key, parsed, schema, given, variables, trees, shape(trees))


def fitting(question: Question, schema: GraphQLSchema, rooms: Rooms) -> Fitting:
    """Return the document once it fits the caller's schema."""
    parsed = read_document(question.query, question.operation_name, rooms.limits)
    validate_document(parsed, schema, rooms.rules, rooms.limits)
    return Fitting(parsed, plain_variables(parsed, schema))


async def apart(work: Callable[[], T], weight: int) -> T:
    """Return what some work gives; heavy work is done in a worker thread, so that others go on."""
    return work() if weight <= QUICK else await anyio.to_thread.run_sync(work)


async def plan_of(asking: Asking, admitted: Admitted, rooms: Rooms, trail: Trail) -> Plan:
    """Return the plan for this document and the shape of its variables."""
    plans = rooms.caches.of(admitted.snapshot).plans
    deciding = asking.parsed.deciding
    decided = tuple([asking.variables.get(name) for name in deciding]) if deciding else ()
    key = (asking.key, decided, asking.shape)
    plan = plans.get(key)
    if plan is None:
        plan = await apart(lambda: planned(asking, admitted, rooms), asking.parsed.tokens)
        if rooms.caches.hold(admitted.snapshot):
            plans.put(key, plan, asking.parsed.tokens)
    trail.planned(plan)
    return plan


def planned(asking: Asking, admitted: Admitted, rooms: Rooms) -> Plan:
    """Return a new plan for what is asked."""
    roots = collector(asking).asked(query_type(asking.schema), selections(asking))
    plan = make_plan(roots, admitted.snapshot, admitted.permissions, rooms.page_limit, pseudonyms(rooms))
    check_coordinates(plan, rooms.limits.coordinates)
    return replace(plan, stream=stream_place(roots, plan))


def check_coordinates(plan: Plan, most: int) -> None:
    """Refuse a plan that touches more fields than one record should have to name."""
    touched = plan.facts.coordinates
    if len({*touched.asked, *touched.used_in_predicate, *touched.aggregated}) > most:
        raise LimitExceededError(f"The document asks for more than {most} different fields of the graph")


async def introspected(asking: Asking, plan: Plan, admitted: Admitted, rooms: Rooms) -> Described:
    """Return the introspected parts of the answer, empty where none is asked."""
    if not plan.introspects:
        return {}
    inquiry = Inquiry(asking.schema, asking.parsed.operation, collector(asking), asking.given)
    key = (admitted.snapshot.catalog.version, asking.key, inquiry.key())
    return await rooms.caches.of(admitted.snapshot).descriptions.get(key, inquiry.described)


def collector(asking: Asking) -> Collector:
    """Return what collects the fields of the operation."""
    return Collector(asking.parsed.fragments, asking.variables, asking.trees)


def selections(asking: Asking) -> Sequence[Any]:
    """Return the selections of the operation."""
    return asking.parsed.operation.selection_set.selections


def query_type(schema: GraphQLSchema) -> GraphQLObjectType:
    """Return the root type of a caller's schema."""
    if schema.query_type is None:
        raise AssertionError
    return schema.query_type


def pseudonyms(rooms: Rooms) -> Any:
    """Return what gives, for a grant, the maker of its pseudonyms: HMAC-SHA-256, 128 bits of it, as hex."""

    def of_grant(grant: str) -> Any:
        key = rooms.pseudonym_key(grant)

        def pseudonym(value: Any) -> str | None:
            return None if value is None else hmac(key, str(value).encode(), sha256).hexdigest()[:32]

        return pseudonym

    return of_grant
