"""How long records must be kept, at least."""

from audit.errors import RetentionTooShortError

NETWORK_LOGS = 184
PERSONAL_INFORMATION = 1096


def check_retention(days: int, personal: bool) -> None:
    """Pass in silence, or raise `RetentionTooShortError`.

    Six months are the least for every record (Cybersecurity Law, network logs); three years for
    records that touch personal information (Personal Information Protection Law, article 56).
    """
    least = PERSONAL_INFORMATION if personal else NETWORK_LOGS
    if days < least:
        what = f"Access records would be kept for {days} days, fewer than the {least} the law asks for"
        where = "GOVGRAPH_RETENTION_DAYS" if personal else "GOVGRAPH_RETENTION_DAYS_OTHERS"
        raise RetentionTooShortError(what, where=where, remedy=f"Set it to {least} or more.")


def check_policy(personal: int, others: int) -> None:
    """Pass in silence where both kinds of records are kept long enough, or raise `RetentionTooShortError`."""
    check_retention(personal, personal=True)
    check_retention(others, personal=False)
