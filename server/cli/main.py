"""`govgraph`: the commands and what they take; the work stands in the neighbouring modules."""

import typer

from server.cli import options as given
from server.cli.audit_asking_commands import ASKING, RELEASING, SUSPENDING
from server.cli.audit_commands import AUDIT, DRILLS
from server.cli.audit_keeping_commands import KEEPING, KEYS
from server.cli.calling import call
from server.cli.client_commands import CLIENT, OPERATION
from server.cli.connector_commands import CONNECTOR
from server.cli.egress_commands import EGRESS
from server.cli.inbox_commands import WEBHOOK, inbox
from server.cli.questions import explain
from server.cli.source_commands import SOURCE
from server.cli.texts import text


def serve(host: given.Host = "", port: given.Port = None, json: given.AsJson = False) -> None:
    """Start the server."""
    call("serve:serve", json, host=host, port=port)


def migrate(json: given.AsJson = False) -> None:
    """Bring the tables to the newest revision."""
    call("serve:migrate_store", json)


def demo(
    port: given.Port = None,
    scale: given.Scale = "S",
    once: given.Once = False,
    json: given.AsJson = False,
) -> None:
    """Run the demonstration city."""
    call("demo:demo", json, port=port, scale=scale, once=once)


def token(
    server: given.Server = "",
    acting: given.Acting = "",
    purpose: given.Purpose = "",
    store: given.Store = False,
    json: given.AsJson = False,
) -> None:
    """Get an access token."""
    call("asking:token", json, server=server, acting=acting, purpose=purpose, store=store)


def query(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    file: given.QueryFile,
    variables: given.Variables = None,
    operation: given.Operation = "",
    purpose: given.Purpose = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Ask the data graph."""
    call(
        "asking:query",
        json,
        file=file,
        variables=variables,
        operation=operation,
        purpose=purpose,
        server=server,
        acting=acting,
    )


def catalog_check(
    files: given.Manifests,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Check manifests."""
    call("catalog:check", json, files=files, server=server, acting=acting)


def catalog_apply(
    files: given.Manifests,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Publish manifests."""
    call("catalog:apply", json, files=files, server=server, acting=acting)


def catalog_export(
    department: given.Department,
    out: given.Out = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Write a manifest."""
    call("catalog:export", json, department=department, out=out, server=server, acting=acting)


def catalog_show(
    resource: given.Resource = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Show the catalog."""
    call("catalog:show", json, resource=resource, server=server, acting=acting)


def catalog_search(
    words: given.Words,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Find resources and fields."""
    call("catalog:find", json, words=words, server=server, acting=acting)


def grant_apply(
    files: given.GrantFiles,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Put grants in force."""
    call("grants:apply", json, files=files, server=server, acting=acting)


def grant_create(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    client: given.ClientId,
    resource: given.GrantedResource,
    purpose: given.GrantPurpose,
    fields: given.GrantedFields,
    number: given.GrantNumber = "",
    basis: given.LegalBasis = "",
    agreement: given.Agreement = "",
    first: given.FirstDay = "",
    last: given.LastDay = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Put a grant in force."""
    wish = {"client": client, "resource": resource, "purpose": purpose, "id": number}
    wish |= {"legalBasis": basis, "agreement": agreement, "validFrom": first, "validTo": last}
    call("grants:create", json, wish=wish, fields=fields, server=server, acting=acting)


def grant_list(
    client: given.OptionalClientId = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """List the grants."""
    call("grants:listing", json, client=client, server=server, acting=acting)


def grant_revoke(
    grant: given.GrantId,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Revoke a grant."""
    call("grants:revoke", json, grant=grant, server=server, acting=acting)


def secret_set(
    reference: given.Reference,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Store a secret read from standard input."""
    call("keys:set_secret", json, reference=reference, server=server, acting=acting)


def secret_rotate(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """Seal all secrets anew."""
    call("keys:rotate_secrets", json, server=server, acting=acting)


def keys_backup(
    target: given.Target,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Copy the keys."""
    call("keys:backup", json, target=target, server=server, acting=acting)


def keys_approve(
    number: given.Proposal, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Have the keys copied."""
    call("keys:approve", json, number=number, server=server, acting=acting)


def proposal_list(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """List what waits."""
    call("seats:listing", json, server=server, acting=acting)


def setup_finish(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """End set-up."""
    call("seats:finish", json, server=server, acting=acting)


COMMANDS = (
    ("", (serve, migrate, demo, token, query, explain, inbox)),
    ("catalog", (catalog_check, catalog_apply, catalog_export, catalog_show, catalog_search)),
    ("client", CLIENT),
    ("operation", OPERATION),
    ("grant", (grant_apply, grant_create, grant_list, grant_revoke, *SUSPENDING)),
    ("secret", (secret_set, secret_rotate)),
    ("source", SOURCE),
    ("webhook", WEBHOOK),
    ("connector", CONNECTOR),
    ("audit", AUDIT + ASKING + KEEPING),
    ("drill", DRILLS),
    ("egress", EGRESS),
    ("keys", (keys_backup, keys_approve, *KEYS)),
    ("proposal", (proposal_list, *RELEASING)),
    ("setup", (setup_finish,)),
)


def program() -> typer.Typer:
    """Return the commands in their groups."""
    whole = _group("program")
    for name, functions in COMMANDS:
        group = _group(name) if name else whole
        for function in functions:
            words = function.__name__.split("_")
            group.command(words[-1], help=text(" ".join(words)))(function)
        if name:
            whole.add_typer(group, name=name)
    return whole


def _group(name: str) -> typer.Typer:
    return typer.Typer(
        help=text(name),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def main() -> None:
    """Run the command line."""
    program()()
