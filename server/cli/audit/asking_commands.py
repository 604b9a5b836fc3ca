"""`govgraph audit search` and its neighbours: the commands that ask the log; the work stands beside."""

from typing import Final

from server.cli import options as given
from server.cli.audit import options as asked
from server.cli.audit.options import Counting, Searching
from server.cli.calling import call


def audit_search(parts: asked.Parts, page: asked.Page, where: given.Where) -> None:
    """Search the log."""
    searching = Searching(parts.named, parts.person, page.first, page.after, **where.named)
    call("audit.asking:search", where.json, asked=searching)


def audit_department(parts: asked.OwnParts, page: asked.Page, where: given.Where) -> None:
    """Show who read a department's fields."""
    searching = Searching(parts.named, False, page.first, page.after, own=True, **where.named)
    call("audit.asking:search", where.json, asked=searching)


def audit_reindex(where: given.Where) -> None:
    """Make the index anew."""
    call("audit.asking:reindex", where.json, **where.named)


def audit_export(
    parts: asked.Parts, form: asked.ExportForm = "jsonl", out: given.Out = None, *, where: given.Where
) -> None:
    """Export records."""
    searching = Searching(parts.named, parts.person, **where.named)
    call("audit.export:export", where.json, asked=searching, form=form, out=out)


def audit_trace(case: asked.CaseNumber, where: given.Where) -> None:
    """Show a case in order."""
    call("audit.reports:trace", where.json, case=case, **where.named)


def audit_counts(
    by: asked.CountedBy = "day",
    since: asked.SinceDay = "",
    until: asked.UntilDay = "",
    interfaces: asked.Interfaces = None,
    *,
    where: given.Where,
) -> None:
    """Count the log."""
    counting = Counting(by, since, until, interfaces, **where.named)
    call("audit.reports:counts", where.json, asked=counting)


def grant_suspend(grant: given.GrantId, where: given.Where) -> None:
    """Suspend a grant."""
    call("grants:suspend", where.json, grant=grant, **where.named)


def grant_resume(grant: given.GrantId, where: given.Where) -> None:
    """Put a suspended grant in force again."""
    call("grants:resume", where.json, grant=grant, **where.named)


def audit_alerts(first: asked.First = 50, after: asked.After = "", *, where: given.Where) -> None:
    """Show the alerts."""
    call("audit.alerting:alerts", where.json, page=(first, after), **where.named)


def audit_alert(
    receipt: asked.AlertReceipt, first: asked.First = 50, after: asked.After = "", *, where: given.Where
) -> None:
    """Show what is behind an alert."""
    call("audit.alerting:behind", where.json, receipt=receipt, page=(first, after), **where.named)


def audit_affected(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    client: asked.Client = "",
    end_user: asked.EndUser = "",
    since: asked.Since = "",
    until: asked.Until = "",
    match: asked.Match = False,
    out: given.Out = None,
    *,
    where: given.Where,
) -> None:
    """Tell whom records were about."""
    parts = {"client": client, "endUser": end_user, "since": since, "until": until}
    searching = Searching(parts, match, **where.named)
    call("audit.alerting:affected", where.json, asked=searching, out=out)


def audit_own(first: asked.First = 20, after: asked.After = "", *, where: given.Where) -> None:
    """Show who read about the citizen."""
    call("audit.own_readings:own", where.json, page=(first, after), **where.named)


def grant_release(grant: given.GrantId, where: given.Where) -> None:
    """Propose a release."""
    call("audit.own_readings:release", where.json, grant=grant, **where.named)


def proposal_release(number: given.Proposal, where: given.Where) -> None:
    """Approve a release."""
    call("audit.own_readings:approve", where.json, number=number, **where.named)


RELEASING: Final = (proposal_release,)
SUSPENDING: Final = (grant_suspend, grant_resume, grant_release)
ASKING: Final = (
    audit_search,
    audit_department,
    audit_trace,
    audit_counts,
    audit_export,
    audit_alerts,
    audit_alert,
    audit_affected,
    audit_own,
    audit_reindex,
)
