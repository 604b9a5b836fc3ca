"""Refusals of the entrance: bodies, addresses, start-up and the command line.

GovGraphError
├── CallerError
│   ├── BodyTooLargeError, BodyTooSlowError                           the body of a request
│   ├── BodyNotJsonError, BodyNotRequestError                         what it holds
│   ├── QueryStringTooLongError, QueryStringRefusedError              a registered operation by GET
│   ├── TooManyRequestsError                                          refusals of nobody in particular
│   ├── ContentTypeNotSupportedError, MethodNotAllowedError, WrongMethodError, NotFoundError
│   ├── RequestElsewhereError                                         a page of another origin
│   ├── FilesRefusedError                                             no file, or too many, or too long
│   ├── ControlRequestRefusedError                                    a document the control graph lacks
│   ├── DocumentNotFoundError, ReceiptUnknownError                    what was named is not there
│   ├── HomeUnusedError                                               nothing to look at yet
│   ├── CommandRefusedError, ServerUnreachableError,                  the command line
│   │   ServerRefusedError, NotSignedInError
│   └── TableTooLargeError                                            an answer as a table
├── SourceRetryError
│   └── TableIncompleteError                                          a source that a table lacks
├── SourceFatalError
│   └── SourceNotOpenedError                                          settings of a source
└── PlatformError
    ├── HomeLockedError, HomeUnusableError, PortInUseError            start-up
    └── DemoBrokenError                                               the demonstration city
"""

from collections.abc import Mapping
from typing import Any

from govgraph.errors import CallerError, PlatformError, SourceFatalError, SourceRetryError


class BodyTooLargeError(CallerError):
    """The body holds more bytes than the limit."""

    code = "BODY_TOO_LARGE"
    status = 413
    remedy = (
        "Send a smaller request; the operator sets the limit with `GOVGRAPH_BODY_LIMIT`, the security "
        "administrator that of one client."
    )


class BodyTooSlowError(CallerError):
    """The body did not arrive in time."""

    code = "BODY_TOO_SLOW"
    status = 408
    remedy = "Send the whole body at once; the operator sets the limit with `GOVGRAPH_BODY_TIMEOUT`."


class TooManyRequestsError(CallerError):
    """An address sent too many requests that no valid token stood behind; only the first is recorded."""

    code = "TOO_MANY_REQUESTS"
    status = 429
    remedy = "Wait a minute, or show a valid token; the operator sets `GOVGRAPH_ANONYMOUS_LIMIT`."


class BodyNotJsonError(CallerError):
    """The body is not JSON, or nested too deeply to be read."""

    code = "BODY_NOT_JSON"
    remedy = "Send one JSON object in UTF-8 with the member `query`."


class BodyNotRequestError(CallerError):
    """The body is JSON, yet no GraphQL request."""

    code = "BODY_NOT_A_REQUEST"
    remedy = (
        "Send one object: `query` and `operationName` are text, `variables` and `extensions` objects; "
        "lists of requests are not accepted."
    )


class QueryStringTooLongError(CallerError):
    """The query string holds more bytes than the limit."""

    code = "QUERY_STRING_TOO_LONG"
    status = 414
    remedy = "Send the request by POST, with a body."


class QueryStringRefusedError(CallerError):
    """The query string is not that of a request."""

    code = "QUERY_STRING_REFUSED"
    remedy = (
        "Send `documentId`, `operationName`, `variables` and `extensions` once each, the last two as JSON."
    )


class ContentTypeNotSupportedError(CallerError):
    """The body is of a kind that is not read here."""

    code = "CONTENT_TYPE_NOT_SUPPORTED"
    status = 415
    remedy = "Send the header `Content-Type: application/json`."


class MethodNotAllowedError(CallerError):
    """The address does not answer this method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    remedy = "Use POST."


class WrongMethodError(MethodNotAllowedError):
    """The address answers other methods."""

    remedy = "The page at `/` says what each address is for."


class NotFoundError(CallerError):
    """There is nothing at this address."""

    code = "ADDRESS_NOT_FOUND"
    status = 404
    remedy = "The page at `/` lists the addresses."


class RequestElsewhereError(CallerError):
    """A page of another origin asks for what only our own page may ask."""

    code = "REQUEST_FROM_ELSEWHERE"
    status = 403
    remedy = "Open the platform's own page and run the question there."


class ControlRequestRefusedError(CallerError):
    """The document does not fit the control graph."""

    code = "CONTROL_REQUEST_REFUSED"
    remedy = "Compare the document with the schema of the control graph, which introspection shows."


class FilesRefusedError(CallerError):
    """No file was given, or more than is read at once."""

    code = "FILES_REFUSED"
    status = 413
    remedy = "Send between one and a hundred files of at most 500,000 characters each."


class ReceiptUnknownError(CallerError):
    """No record carries this receipt."""

    code = "RECEIPT_UNKNOWN"
    status = 404
    remedy = "Copy the receipt from `extensions.govgraph.receipt` of the answer."


class DocumentNotFoundError(CallerError):
    """A file, folder or query that was named is not there or cannot be read."""

    code = "DOCUMENT_NOT_FOUND"
    status = 404
    remedy = "Check the name; paths are read from the folder the command is given in."


class HomeUnusedError(CallerError):
    """Nothing was ever set up under this home, so there is nothing to look at."""

    code = "HOME_UNUSED"
    status = 404
    remedy = "Set `GOVGRAPH_HOME` to the folder of your platform, or start one with `govgraph serve`."


class CommandRefusedError(CallerError):
    """What a command was given does not fit together."""

    code = "COMMAND_REFUSED"
    remedy = "`--help` says what the command takes."


class ServerUnreachableError(CallerError):
    """No server answers at the address given."""

    code = "SERVER_UNREACHABLE"
    remedy = "Start it with `govgraph serve`, or name another address with `--server`."


class ServerRefusedError(CallerError):
    """The server refused; `entry` is its error as it came, with its own code and words."""

    code = "SERVER_REFUSED"

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.entry = entry
        super().__init__("The server refused the command")

    @property
    def told(self) -> str:
        """Return the server's own code and words."""
        code = self.entry.get("extensions", {}).get("code", self.code)
        return f"{code}: {self.entry.get('message', self.what)}"


class NotSignedInError(CallerError):
    """The command needs a client and was given none."""

    code = "NOT_SIGNED_IN"
    status = 401
    remedy = (
        "Set `GOVGRAPH_TOKEN`, or `GOVGRAPH_CLIENT_ID` and `GOVGRAPH_CLIENT_SECRET`, "
        "or name a demonstration client with `--as`."
    )


class SourceNotOpenedError(SourceFatalError):
    """A source cannot be opened with its settings as they stand."""

    code = "SOURCE_NOT_OPENED"
    remedy = "Correct the section `source` of the department's manifest and publish it again."


class TableTooLargeError(CallerError):
    """A sheet or a cell of a workbook cannot hold the answer."""

    code = "TABLE_TOO_LARGE"
    remedy = "Ask for `text/csv`, for fewer rows with `first`, or for an answer in JSON."


class TableIncompleteError(SourceRetryError):
    """A part of the answer is missing; a table could not say so."""

    code = "TABLE_INCOMPLETE"
    status = 502
    remedy = "Ask again later, leave out the part that the next error names, or ask for an answer in JSON."


class HomeLockedError(PlatformError):
    """Another process works on the same home folder."""

    code = "HOME_LOCKED"
    remedy = "Stop the other process, or set `GOVGRAPH_HOME` to another folder."


class HomeUnusableError(PlatformError):
    """The home folder cannot be made or written."""

    code = "HOME_UNUSABLE"
    remedy = "Set `GOVGRAPH_HOME` to a folder that this account may write."


class PortInUseError(PlatformError):
    """Another program listens on the port."""

    code = "PORT_IN_USE"
    remedy = (
        "Stop that program, or choose another port with `--port` or `GOVGRAPH_PORT`; "
        "`make demo` takes `PORT=`."
    )


class DemoBrokenError(PlatformError):
    """The demonstration city could not be made or started."""

    code = "DEMO_BROKEN"
    remedy = "Delete the folder `GOVGRAPH_HOME` and run `make demo` again."
