"""Registered operations: from a digest to its document, and whether a document may be registered."""

from dataclasses import replace

from auth.client_settings import USUAL
from auth.policy import choose_purpose, purposes
from auth.principal import Principal
from resolvers.admission import Admitted, allowed_by
from resolvers.documents.document import read_document
from resolvers.errors import (
    DocumentError,
    OnlyPersistedError,
    OperationNotRegisteredError,
    OperationRefusedError,
)
from resolvers.question import Question
from resolvers.reading import SIGNS, apart, caller_schema, fitting
from resolvers.rooms import Rooms


async def with_document(question: Question, principal: Principal, rooms: Rooms) -> Question:
    """Return the question with the document that its digest stands for.

    Raises `OPERATION_NOT_REGISTERED`, the same where another client's operation has the digest, and
    `ONLY_PERSISTED` where the client sends the text of a question and may not.
    """
    if question.document_id:
        text = await rooms.operations.text(question.document_id, principal.client)
        if text is not None:
            return replace(question, query=text)
        if question.query is None or principal.settings.only_persisted:
            raise OperationNotRegisteredError("No operation is registered for this client under this digest")
    elif principal.settings.only_persisted and question.query:
        raise OnlyPersistedError("The client asks registered operations only")
    return question


async def check_operation(text: str, client: Principal | None, rooms: Rooms) -> None:
    """Return where a document may be registered, for a client or, where None, for all.

    It keeps the limits; for one client it also fits what the client may use for one of its purposes.
    Raises `OPERATION_REFUSED`, or `NO_GRANT` where the client may use nothing.
    """
    within = rooms.within(client.settings if client else USUAL)
    question = Question(text, None, None, request="", address="")
    try:
        await apart(lambda: read_document(text, None, within.limits), len(text) // SIGNS)
        if client is not None:
            await _fit_a_purpose(question, client, within)
    except DocumentError as error:
        raise OperationRefusedError(
            f"The document would be refused when it is asked. {error.what}",
            where=error.code,
            locations=error.locations,
        ) from None


async def _fit_a_purpose(question: Question, client: Principal, rooms: Rooms) -> None:
    """Return where the document fits the client's schema for one purpose. Raises the last refusal."""
    snapshot, grants = rooms.snapshot(), await rooms.grants(client.client)
    names = sorted(purposes(client.client, grants, rooms.today()))
    refusal: DocumentError | None = None
    for name in names or [choose_purpose(names, "")]:
        allowed = await allowed_by(grants, (client.client, name), snapshot, rooms)
        schema = await caller_schema(Admitted(client, allowed, snapshot), rooms)
        try:
            await apart(lambda: fitting(question, schema, rooms), len(question.query or "") // SIGNS)  # noqa: B023
        except DocumentError as error:
            refusal = error
        else:
            return
    if refusal is not None:
        raise refusal
