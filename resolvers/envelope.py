"""The envelope of every answer: errors with stable codes, and `extensions.govgraph`."""

from collections.abc import Mapping, Sequence
from typing import Any

from govgraph.errors import GovGraphError, Location
from resolvers.documents.document import DocumentRefusedError
from resolvers.errors import DocumentError
from resolvers.planning.plan import Branch, Plan
from resolvers.question import Answer
from resolvers.running.outcome import Outcome


def entry(
    error: GovGraphError, *, path: Sequence[str | int] = (), location: Location | None = None
) -> dict[str, Any]:
    """Return one error as GraphQL has it, with our code, kind and remedy under `extensions`."""
    shown: dict[str, Any] = {"message": error.text}
    places = error.locations or ((location,) if location else ())
    if places:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in places]
    if path or error.path:
        shown["path"] = list(path or error.path)
    shown["extensions"] = {"code": error.code, "kind": error.kind.value}
    if error.how:
        shown["extensions"]["remedy"] = error.how
    return shown


def refusal(error: GovGraphError, receipt: str, known: Mapping[str, Any]) -> Answer:
    """Return the answer to a request that is refused as a whole; it holds no `data`."""
    errors = error.refusals if isinstance(error, DocumentRefusedError) else (error,)
    challenge = getattr(error, "challenge", "")
    return Answer(
        data=None,
        errors=tuple(entry(one) for one in errors),
        extensions={"govgraph": {"receipt": receipt, **known}},
        status=error.status,
        json_status=200 if isinstance(error, DocumentError) else error.status,
        headers={"WWW-Authenticate": challenge} if challenge else {},
    )


def extension(plan: Plan, outcome: Outcome, receipt: str, purpose: str) -> dict[str, Any]:
    """Return `extensions.govgraph`; paths are response names joined by dots, without list indexes."""
    facts = plan.facts
    shown: dict[str, Any] = {
        "receipt": receipt,
        "grant": list(facts.grants),
        "purpose": purpose,
        "level": facts.level,
        "masks": [{"path": path, "mask": mask} for path, mask in facts.masks],
        "rowFilters": list(facts.row_filters),
        "freshness": [{"source": name, "asOf": when} for name, when in sorted(outcome.freshness.items())],
        "absent": [absence(branch) for _, branch in sorted(outcome.absent.items())],
        "disputed": [],
    }
    asked = {name: count for name, count in sorted(outcome.dirt.items()) if name in facts.coordinates.asked}
    if asked:
        shown["quality"] = [{"field": name, "count": count} for name, count in asked.items()]
    told = [(path, "KEY_NOT_UNIQUE") for path in outcome.twice]
    told += [(path, "SUPPRESSED") for path in outcome.suppressed]
    if told:
        shown["warnings"] = [{"path": ".".join(path), "code": code} for path, code in sorted(told)]
    return shown


def absence(branch: Branch) -> dict[str, Any]:
    """Return what is said where a source has no record: that, and how far its records reach."""
    shown: dict[str, Any] = {"path": ".".join(branch.path), "code": "NO_RECORD"}
    if branch.coverage and (branch.coverage.area or branch.coverage.since):
        shown["coverage"] = {"area": branch.coverage.area, "since": branch.coverage.since}
    return shown


def edge_errors(outcome: Outcome) -> tuple[dict[str, Any], ...]:
    """Return one error for each place of the answer whose source failed."""
    return tuple(entry(error, path=branch.path, location=branch.location) for branch, error in outcome.errors)
