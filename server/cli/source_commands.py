"""`govgraph source`: what the commands take; the work stands in `server/cli/source.py`."""

from server.cli import options as given
from server.cli import source_options as taken
from server.cli.calling import call


def source_add(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    department: given.Department,
    kind: taken.Kind = "sql",
    settings: taken.SettingsFile = None,
    pairs: taken.Pairs = None,
    title: taken.DepartmentTitle = "",
    code: taken.DepartmentCode = "",
    secret: taken.SecretName = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Begin with a source."""
    wish = {"department": department, "kind": kind, "title": title, "code": code}
    given_settings = {"file": settings, "pairs": pairs or [], "secret": secret}
    call("source:add", json, wish=wish, settings=given_settings, where=_where(server, acting))


def source_discover(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    department: given.Department,
    only: taken.Only = None,
    out: given.Out = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Propose a manifest."""
    call(
        "source:discover", json, department=department, only=only or [], out=out, where=_where(server, acting)
    )


def source_check(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    department: given.Department,
    manifest: taken.Manifest = None,
    waive: taken.Waive = False,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Check a draft."""
    call(
        "source:check",
        json,
        department=department,
        manifest=manifest,
        waive=waive,
        where=_where(server, acting),
    )


def source_show(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    department: given.Department,
    number: taken.Draft = None,
    out: given.Out = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show a draft."""
    call("source:show", json, department=department, number=number, out=out, where=_where(server, acting))


def source_publish(
    department: given.Department,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Publish a draft."""
    call("source:publish", json, department=department, where=_where(server, acting))


def source_approve(
    department: given.Department,
    number: taken.DraftNumber,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Approve a draft."""
    call("source:approve", json, department=department, number=number, where=_where(server, acting))


def source_list(
    department: given.OptionalDepartment = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """List the drafts."""
    call("source:listing", json, department=department, where=_where(server, acting))


def source_statements(
    department: given.Department,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """List what was sent to a source."""
    call("source:statements", json, department=department, where=_where(server, acting))


def source_preview(
    department: given.Department,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show masked samples."""
    call("source_looks:preview", json, department=department, where=_where(server, acting))


def source_diff(
    department: given.Department,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show what would change."""
    call("source_looks:diff", json, department=department, where=_where(server, acting))


def source_versions(
    department: given.Department,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """List the versions."""
    call("source_looks:versions", json, department=department, where=_where(server, acting))


def source_withdraw(
    department: given.Department,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Take back."""
    call("source_turns:withdraw", json, department=department, where=_where(server, acting))


def source_rollback(
    department: given.Department,
    to: taken.To = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show an earlier version again."""
    call("source_turns:roll_back", json, department=department, to=to, where=_where(server, acting))


def source_upload(
    department: given.Department,
    file: taken.Delivered,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Deliver a file."""
    call("source_turns:upload", json, department=department, file=file, where=_where(server, acting))


def source_folder(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    department: given.Department,
    folder: taken.Folder,
    close: taken.Close = False,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Admit a folder."""
    call(
        "source:admit", json, department=department, folder=folder, close=close, where=_where(server, acting)
    )


def _where(server: str, acting: str) -> dict[str, str]:
    """Return where a command goes and as whom, as `server.cli.connection.Target` takes it."""
    return {"server": server, "acting": acting}


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
