"""Refusals of the desk at which sources are registered.

GovGraphError
├── CallerError
│   ├── SourceDraftUnknownError     SOURCE_DRAFT_UNKNOWN     nothing waits under this name or number
│   ├── SourceDraftStateError       SOURCE_DRAFT_STATE       the step before it was not done
│   ├── SourceDraftRefusedError     SOURCE_DRAFT_REFUSED     what was given cannot become a draft
│   ├── AccountCanWriteError        ACCOUNT_CAN_WRITE        the account of the source may change data
│   ├── ApprovalNeededError         APPROVAL_NEEDED          fields of L3 and above take two persons
│   ├── FolderRefusedError          FOLDER_REFUSED           a folder that cannot be admitted
│   ├── UploadRefusedError          UPLOAD_REFUSED           a file that is not taken
│   └── VersionUnknownError         VERSION_UNKNOWN          there is no such earlier version
└── PlatformError
    └── SourceDraftBusyError        SOURCE_DRAFT_BUSY        others changed the draft at the same moment
"""

from govgraph.errors import CallerError, PlatformError


class SourceDraftUnknownError(CallerError):
    """No draft of a source is kept under this department, or under this number."""

    code = "SOURCE_DRAFT_UNKNOWN"
    status = 404
    remedy = "`govgraph source list` shows what is kept; `govgraph source add` begins."


class SourceDraftStateError(CallerError):
    """The draft does not stand where this step begins."""

    code = "SOURCE_DRAFT_STATE"
    status = 409
    remedy = "`govgraph source list` shows where it stands; the order is add, discover, check, publish."


class SourceDraftRefusedError(CallerError):
    """What was given cannot become the draft of a source."""

    code = "SOURCE_DRAFT_REFUSED"
    status = 422
    remedy = "Correct what is named and give it again; nothing was kept."


class AccountCanWriteError(CallerError):
    """The account with which the source is read may also change data in it."""

    code = "ACCOUNT_CAN_WRITE"
    status = 409
    remedy = (
        "Take from the account everything but reading (a file: `chmod a-w`), or check with `--waive` where "
        "the owner answers for it; the record says so."
    )


class ApprovalNeededError(CallerError):
    """What would be shown has fields of level L3 or above, or lowers them, and that takes a second person."""

    code = "APPROVAL_NEEDED"
    status = 409
    remedy = (
        "Give the manifest as a draft, `govgraph source check DEPARTMENT FILE`, and propose it with "
        "`govgraph source publish`; another person approves it."
    )


class FolderRefusedError(CallerError):
    """The folder cannot be admitted: it is not absolute, or lies where the platform keeps its own."""

    code = "FOLDER_REFUSED"
    status = 422
    remedy = "Name a folder of the department's own by its whole path, outside of the platform's home."


class UploadRefusedError(CallerError):
    """A delivered file is not taken: its name, its size, or a piece out of order."""

    code = "UPLOAD_REFUSED"
    status = 422
    remedy = (
        "Deliver one file of at most 1,000,000,000 bytes with a plain name that ends in .csv, .jsonl, "
        ".parquet, .xlsx, .db or .pem; what was delivered before stays."
    )


class VersionUnknownError(CallerError):
    """The department has published no such earlier version."""

    code = "VERSION_UNKNOWN"
    status = 404
    remedy = "`govgraph source versions` shows the versions of a department."


class SourceDraftBusyError(PlatformError):
    """Others changed the drafts of this department at the same moment."""

    code = "SOURCE_DRAFT_BUSY"
    remedy = "Ask again."
