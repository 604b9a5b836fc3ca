"""Refusals of this package.

GovGraphError
└── CallerError
    ├── UnauthenticatedError          401, with a challenge (RFC 6750)
    │   ├── TokenMissingError
    │   ├── TokenInvalidError
    │   ├── TokenExpiredError
    │   ├── TokenWrongAudienceError
    │   └── ClientRevokedError
    ├── PurposeRequiredError          400
    ├── PurposeNotAllowedError        403
    ├── NoGrantError                  403
    ├── RoleNotAllowedError           403
    ├── LookupQuotaExceededError      429
    ├── ClientRefusedError            400
    ├── ClientUnknownError            404
    ├── ClientExistsError             409
    ├── ProposalUnknownError          404
    ├── SecondPersonNeededError       403
    ├── SetUpIncompleteError          409
    ├── GrantRefusedError             400
    ├── GrantUnknownError             404
    ├── GrantExistsError              409
    ├── GrantsOverlapError            409
    ├── GrantSuspendedError           409
    ├── GrantSealedError              409
    ├── GrantShownError               409
    ├── GrantTooRevealingError        400
    └── FilterRefusedError            400
"""

from typing import ClassVar

from govgraph.errors import CallerError

REALM = "govgraph"


class UnauthenticatedError(CallerError):
    """The caller has not shown who it is.

    `bearer_error` is the error code of RFC 6750 section 3.1; empty where no token was shown.
    """

    code = "TOKEN_INVALID"
    status = 401
    bearer_error: ClassVar[str] = "invalid_token"

    @property
    def challenge(self) -> str:
        """Return the value of the header `WWW-Authenticate`."""
        if not self.bearer_error:
            return f'Bearer realm="{REALM}"'
        return f'Bearer realm="{REALM}", error="{self.bearer_error}", error_description="{self.code}"'


class TokenMissingError(UnauthenticatedError):
    """No access token came with the request."""

    code = "TOKEN_MISSING"
    bearer_error = ""
    remedy = "Get a token at /oauth/token and send it as `Authorization: Bearer …`."


class TokenInvalidError(UnauthenticatedError):
    """The token was not issued here, was altered, or was withdrawn."""

    code = "TOKEN_INVALID"
    remedy = "Get a new token at /oauth/token."


class TokenExpiredError(UnauthenticatedError):
    """The token's time is over."""

    code = "TOKEN_EXPIRED"
    remedy = "Get a new token at /oauth/token."


class TokenWrongAudienceError(UnauthenticatedError):
    """The token is meant for another recipient."""

    code = "TOKEN_WRONG_AUDIENCE"
    remedy = "Get a token for this platform at its own /oauth/token."


class ClientRevokedError(UnauthenticatedError):
    """The client is unknown by now, or was revoked."""

    code = "CLIENT_REVOKED"
    remedy = "Ask the platform's security administrator why the client was revoked."


class PurposeRequiredError(CallerError):
    """The client holds grants for several purposes and named none."""

    code = "PURPOSE_REQUIRED"
    remedy = "Name one of the client's purposes in the header `Purpose`."


class PurposeNotAllowedError(CallerError):
    """The client holds no grant for the purpose it named."""

    code = "PURPOSE_NOT_ALLOWED"
    status = 403
    remedy = (
        "Name one of the client's own purposes, or request a grant for this one from the owning department."
    )


class NoGrantError(CallerError):
    """The client holds no grant that is in force today."""

    code = "NO_GRANT"
    status = 403
    remedy = "Request a grant from the owning department; `govgraph catalog search` shows what exists."


class RoleNotAllowedError(CallerError):
    """The client's role does not carry this duty."""

    code = "ROLE_NOT_ALLOWED"
    status = 403
    remedy = "Ask a client whose role carries the duty."


class LookupQuotaExceededError(CallerError):
    """The grant's look-ups of this day are used up."""

    code = "LOOKUP_QUOTA_EXCEEDED"
    status = 429
    remedy = "Ask again tomorrow (Asia/Shanghai), look up fewer values, or request a higher quota."


class ClientRefusedError(CallerError):
    """A client cannot be made as described."""

    code = "CLIENT_REFUSED"
    remedy = "Correct the named part of the client."


class ClientUnknownError(CallerError):
    """No client in force has this name."""

    code = "CLIENT_UNKNOWN"
    status = 404
    remedy = "`govgraph client list` shows the clients."


class ClientExistsError(CallerError):
    """A client of this name exists, or existed; names are never given twice."""

    code = "CLIENT_EXISTS"
    status = 409
    remedy = "Choose another name."


class ProposalUnknownError(CallerError):
    """No proposal of this number can be approved: it was approved, its time is over, or it never was."""

    code = "PROPOSAL_UNKNOWN"
    status = 404
    remedy = "List what waits with `govgraph proposal list`, or ask for it anew."


class SecondPersonNeededError(CallerError):
    """Whoever proposes something does not approve it."""

    code = "SECOND_PERSON_NEEDED"
    status = 403
    remedy = "Let the holder of another seat look at the proposal and approve it."


class SetUpIncompleteError(CallerError):
    """Set-up cannot end while a seat is empty: nobody could fill it afterwards."""

    code = "SET_UP_INCOMPLETE"
    status = 409
    remedy = "Make a client for each of the three administrators first, with `govgraph client create`."


class GrantRefusedError(CallerError):
    """A grant does not hold together in itself."""

    code = "GRANT_REFUSED"
    remedy = "Correct the named part of the grant."


class GrantUnknownError(CallerError):
    """No grant in force has this number."""

    code = "GRANT_UNKNOWN"
    status = 404
    remedy = "Check the grant's number."


class GrantExistsError(CallerError):
    """The number belongs to another grant, or to a revoked one; numbers are never given twice."""

    code = "GRANT_EXISTS"
    status = 409
    remedy = "Give the grant a new number."


class GrantSuspendedError(CallerError):
    """The grant is suspended, and can neither be replaced nor suspended again."""

    code = "GRANT_SUSPENDED"
    status = 409
    remedy = "Ask the security administrator, who suspended it, to put it in force again."


class GrantSealedError(CallerError):
    """The grant keeps its readings from the citizens they are about, and only two persons release them."""

    code = "GRANT_SEALED"
    status = 409
    remedy = "Keep its disclosure as it was; the audit administrator proposes a release, another approves it."


class GrantShownError(CallerError):
    """Citizens are shown the readings under the grant; replaced by this one, it would hide them."""

    code = "GRANT_SHOWN"
    status = 409
    remedy = "Revoke the grant and give a new one for what is to be kept back; what was read stays shown."


class GrantsOverlapError(CallerError):
    """A second grant for the same client, purpose and resource would be in force on the same days."""

    code = "GRANTS_OVERLAP"
    status = 409
    remedy = "Change the existing grant under its own number, or revoke it first."


class GrantTooRevealingError(CallerError):
    """What the grant shows adds up to more than each part."""

    code = "GRANT_TOO_REVEALING"
    remedy = (
        "Leave out one of the three: the mask ID of the identity number, the birth year, or match and "
        "verify; together they leave so few candidates that the number can be found out."
    )


class FilterRefusedError(CallerError):
    """A condition of a row filter or mask holds a value that its operator or field cannot take."""

    code = "FILTER_REFUSED"
    remedy = "Write a value of the field's type; `isNull` takes true or false, `in` and `notIn` take lists."
