"""Refusals of the inbox.

GovGraphError
└── CallerError
    └── WebhookRefusedError     WEBHOOK_REFUSED     an address that notices cannot be sent to
"""

from govgraph.errors import CallerError


class WebhookRefusedError(CallerError):
    """The address cannot take notices."""

    code = "WEBHOOK_REFUSED"
    status = 422
    remedy = "Give an http or https address without user and password, of at most 500 characters."
