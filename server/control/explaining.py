"""How a question would be answered: told to who asks it, or to the security administrator."""

from typing import cast

import strawberry
from strawberry.scalars import JSON

from audit.record import Outcome
from auth.principal import Principal
from auth.roles import Duty
from govgraph.errors import GovGraphError, Kind
from resolvers.explaining.explain import begun
from resolvers.explaining.explain import explain as explained
from resolvers.explaining.explanation_text import as_mermaid, as_text
from resolvers.question import Question
from resolvers.trail import Trail
from server.control.access import At, client_named
from server.control.records import Change


@strawberry.type(description="How a question would be answered; names, counts and reasons, never a value.")
class ExplanationView:
    """One explanation in three forms: everything as JSON, lines for people, a picture in Mermaid."""

    document: JSON
    text: str
    mermaid: str


@strawberry.input(description="A question to the data graph, as it would be sent.")
class QuestionDraft:
    """The document and what travels beside it."""

    query: str
    variables: JSON | None = None
    operation_name: str = ""
    purpose: str = ""


async def explain(at: At, question: QuestionDraft, client: str = "") -> ExplanationView:
    """Return the explanation once it is recorded. Refuses as asking the question would."""
    session = at.context
    own = client in ("", session.principal.client)
    await session.allow(Duty.READ_CATALOG if own else Duty.EXPLAIN)
    caller = session.principal if own else await client_named(session, client)
    asked = Question(
        query=question.query,
        variables=_variables(question.variables),
        operation_name=question.operation_name or None,
        request=session.recorder.request,
        address=session.recorder.address,
        purpose=question.purpose,
    )
    rooms = session.platform.rooms.within(caller.settings)
    trail = begun(asked, rooms)
    try:
        found = await explained(asked, caller, rooms, trail)
    except GovGraphError as error:
        trail.refused(error)
        outcome = Outcome.REFUSED if error.kind is Kind.CALLER else Outcome.FAILED
        await session.recorder.note(_change(caller, trail), outcome)
        raise
    await session.recorder.note(_change(caller, trail), Outcome.ANSWERED)
    document = cast("JSON", found.document())
    return ExplanationView(document=document, text=as_text(found), mermaid=as_mermaid(found))


def _variables(given: JSON | None) -> dict[str, object]:
    """Return the variables; what is no object has none, and the document says which it lacks."""
    return dict(given) if isinstance(given, dict) else {}


def _change(caller: Principal, trail: Trail) -> Change:
    """Return what is recorded: whose question, and what of it names fields and versions, never a value."""
    record = trail.record
    detail = {
        "purpose": record.purpose,
        "operation": record.operation,
        "policy": record.policy,
        "catalog": str(record.catalog),
        "level": str(record.level),
        "code": ",".join(record.codes),
        "refused": ",".join(record.coordinates.refused),
    }
    return Change("query.explain", caller.client, {key: value for key, value in detail.items() if value})
