"""`govgraph audit search` and its neighbours: the commands that ask the log; the work stands beside."""

from typing import Final

from server.cli import audit_options as asked
from server.cli import options as given
from server.cli.audit_options import Counting, Searching
from server.cli.calling import call


def audit_search(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    since: asked.Since = "",
    until: asked.Until = "",
    client: asked.Client = "",
    end_user: asked.EndUser = "",
    department: asked.OfDepartment = "",
    source: asked.Source = "",
    grant: asked.Grant = "",
    purpose: asked.Purpose = "",
    case: asked.Case = "",
    resource: asked.Resource = "",
    field: asked.Field = "",
    decision: asked.Decision = "",
    event: asked.Event = "",
    receipt: asked.Receipt = "",
    text: asked.Text = "",
    person: asked.Person = False,
    first: asked.First = 50,
    after: asked.After = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Search the log."""
    when = {"since": since, "until": until, "receipt": receipt, "text": text}
    who = {"client": client, "endUser": end_user, "department": department, "source": source}
    what = {"grant": grant, "purpose": purpose, "caseNumber": case, "resource": resource, "field": field}
    parts = {**when, **who, **what, "decision": decision, "event": event}
    searching = Searching(parts, person, first, after, own=False, server=server, acting=acting)
    call("audit_asking:search", json, asked=searching)


def audit_department(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    since: asked.Since = "",
    until: asked.Until = "",
    client: asked.Client = "",
    end_user: asked.EndUser = "",
    purpose: asked.Purpose = "",
    case: asked.Case = "",
    resource: asked.Resource = "",
    field: asked.Field = "",
    first: asked.First = 50,
    after: asked.After = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show who read a department's fields."""
    who = {"since": since, "until": until, "client": client, "endUser": end_user}
    what = {"purpose": purpose, "caseNumber": case, "resource": resource, "field": field}
    searching = Searching({**who, **what}, False, first, after, own=True, server=server, acting=acting)
    call("audit_asking:search", json, asked=searching)


def audit_reindex(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """Make the index anew."""
    call("audit_asking:reindex", json, server=server, acting=acting)


def audit_export(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    since: asked.Since = "",
    until: asked.Until = "",
    client: asked.Client = "",
    end_user: asked.EndUser = "",
    department: asked.OfDepartment = "",
    source: asked.Source = "",
    grant: asked.Grant = "",
    purpose: asked.Purpose = "",
    case: asked.Case = "",
    resource: asked.Resource = "",
    field: asked.Field = "",
    decision: asked.Decision = "",
    event: asked.Event = "",
    receipt: asked.Receipt = "",
    text: asked.Text = "",
    person: asked.Person = False,
    form: asked.ExportForm = "jsonl",
    out: given.Out = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Export records."""
    when = {"since": since, "until": until, "receipt": receipt, "text": text}
    who = {"client": client, "endUser": end_user, "department": department, "source": source}
    what = {"grant": grant, "purpose": purpose, "caseNumber": case, "resource": resource, "field": field}
    parts = {**when, **who, **what, "decision": decision, "event": event}
    searching = Searching(parts, person, server=server, acting=acting)
    call("audit_export:export", json, asked=searching, form=form, out=out)


def audit_trace(
    case: asked.CaseNumber, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Show a case in order."""
    call("audit_reports:trace", json, case=case, server=server, acting=acting)


def audit_counts(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    by: asked.CountedBy = "day",
    since: asked.SinceDay = "",
    until: asked.UntilDay = "",
    interfaces: asked.Interfaces = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Count the log."""
    counting = Counting(by, since, until, interfaces, server, acting)
    call("audit_reports:counts", json, asked=counting)


def grant_suspend(
    grant: given.GrantId, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Suspend a grant."""
    call("grants:suspend", json, grant=grant, server=server, acting=acting)


def grant_resume(
    grant: given.GrantId, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Put a suspended grant in force again."""
    call("grants:resume", json, grant=grant, server=server, acting=acting)


def audit_alerts(
    first: asked.First = 50,
    after: asked.After = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show the alerts."""
    call("alerting:alerts", json, page=(first, after), server=server, acting=acting)


def audit_alert(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    receipt: asked.AlertReceipt,
    first: asked.First = 50,
    after: asked.After = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show what is behind an alert."""
    call("alerting:behind", json, receipt=receipt, page=(first, after), server=server, acting=acting)


def audit_affected(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    client: asked.Client = "",
    end_user: asked.EndUser = "",
    since: asked.Since = "",
    until: asked.Until = "",
    match: asked.Match = False,
    out: given.Out = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Tell whom records were about."""
    parts = {"client": client, "endUser": end_user, "since": since, "until": until}
    searching = Searching(parts, match, server=server, acting=acting)
    call("alerting:affected", json, asked=searching, out=out)


def audit_own(
    first: asked.First = 20,
    after: asked.After = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show who read about the citizen."""
    call("own_readings:own", json, page=(first, after), server=server, acting=acting)


def grant_release(
    grant: given.GrantId, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Propose a release."""
    call("own_readings:release", json, grant=grant, server=server, acting=acting)


def proposal_release(
    number: given.Proposal, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Approve a release."""
    call("own_readings:approve", json, number=number, server=server, acting=acting)


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
