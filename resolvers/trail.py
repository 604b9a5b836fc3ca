"""What is known of a request so far; whatever road it takes, this is what its record says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from audit.errors import RecordTooLargeError
from audit.record import AccessRecord, Coordinates
from audit.record import Outcome as Ending
from auth.principal import Principal
from auth.rights import Permissions
from govgraph.errors import GovGraphError
from resolvers.documents.document import DocumentRefusedError, Parsed
from resolvers.errors import ClientGoneError, DocumentError
from resolvers.planning.plan import Facts, Plan
from resolvers.question import Question
from resolvers.running.outcome import Outcome
from resolvers.snapshot import Snapshot
from schema.naming import paged_name, root_names, summed_name, type_names

T = TypeVar("T")


@dataclass(slots=True)
class Trail:
    """Gathers the record of one request. Headers enter only once they have been found well-formed.

    `told` are members of the record by name; the record is made of them once, at the end.
    """

    told: dict[str, Any]
    operation: tuple[str, str] | None = None
    plan: Plan | None = None
    snapshot: Snapshot | None = None

    @property
    def record(self) -> AccessRecord:
        """Return the record of what is known by now."""
        return AccessRecord(**self.told)

    @property
    def receipt(self) -> str:
        """Return the receipt of the request."""
        return str(self.told["receipt"])

    @property
    def purpose(self) -> str:
        """Return what the request is for; empty as long as that is not known."""
        return str(self.told.get("purpose", ""))

    @property
    def whose(self) -> tuple[str, str]:
        """Return the client and the end user; empty as long as they are not known."""
        return str(self.told.get("client", "")), str(self.told.get("end_user", ""))

    def caller(self, principal: Principal) -> None:
        """Note who asks."""
        self.told |= {
            "client": principal.client,
            "role": principal.role,
            "department": principal.department or "",
            "end_user": principal.end_user or "",
            "assurance": principal.assurance or "",
        }

    def case(self, number: str) -> None:
        """Note the number of the case."""
        self.told["case_number"] = number

    def admitted(self, permissions: Permissions, snapshot: Snapshot) -> None:
        """Note what for, and the versions the decision was made with."""
        self.snapshot = snapshot
        self.told |= {
            "purpose": permissions.purpose,
            "policy": permissions.fingerprint,
            "catalog": snapshot.catalog.version,
        }

    def document(self, parsed: Parsed) -> None:
        """Note the operation."""
        self.operation = (parsed.operation_hash, parsed.outline)
        self.told["operation"] = parsed.operation_hash

    def planned(self, plan: Plan) -> None:
        """Note what is asked for."""
        facts = plan.facts
        self.plan = plan
        self.told |= {"grants": facts.grants, "level": facts.level, "coordinates": facts.coordinates}

    def refused(self, error: GovGraphError) -> None:
        """Note a refusal, and which fields it was about: the record says it, the answer does not."""
        named = tuple(sorted({self.in_catalog(name) for name in refused_coordinates(error)} - {""}))
        known = Coordinates() if isinstance(error, RecordTooLargeError) else self.told.get("coordinates")
        self.told |= {
            "outcome": Ending.REFUSED if error.kind == "caller" else Ending.FAILED,
            "codes": (error.code,),
            "coordinates": replace(known or Coordinates(), refused=named),
        }

    @property
    def ended(self) -> bool:
        """Return whether it is known how the request ended."""
        return self.told["outcome"] is not Ending.REFUSED or "codes" in self.told

    def abandoned(self) -> None:
        """Note that the client went away before it was known how the request would end."""
        self.told |= {"outcome": Ending.FAILED, "codes": (ClientGoneError.code,)}

    def in_catalog(self, named: str) -> str:
        """Return the coordinate or type of the catalog that a refusal was about; empty where none."""
        resources = self.snapshot.catalog.resources if self.snapshot else {}
        type_name, _, name = named.partition(".")
        if type_name == "Query":
            return next((key for key in resources if name in root_names(key).all()), "")
        resource = resources.get(type_name)
        if not name:
            return next((key for key in resources if type_name in type_names(key, ())), "")
        links = {name, name.removesuffix(paged_name("")), name.removesuffix(summed_name(""))}
        known = resource is not None and (name in resource.fields or not links.isdisjoint(resource.links))
        return named if known else ""

    def followed(self, count: int) -> None:
        """Note how many of the keys looked up follow closely on one tried before."""
        self.told["keys_in_sequence"] = count

    def many(self, grants: tuple[str, ...]) -> None:
        """Note the grants whose bulk right the answer takes."""
        self.told["bulk"] = grants

    def answered(self, outcome: Outcome) -> None:
        """Note what was delivered."""
        codes = tuple(sorted({error.code for _, error in outcome.errors})) if outcome.errors else ()
        self.told |= {
            "outcome": Ending.PARTIAL if codes else Ending.ANSWERED,
            "codes": codes,
            "coordinates": delivered(known_plan(self).facts, outcome.returned),
            "rows": by_name(outcome.rows),
            "subjects": by_name({name: len(persons) for name, persons in outcome.subjects.items()}),
            "subject_total": len(outcome.persons),
            "sources": by_name(outcome.sources),
        }


def by_name(told: Mapping[str, T]) -> dict[str, T]:
    """Return what is told of each name, in the order of the names."""
    return dict(sorted(told.items())) if len(told) > 1 else dict(told)


def delivered(facts: Facts, returned: set[str]) -> Coordinates:
    """Return the coordinates of an access with those that were returned, and only their masks."""
    if returned.issuperset(facts.coordinates.asked):
        return facts.all_returned
    asked = facts.coordinates
    masked = {name: mask for name, mask in asked.masked.items() if name in returned}
    return replace(asked, returned=tuple(name for name in asked.asked if name in returned), masked=masked)


def known_plan(trail: Trail) -> Plan:
    """Return the plan of a request that was answered."""
    if trail.plan is None:
        raise AssertionError
    return trail.plan


def begin(question: Question, receipt: str, now: str) -> Trail:
    """Return the trail of a question nobody has looked at yet."""
    return Trail(
        {
            "receipt": receipt,
            "time": now,
            "request": question.request,
            "outcome": Ending.REFUSED,
            "address": question.address,
        }
    )


def refused_coordinates(error: GovGraphError) -> list[str]:
    """Return the coordinates that a refusal was about."""
    refusals = error.every if isinstance(error, DocumentRefusedError) else (error,)
    return [one.coordinate for one in refusals if isinstance(one, DocumentError) and one.coordinate]
