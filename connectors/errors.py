"""What can go wrong between the platform and a department's source.

SourceRetryError
├── SourceUnavailableError    SOURCE_UNAVAILABLE   down, or answering what nobody can read
├── SourceTimeoutError        SOURCE_TIMEOUT       no answer within the deadline
├── SourceQuotaError          SOURCE_QUOTA         the source says: too many questions
├── SourceBusyError           SOURCE_BUSY          too many reads of this source wait already
└── SourceClosedError         SOURCE_CLOSED        outside of the hours at which it is asked
SourceFatalError              SOURCE_BROKEN        (govgraph.errors)
├── SourceCredentialsError    SOURCE_CREDENTIALS   the source refuses the platform's credentials
├── SourceUnprovedError       SOURCE_UNPROVED      its certificate does not prove whose server it is
├── SourceAnswerError         SOURCE_ANSWER_WRONG  an answer is built differently than the settings say
├── EntityUnknownError        ENTITY_UNKNOWN       a table, column or end point is not there
└── FileBrokenError           FILE_BROKEN          a line of a file cannot be read
CallerError
├── SourceSettingsError       SOURCE_SETTINGS_REFUSED
├── ConnectorUnknownError     CONNECTOR_UNKNOWN
├── OpenapiRefusedError       OPENAPI_REFUSED      a document that no end points can be read from
└── ValueNotTextError         VALUE_NOT_TEXT       a value no source can store
PlatformError
├── RangesBusyError           RANGES_BUSY          other changes kept coming first
├── UnsupportedReadError      READ_NOT_SUPPORTED   the planner asked for undeclared work
└── NotConformingError        CONNECTOR_NOT_CONFORMING
"""

from collections.abc import Sequence
from dataclasses import dataclass

from govgraph.errors import CallerError, PlatformError, SourceFatalError, SourceRetryError


class SourceUnavailableError(SourceRetryError):
    """The source is down, or its answer cannot be read."""

    code = "SOURCE_UNAVAILABLE"
    remedy = "Ask again later; the department's operator sees the cause in the platform's log."


class SourceTimeoutError(SourceRetryError):
    """The source did not answer within the deadline."""

    code = "SOURCE_TIMEOUT"
    remedy = "Ask again later, or ask for less at once."


class SourceQuotaError(SourceRetryError):
    """The source refuses because it was asked too often."""

    code = "SOURCE_QUOTA"
    remedy = "Ask again later; the department can raise the quota of the platform's account."


class SourceBusyError(SourceRetryError):
    """So many reads of this source wait already that another would only be late."""

    code = "SOURCE_BUSY"
    remedy = "Ask again later; `maxConnections` of the source bounds the reads at one time."


class SourceClosedError(SourceRetryError):
    """Its department lets the source be asked at certain hours only, and this is none of them."""

    code = "SOURCE_CLOSED"
    remedy = "Ask again at another hour; the department states them as `hours` of its source."


class SourceCredentialsError(SourceFatalError):
    """The source refuses the platform's credentials."""

    code = "SOURCE_CREDENTIALS"
    remedy = "The department renews the secret that its source settings name."


class SourceUnprovedError(SourceFatalError):
    """A database shows a certificate that is not its host's, is out of date, or comes from nobody known."""

    code = "SOURCE_UNPROVED"
    remedy = (
        "The department compares the host in `url` and the certificate in `authority` with its server; "
        "until then nothing is sent there."
    )


class SourceAnswerError(SourceFatalError):
    """An answer is built differently than the source's settings say, or contradicts itself."""

    code = "SOURCE_ANSWER_WRONG"
    remedy = (
        "The department compares its answers with its source settings; the platform's log names the place."
    )


class EntityUnknownError(SourceFatalError):
    """A table, view, file, end point or column is not there."""

    code = "ENTITY_UNKNOWN"
    remedy = "Compare `table` and `column` in the department's manifest with its source."


class FileBrokenError(SourceFatalError):
    """A file, or a line of it, cannot be read. Names file and line, never what stands there."""

    code = "FILE_BROKEN"
    remedy = "The department corrects the named line and delivers the file again."


class ConnectorUnknownError(CallerError):
    """No connector of this kind is installed."""

    code = "CONNECTOR_UNKNOWN"
    remedy = "Use one of the installed kinds, or install the package that brings this one."


class OpenapiRefusedError(CallerError):
    """A document is none that describes end points, or cannot be read."""

    code = "OPENAPI_REFUSED"
    remedy = "Give an OpenAPI document of version 3.0 or 3.1, or Swagger 2.0, as JSON or YAML."


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One thing wrong with a source's settings: the path of the setting, what, and how to put it right."""

    path: str
    what: str
    remedy: str


class SourceSettingsError(CallerError):
    """Settings of a source are refused; `problems` holds all of them."""

    code = "SOURCE_SETTINGS_REFUSED"
    remedy = "Correct the named settings of the source."

    def __init__(self, source: str, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(f"`{problem.path}` {problem.what}: {problem.remedy}" for problem in problems)
        super().__init__(f"The settings of the source are refused: {listed}", where=source)


class ValueNotTextError(CallerError):
    """A value holds U+0000 or a lone surrogate: no source can store it, so nothing can equal it."""

    code = "VALUE_NOT_TEXT"
    remedy = "Leave out U+0000 and lone surrogates."


class RangesBusyError(PlatformError):
    """The ranges of a department were changed by others again and again at this moment."""

    code = "RANGES_BUSY"
    remedy = "Try again."


class UnsupportedReadError(PlatformError):
    """A read needs work that the source does not take over."""

    code = "READ_NOT_SUPPORTED"
    remedy = "The planner must do this work itself: see the connector's capabilities."


class NotConformingError(PlatformError):
    """A connector answered a generated read differently from the plain model."""

    code = "CONNECTOR_NOT_CONFORMING"
    remedy = "Correct the connector, or leave the capability undeclared."
