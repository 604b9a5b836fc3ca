"""`govgraph`: the commands and what they take; the work stands in the neighbouring modules."""

import typer

from server.cli import options as given
from server.cli.audit.asking_commands import ASKING, RELEASING, SUSPENDING
from server.cli.audit.commands import AUDIT, DRILLS
from server.cli.audit.keeping_commands import KEEPING, KEYS, LIFTING
from server.cli.calling import call
from server.cli.client_commands import CLIENT, OPERATION
from server.cli.inbox_commands import WEBHOOK, inbox
from server.cli.questions import explain
from server.cli.source.commands import SOURCE
from server.cli.source.connector_commands import CONNECTOR
from server.cli.source.egress_commands import EGRESS
from server.cli.texts import text
from server.cli.unfolding import unfolded


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
    call("demo.run:demo", json, port=port, scale=scale, once=once)


def token(
    server: given.Server = "",
    acting: given.Acting = "",
    purpose: given.Purpose = "",
    store: given.Store = False,
    json: given.AsJson = False,
) -> None:
    """Get an access token."""
    call("asking:token", json, server=server, acting=acting, purpose=purpose, store=store)


def query(
    file: given.QueryFile,
    variables: given.Variables = None,
    operation: given.Operation = "",
    purpose: given.Purpose = "",
    *,
    where: given.Where,
) -> None:
    """Ask the data graph."""
    call(
        "asking:query",
        where.json,
        file=file,
        variables=variables,
        operation=operation,
        purpose=purpose,
        **where.named,
    )


def catalog_check(files: given.Manifests, where: given.Where) -> None:
    """Check manifests."""
    call("catalog:check", where.json, files=files, **where.named)


def catalog_apply(files: given.Manifests, where: given.Where) -> None:
    """Publish manifests."""
    call("catalog:apply", where.json, files=files, **where.named)


def catalog_export(department: given.Department, out: given.Out = None, *, where: given.Where) -> None:
    """Write a manifest."""
    call("catalog:export", where.json, department=department, out=out, **where.named)


def catalog_show(resource: given.Resource = "", *, where: given.Where) -> None:
    """Show the catalog."""
    call("catalog:show", where.json, resource=resource, **where.named)


def catalog_search(words: given.Words, where: given.Where) -> None:
    """Find resources and fields."""
    call("catalog:find", where.json, words=words, **where.named)


def grant_apply(files: given.GrantFiles, where: given.Where) -> None:
    """Put grants in force."""
    call("grants:apply", where.json, files=files, **where.named)


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
    *,
    where: given.Where,
) -> None:
    """Put a grant in force."""
    wish = {"client": client, "resource": resource, "purpose": purpose, "id": number}
    wish |= {"legalBasis": basis, "agreement": agreement, "validFrom": first, "validTo": last}
    call("grants:create", where.json, wish=wish, fields=fields, **where.named)


def grant_list(client: given.OptionalClientId = "", *, where: given.Where) -> None:
    """List the grants."""
    call("grants:listing", where.json, client=client, **where.named)


def grant_revoke(grant: given.GrantId, where: given.Where) -> None:
    """Revoke a grant."""
    call("grants:revoke", where.json, grant=grant, **where.named)


def secret_set(reference: given.Reference, where: given.Where) -> None:
    """Store a secret read from standard input."""
    call("keys:set_secret", where.json, reference=reference, **where.named)


def secret_rotate(where: given.Where) -> None:
    """Seal all secrets anew."""
    call("keys:rotate_secrets", where.json, **where.named)


def keys_backup(target: given.Target, where: given.Where) -> None:
    """Copy the keys."""
    call("keys:backup", where.json, target=target, **where.named)


def keys_approve(number: given.Proposal, where: given.Where) -> None:
    """Have the keys copied."""
    call("keys:approve", where.json, number=number, **where.named)


def proposal_list(where: given.Where) -> None:
    """List what waits."""
    call("seats:listing", where.json, **where.named)


def setup_finish(where: given.Where) -> None:
    """End set-up."""
    call("seats:finish", where.json, **where.named)


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
    ("proposal", (proposal_list, *RELEASING, *LIFTING)),
    ("setup", (setup_finish,)),
)


def program() -> typer.Typer:
    """Return the commands in their groups."""
    whole = _group("program")
    for name, functions in COMMANDS:
        group = _group(name) if name else whole
        for function in functions:
            words = function.__name__.split("_")
            group.command(words[-1], help=text(" ".join(words)))(unfolded(function))
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
