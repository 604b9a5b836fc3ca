"""Refusals of a document, and failures of an edge.

CallerError
├── DocumentError                   the document or its variables
│   ├── DocumentMissingError        DOCUMENT_MISSING
│   ├── SyntaxRefusedError          SYNTAX_ERROR
│   ├── LimitExceededError          LIMIT_EXCEEDED
│   ├── OperationNameRequiredError  OPERATION_NAME_REQUIRED
│   ├── OperationUnknownError       OPERATION_UNKNOWN
│   ├── OperationNotOfferedError    OPERATION_NOT_OFFERED
│   ├── DocumentInvalidError        DOCUMENT_INVALID
│   ├── FieldNotAvailableError      FIELD_NOT_AVAILABLE
│   ├── NotUsableHereError          NOT_USABLE_HERE
│   ├── ValueNotValidError          VALUE_NOT_VALID
│   ├── PageTooLargeError           PAGE_TOO_LARGE
│   ├── BulkNotGrantedError         BULK_NOT_GRANTED
│   ├── CursorNotValidError         CURSOR_NOT_VALID
│   ├── TableNotPossibleError       TABLE_NOT_POSSIBLE
│   ├── OperationNotRegisteredError OPERATION_NOT_REGISTERED
│   ├── OnlyPersistedError          ONLY_PERSISTED
│   └── AnswerTooLargeError         ANSWER_TOO_LARGE
├── HeaderRefusedError              HEADER_NOT_VALID
├── OperationRefusedError           OPERATION_REFUSED
├── ClientGoneError                 CLIENT_GONE
├── RightsChangedError              RIGHTS_CHANGED
├── StreamTooSlowError              STREAM_TOO_SLOW
└── StreamTooLongError              STREAM_TOO_LONG
PlatformError
└── InternalError                   INTERNAL
"""

from govgraph.errors import CallerError, PlatformError


class DocumentError(CallerError):
    """The request is well-formed HTTP, its document or variables are not to be served.

    `coordinate` is what of the graph the refusal is about, for the record alone; it never reaches
    the caller.
    """

    coordinate: str = ""
    code = "DOCUMENT_INVALID"


class DocumentMissingError(DocumentError):
    """The request carries no document."""

    code = "DOCUMENT_MISSING"
    remedy = "Send a JSON object with the text of the query under `query`."


class SyntaxRefusedError(DocumentError):
    """The text is not a GraphQL document."""

    code = "SYNTAX_ERROR"
    remedy = "Correct the document at the place named; the GraphQL specification, section 2, has the grammar."


class LimitExceededError(DocumentError):
    """The document is larger, deeper or wider than one request may be."""

    code = "LIMIT_EXCEEDED"
    remedy = "Ask for less in one request, or in several requests."


class OperationNameRequiredError(DocumentError):
    """The document holds several operations and the request names none."""

    code = "OPERATION_NAME_REQUIRED"
    remedy = "Name the operation to run under `operationName`."


class OperationUnknownError(DocumentError):
    """The document does not hold the operation named."""

    code = "OPERATION_UNKNOWN"
    remedy = "Name an operation of the document under `operationName`."


class OperationNotOfferedError(DocumentError):
    """The data graph answers queries only."""

    code = "OPERATION_NOT_OFFERED"
    remedy = "Send a query; data stays with its owner and is changed there."


class DocumentInvalidError(DocumentError):
    """The document breaks a rule of the GraphQL specification, section 5."""

    code = "DOCUMENT_INVALID"
    remedy = "Correct the document at the place named."


class FieldNotAvailableError(DocumentError):
    """Something outside the caller's schema was named, whether it exists or not."""

    code = "FIELD_NOT_AVAILABLE"
    remedy = "`govgraph catalog search` shows what exists; access is granted by the owning department."


class NotUsableHereError(DocumentError):
    """A field that the caller may read was used in a way that was not granted."""

    code = "NOT_USABLE_HERE"
    remedy = "Leave this use out, or apply to the owning department for the right."


class ValueNotValidError(DocumentError):
    """A literal or variable does not have the type of its place."""

    code = "VALUE_NOT_VALID"
    remedy = "Give a value of the type named."


class PageTooLargeError(DocumentError):
    """More rows were asked for than one answer may hold."""

    code = "PAGE_TOO_LARGE"
    remedy = (
        "Ask for fewer rows with `first`. More leave only as a stream: one list at the root, read forward, "
        "its rows shown in one place."
    )


class BulkNotGrantedError(DocumentError):
    """More rows of a resource in one request than a grant without the bulk right gives."""

    code = "BULK_NOT_GRANTED"
    remedy = (
        "Read the rows page by page, with `first` and `after`; or apply to the owning department for a "
        "grant with `bulk: true`."
    )


class CursorNotValidError(DocumentError):
    """A cursor was altered, or belongs to another client, other rights, other rows or another order."""

    code = "CURSOR_NOT_VALID"
    remedy = "Begin again without a cursor; keep `where`, `orderBy` and client the same from page to page."


class TableNotPossibleError(DocumentError):
    """The answer was asked for as a table and is none: a table has the rows of one list."""

    code = "TABLE_NOT_POSSIBLE"
    status = 406
    remedy = (
        "Ask for one list: a connection at the root, or one to-many link below a row found by its key; "
        "or for an answer in JSON."
    )


class OperationNotRegisteredError(DocumentError):
    """The request names a document by its digest, and none is registered under it for this client."""

    code = "OPERATION_NOT_REGISTERED"
    remedy = (
        "Have the operation registered with `govgraph operation register`; the digest is the SHA-256 of "
        "its text in UTF-8, to the last space."
    )


class OnlyPersistedError(DocumentError):
    """The client may ask registered operations only, and sent the text of a question."""

    code = "ONLY_PERSISTED"
    remedy = "Send the digest of a registered operation as `documentId`, without `query`."


class OperationRefusedError(CallerError):
    """A document cannot be registered: the client could not ask it; `where` names the code it would get."""

    code = "OPERATION_REFUSED"
    remedy = "Correct the document, or have the client's grants or limits changed first."


class AnswerTooLargeError(DocumentError):
    """The rows that were found, written out at every place that asks for them, make too large an answer."""

    code = "ANSWER_TOO_LARGE"
    remedy = "Ask for fewer rows with `first` or `where`, or for fewer levels of links."


class HeaderRefusedError(CallerError):
    """A header of the request does not have its form."""

    code = "HEADER_NOT_VALID"
    remedy = "Send ASCII letters, digits, `-`, `_`, `.` and `/` only, 64 at most."


class ClientGoneError(CallerError):
    """The client went away before its answer was made; only the record still tells it."""

    code = "CLIENT_GONE"
    remedy = "Keep the connection open until the answer has come, or ask for less."


class RightsChangedError(CallerError):
    """While an answer streamed, its client lost a right or was given another; nothing more of it leaves."""

    code = "RIGHTS_CHANGED"
    status = 403
    remedy = "Ask again; `govgraph grant list` shows what the client may have now."


class StreamTooSlowError(CallerError):
    """The client took too long to take a part of a streamed answer; only the record still tells it."""

    code = "STREAM_TOO_SLOW"
    remedy = "Take the answer as fast as it comes, or ask for fewer rows with `first`."


class StreamTooLongError(CallerError):
    """An answer streamed for longer than one answer may; the rows before this place are complete."""

    code = "STREAM_TOO_LONG"
    status = 200
    remedy = "Ask for the rows that follow with `after`, or for fewer rows with `first`."


class InternalError(PlatformError):
    """Something that must not happen did; the operator finds the place in the log."""

    code = "INTERNAL"
    status = 500
    remedy = "Ask again later; quote the request id to the operator."
