"""Refusals of the audit log.

PlatformError
├── LogUnavailableError          nothing can be recorded, so no data leaves
│   ├── LogLockedError           another server holds the log
│   ├── LogFullError             the disk is full; recovers by itself
│   ├── LogBusyError             another program holds the store's file; recovers by itself
│   ├── LogPoisonedError         a write may or may not be on the disk; only a restart can tell
│   ├── LogUnreachableError      the PostgreSQL that holds the log does not answer; recovers by itself
│   ├── LogUnsignedError         the record is kept, but nobody signs; recovers by itself
│   ├── LogTablesMissingError    the PostgreSQL holds no tables of the log
│   ├── LogRoleRefusedError      the PostgreSQL refuses the role
│   └── LogClosedError           the server is stopping
├── LogRefusedError              the log is not the one that was signed; the server does not start
│   ├── LogBehindCheckpointError records that were signed for are missing
│   ├── LogForkedError           the records are not those that were signed for
│   ├── LogCheckpointInvalidError a checkpoint cannot be read, or its signature does not hold
│   └── LogKeyChangedError       the log was signed with another key
├── RecordInvalidError           a record breaks the format; the room that built it is at fault
└── RetentionTooShortError       records would be dropped before the law allows (a refused setting)
CallerError
├── RecordTooLargeError          the request names more fields than one record can hold
├── TileUnknownError             the tree has no such tile, or not yet
├── LogUnreadableError           a folder that was named holds no log
├── SearchRefusedError           a search of the log cannot be understood
├── ProofInvalidError            a proof does not lead to what was signed
├── ExportInvalidError           records that were exported do not hold together
├── RecordHeldError              a legal hold keeps a record
├── HoldUnknownError             no hold of this name stands
├── HoldRefusedError             a hold that would keep nothing, or name a person
├── LogBackupRefusedError        a backup was not made, or not put back
└── EvidenceInvalidError         an evidence package does not hold together
"""

from govgraph.errors import CallerError, PlatformError, SettingsRefusedError

RESTORE = (
    "Do not start over it. Run `govgraph audit verify`, keep a copy of the folder `audit`, and put back "
    "the newest backup of `audit`, `audit.checkpoint` and `keys` taken together."
)


class LogUnavailableError(PlatformError):
    """Nothing can be recorded, so no data leaves."""

    code = "LOG_UNAVAILABLE"


class LogLockedError(LogUnavailableError):
    """Another server holds the log."""

    code = "LOG_LOCKED"
    remedy = "Stop the other server, or give this one another GOVGRAPH_HOME."


class LogFullError(LogUnavailableError):
    """The disk is full."""

    code = "LOG_FULL"
    remedy = "Free space on the disk of GOVGRAPH_HOME; the log goes on by itself."


class LogBusyError(LogUnavailableError):
    """Another program holds the store's file."""

    code = "LOG_BUSY"
    remedy = "End the program that has `audit/log.db` open for writing; the log goes on by itself."


class LogPoisonedError(LogUnavailableError):
    """A write may or may not have reached the disk."""

    code = "LOG_POISONED"
    remedy = "Check the disk of GOVGRAPH_HOME, then restart the server; it goes on from what is on the disk."


class LogUnreachableError(LogUnavailableError):
    """The PostgreSQL that holds the log does not answer."""

    code = "LOG_UNREACHABLE"
    remedy = "Check that the store named by GOVGRAPH_LOG_URL runs; the log goes on by itself."


class LogUnsignedError(LogUnavailableError):
    """A record is durable, but no replica puts it in order and signs for it."""

    code = "LOG_UNSIGNED"
    remedy = (
        "Check that one replica at least may sign (GOVGRAPH_LOG_SEQUENCER_URL) and holds the log's own key; "
        "the log goes on by itself."
    )


class LogTablesMissingError(LogUnavailableError):
    """The PostgreSQL holds no tables of the log."""

    code = "LOG_TABLES_MISSING"
    remedy = "Let the database's owner run what `govgraph audit roles` prints."


class LogRoleRefusedError(LogUnavailableError):
    """The PostgreSQL refuses the role."""

    code = "LOG_ROLE_REFUSED"
    remedy = (
        "Check user and password in GOVGRAPH_LOG_URL and GOVGRAPH_LOG_SEQUENCER_URL, and that the roles are "
        "those of `govgraph audit roles`; the first replica to start must be one that may sign."
    )


class LogClosedError(LogUnavailableError):
    """The server is stopping."""

    code = "LOG_CLOSED"
    remedy = "Ask again in a moment."


class LogRefusedError(PlatformError):
    """The log is not the one that was signed."""

    code = "LOG_REFUSED"
    remedy = RESTORE


class LogBehindCheckpointError(LogRefusedError):
    """Records that were signed for are missing."""

    code = "LOG_BEHIND_CHECKPOINT"


class LogForkedError(LogRefusedError):
    """The records are not those that were signed for."""

    code = "LOG_FORKED"


class LogCheckpointInvalidError(LogRefusedError):
    """A checkpoint cannot be read, or its signature does not hold."""

    code = "LOG_CHECKPOINT_INVALID"


class LogKeyChangedError(LogRefusedError):
    """The log was signed with another key."""

    code = "LOG_KEY_CHANGED"
    remedy = "Put back the folder `keys` that belongs to this log from the last `govgraph keys backup`."


class RecordInvalidError(PlatformError):
    """A record breaks the format."""

    code = "RECORD_INVALID"
    remedy = "Report it: a room of the platform built a record that cannot be written."


class RecordTooLargeError(CallerError):
    """The request names more fields than one record can hold."""

    code = "RECORD_TOO_LARGE"
    remedy = "Ask for fewer fields in one request."


class TileUnknownError(CallerError):
    """The tree has no such tile, or not yet."""

    code = "TILE_UNKNOWN"
    status = 404
    remedy = "Ask for tiles up to the size of `/audit/log/checkpoint`, by their C2SP tlog-tiles path."


class LogUnreadableError(CallerError):
    """A folder that was named holds no log."""

    code = "LOG_UNREADABLE"
    remedy = "Name the folder `audit` of a home, or a copy of it; it holds the file `log.db`."


class SearchRefusedError(CallerError):
    """A search of the log cannot be understood, or would find nearly everything."""

    code = "SEARCH_REFUSED"
    remedy = "Write times as `2026-06-30T00:00:00Z`, and words of two signs or more that few names hold."


class ProofInvalidError(CallerError):
    """A proof does not lead to what was signed."""

    code = "PROOF_INVALID"
    remedy = "Ask the audit administrator for the proof again; where it fails again, verify the whole log."


class ExportInvalidError(CallerError):
    """Records that were exported do not hold together, or not with the checkpoint."""

    code = "EXPORT_INVALID"
    remedy = (
        "Do not rely on it. Ask the audit administrator for a new export and for a verification of the log."
    )


class RecordHeldError(CallerError):
    """A legal hold keeps a record and its list."""

    code = "RECORD_HELD"
    status = 409
    remedy = "Have the hold lifted first (`govgraph audit lift NAME`), if its reason is gone."


class HoldUnknownError(CallerError):
    """No hold of this name stands."""

    code = "HOLD_UNKNOWN"
    remedy = "`govgraph audit holds` lists those that stand."


class HoldRefusedError(CallerError):
    """A hold has no name, a time or a part that no record can fit, or names a person."""

    code = "HOLD_REFUSED"
    remedy = (
        "Give a name, times as `2026-06-30T00:00:00+08:00` and parts of at most 200 signs, none of them an "
        "identity number; a person's records are held by receipt or case number."
    )


class LogBackupRefusedError(CallerError):
    """A backup of the log was not made, or not put back."""

    code = "LOG_BACKUP_REFUSED"
    remedy = (
        "Name a new folder to back up into, and the newest backup of this log to restore from; "
        "`govgraph audit verify --folder FOLDER/audit` says what a backup holds."
    )


class EvidenceInvalidError(CallerError):
    """An evidence package does not hold together."""

    code = "EVIDENCE_INVALID"
    remedy = "Do not rely on it. Ask the audit administrator for a new one and for a verification of the log."


class RetentionTooShortError(SettingsRefusedError):
    """Records would be dropped before the law allows."""

    code = "RETENTION_TOO_SHORT"
