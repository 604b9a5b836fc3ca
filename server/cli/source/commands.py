"""`govgraph source`: what the commands take; the work stands in `server/cli/source/drafts.py`."""

from server.cli import options as given
from server.cli.calling import call
from server.cli.source import options as taken


def source_add(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    department: given.Department,
    kind: taken.Kind = "sql",
    settings: taken.SettingsFile = None,
    pairs: taken.Pairs = None,
    title: taken.DepartmentTitle = "",
    code: taken.DepartmentCode = "",
    secret: taken.SecretName = "",
    *,
    where: given.Where,
) -> None:
    """Begin with a source."""
    wish = {"department": department, "kind": kind, "title": title, "code": code}
    given_settings = {"file": settings, "pairs": pairs or [], "secret": secret}
    call("source.drafts:add", where.json, wish=wish, settings=given_settings, where=where.named)


def source_discover(
    department: given.Department, only: taken.Only = None, out: given.Out = None, *, where: given.Where
) -> None:
    """Propose a manifest."""
    call(
        "source.drafts:discover",
        where.json,
        department=department,
        only=only or [],
        out=out,
        where=where.named,
    )


def source_check(
    department: given.Department,
    manifest: taken.Manifest = None,
    waive: taken.Waive = False,
    *,
    where: given.Where,
) -> None:
    """Check a draft."""
    call(
        "source.drafts:check",
        where.json,
        department=department,
        manifest=manifest,
        waive=waive,
        where=where.named,
    )


def source_show(
    department: given.Department, number: taken.Draft = None, out: given.Out = None, *, where: given.Where
) -> None:
    """Show a draft."""
    call("source.drafts:show", where.json, department=department, number=number, out=out, where=where.named)


def source_publish(department: given.Department, where: given.Where) -> None:
    """Publish a draft."""
    call("source.drafts:publish", where.json, department=department, where=where.named)


def source_approve(department: given.Department, number: taken.DraftNumber, where: given.Where) -> None:
    """Approve a draft."""
    call("source.drafts:approve", where.json, department=department, number=number, where=where.named)


def source_list(department: given.OptionalDepartment = "", *, where: given.Where) -> None:
    """List the drafts."""
    call("source.drafts:listing", where.json, department=department, where=where.named)


def source_statements(department: given.Department, where: given.Where) -> None:
    """List what was sent to a source."""
    call("source.drafts:statements", where.json, department=department, where=where.named)


def source_preview(department: given.Department, where: given.Where) -> None:
    """Show masked samples."""
    call("source.looks:preview", where.json, department=department, where=where.named)


def source_diff(department: given.Department, where: given.Where) -> None:
    """Show what would change."""
    call("source.looks:diff", where.json, department=department, where=where.named)


def source_versions(department: given.Department, where: given.Where) -> None:
    """List the versions."""
    call("source.looks:versions", where.json, department=department, where=where.named)


def source_withdraw(department: given.Department, where: given.Where) -> None:
    """Take back."""
    call("source.turns:withdraw", where.json, department=department, where=where.named)


def source_rollback(department: given.Department, to: taken.To = None, *, where: given.Where) -> None:
    """Show an earlier version again."""
    call("source.turns:roll_back", where.json, department=department, to=to, where=where.named)


def source_upload(department: given.Department, file: taken.Delivered, where: given.Where) -> None:
    """Deliver a file."""
    call("source.turns:upload", where.json, department=department, file=file, where=where.named)


def source_folder(
    department: given.Department, folder: taken.Folder, close: taken.Close = False, *, where: given.Where
) -> None:
    """Admit a folder."""
    call(
        "source.drafts:admit",
        where.json,
        department=department,
        folder=folder,
        close=close,
        where=where.named,
    )


SOURCE = (
    source_add,
    source_discover,
    source_check,
    source_show,
    source_preview,
    source_diff,
    source_publish,
    source_approve,
    source_withdraw,
    source_rollback,
    source_upload,
    source_list,
    source_versions,
    source_statements,
    source_folder,
)
