"""What is known of a request so far; whatever road it takes, this is what its record says."""

from dataclasses import dataclass, replace

from audit.errors import RecordTooLargeError
from audit.record import AccessRecord, Coordinates
from audit.record import Outcome as Ending
from auth.principal import Principal
from auth.rights import Permissions
from govgraph.errors import GovGraphError
from resolvers.document import DocumentRefusedError, Parsed
from resolvers.errors import ClientGoneError, DocumentError
from resolvers.outcome import Outcome
from resolvers.plan import Plan
from resolvers.question import Question
from resolvers.snapshot import Snapshot
from schema.naming import paged_name, root_names, summed_name, type_names


@dataclass(slots=True)
class Trail:
    """Gathers the record of one request. Headers enter only once they have been found well-formed."""

    record: AccessRecord
    operation: tuple[str, str] | None = None
    plan: Plan | None = None
    snapshot: Snapshot | None = None

    def caller(self, principal: Principal) -> None:
        """Note who asks."""
        self.record = replace(
            self.record,
            client=principal.client,
            role=principal.role,
            department=principal.department or "",
            end_user=principal.end_user or "",
            assurance=principal.assurance or "",
        )

    def purpose(self, permissions: Permissions, snapshot: Snapshot) -> None:
        """Note what for, and the versions the decision was made with."""
        self.snapshot = snapshot
        self.record = replace(
            self.record,
            purpose=permissions.purpose,
            policy=permissions.fingerprint,
            catalog=snapshot.catalog.version,
        )

    def document(self, parsed: Parsed) -> None:
        """Note the operation."""
        self.operation = (parsed.operation_hash, parsed.outline)
        self.record = replace(self.record, operation=parsed.operation_hash)

    def planned(self, plan: Plan) -> None:
        """Note what is asked for."""
        facts = plan.facts
        self.plan = plan
        self.record = replace(
            self.record,
            grants=facts.grants,
            level=facts.level,
            coordinates=Coordinates(
                asked=facts.asked,
                masked=facts.masked,
                used_in_predicate=facts.used_in_predicate,
                used_by_policy=facts.used_by_policy,
                aggregated=facts.aggregated,
            ),
        )

    def refused(self, error: GovGraphError) -> None:
        """Note a refusal, and which fields it was about: the record says it, the answer does not."""
        named = tuple(sorted({self.in_catalog(name) for name in refused_coordinates(error)} - {""}))
        ending = Ending.REFUSED if error.kind == "caller" else Ending.FAILED
        kept = Coordinates() if isinstance(error, RecordTooLargeError) else self.record.coordinates
        self.record = replace(
            self.record, outcome=ending, codes=(error.code,), coordinates=replace(kept, refused=named)
        )

    @property
    def ended(self) -> bool:
        """Return whether it is known how the request ended."""
        return self.record.outcome is not Ending.REFUSED or bool(self.record.codes)

    def abandoned(self) -> None:
        """Note that the client went away before it was known how the request would end."""
        self.record = replace(self.record, outcome=Ending.FAILED, codes=(ClientGoneError.code,))

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

    def many(self, grants: tuple[str, ...]) -> None:
        """Note the grants whose bulk right the answer takes."""
        self.record = replace(self.record, bulk=grants)

    def answered(self, outcome: Outcome) -> None:
        """Note what was delivered."""
        codes = tuple(sorted({error.code for _, error in outcome.errors}))
        asked = self.record.coordinates
        returned = tuple(sorted(outcome.returned & set(asked.asked)))
        masked = {name: mask for name, mask in asked.masked.items() if name in outcome.returned}
        self.record = replace(
            self.record,
            outcome=Ending.PARTIAL if codes else Ending.ANSWERED,
            codes=codes,
            coordinates=replace(asked, returned=returned, masked=masked),
            rows=dict(sorted(outcome.rows.items())),
            subjects={name: len(persons) for name, persons in sorted(outcome.subjects.items())},
            subject_total=len(outcome.persons()),
            sources=dict(sorted(outcome.sources.items())),
        )


def begin(question: Question, receipt: str, now: str) -> Trail:
    """Return the trail of a question nobody has looked at yet."""
    record = AccessRecord(
        receipt=receipt, time=now, request=question.request, outcome=Ending.REFUSED, address=question.address
    )
    return Trail(record)


def refused_coordinates(error: GovGraphError) -> list[str]:
    """Return the coordinates that a refusal was about."""
    refusals = error.every if isinstance(error, DocumentRefusedError) else (error,)
    return [one.coordinate for one in refusals if isinstance(one, DocumentError) and one.coordinate]
