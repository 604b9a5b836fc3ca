"""`govgraph client` and `govgraph operation`: what the commands take; the work stands beside them."""

from server.cli import options as given
from server.cli.calling import call


def client_create(  # noqa: PLR0913 a command takes what its users may say
    client: given.ClientId,
    title: given.Title,
    role: given.RoleName = "application",
    department: given.OptionalDepartment = "",
    subject: given.Subject = "",
    *,
    where: given.Where,
) -> None:
    """Make a client."""
    draft = {"id": client, "title": title, "role": role}
    draft |= {"department": department} if department else {}
    draft |= {"subject": subject} if subject else {}
    call("clients:create", where.json, draft=draft, **where.named)


def client_approve(number: given.Proposal, where: given.Where) -> None:
    """Fill a seat."""
    call("clients:approve", where.json, number=number, **where.named)


def client_list(where: given.Where) -> None:
    """List the clients."""
    call("clients:listing", where.json, **where.named)


def client_renew(client: given.ClientId, where: given.Where) -> None:
    """Give a client a new secret."""
    call("clients:renew", where.json, client=client, **where.named)


def client_revoke(client: given.ClientId, where: given.Where) -> None:
    """Revoke a client."""
    call("clients:revoke", where.json, client=client, **where.named)


def client_set(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    client: given.ClientId,
    only_persisted: given.OnlyPersisted = False,
    body: given.BodyBytes = None,
    tokens: given.Tokens = None,
    fields: given.Fields = None,
    depth: given.Depth = None,
    page: given.Page = None,
    deadline: given.Deadline = None,
    *,
    where: given.Where,
) -> None:
    """Set what a client may ask and its limits."""
    limits = {"body": body, "tokens": tokens, "fields": fields, "depth": depth, "page": page}
    settings = {"onlyPersisted": only_persisted, **limits, "deadline": deadline}
    call("clients:set_client", where.json, client=client, settings=settings, **where.named)


def operation_register(
    file: given.QueryFile,
    client: given.OptionalClientId = "",
    title: given.OperationTitle = "",
    *,
    where: given.Where,
) -> None:
    """Register an operation."""
    call("operations:register", where.json, file=file, client=client, title=title, **where.named)


def operation_list(client: given.OptionalClientId = "", *, where: given.Where) -> None:
    """List the registered operations."""
    call("operations:listing", where.json, client=client, **where.named)


def operation_remove(
    digest: given.Digest, client: given.OptionalClientId = "", *, where: given.Where
) -> None:
    """Remove a registered operation."""
    call("operations:remove", where.json, digest=digest, client=client, **where.named)


CLIENT = (client_create, client_approve, client_list, client_set, client_renew, client_revoke)
OPERATION = (operation_register, operation_list, operation_remove)
