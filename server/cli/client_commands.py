"""`govgraph client` and `govgraph operation`: what the commands take; the work stands beside them."""

from server.cli import options as given
from server.cli.calling import call


def client_create(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    client: given.ClientId,
    title: given.Title,
    role: given.RoleName = "application",
    department: given.OptionalDepartment = "",
    subject: given.Subject = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Make a client."""
    draft = {"id": client, "title": title, "role": role}
    draft |= {"department": department} if department else {}
    draft |= {"subject": subject} if subject else {}
    call("clients:create", json, draft=draft, server=server, acting=acting)


def client_approve(
    number: given.Proposal, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Fill a seat."""
    call("clients:approve", json, number=number, server=server, acting=acting)


def client_list(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """List the clients."""
    call("clients:listing", json, server=server, acting=acting)


def client_revoke(
    client: given.ClientId,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Revoke a client."""
    call("clients:revoke", json, client=client, server=server, acting=acting)


def client_set(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    client: given.ClientId,
    only_persisted: given.OnlyPersisted = False,
    body: given.BodyBytes = None,
    tokens: given.Tokens = None,
    fields: given.Fields = None,
    depth: given.Depth = None,
    page: given.Page = None,
    deadline: given.Deadline = None,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Set what a client may ask and its limits."""
    limits = {"body": body, "tokens": tokens, "fields": fields, "depth": depth, "page": page}
    settings = {"onlyPersisted": only_persisted, **limits, "deadline": deadline}
    call("clients:set_client", json, client=client, settings=settings, server=server, acting=acting)


def operation_register(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    file: given.QueryFile,
    client: given.OptionalClientId = "",
    title: given.OperationTitle = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Register an operation."""
    call("operations:register", json, file=file, client=client, title=title, server=server, acting=acting)


def operation_list(
    client: given.OptionalClientId = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """List the registered operations."""
    call("operations:listing", json, client=client, server=server, acting=acting)


def operation_remove(
    digest: given.Digest,
    client: given.OptionalClientId = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Remove a registered operation."""
    call("operations:remove", json, digest=digest, client=client, server=server, acting=acting)


CLIENT = (client_create, client_approve, client_list, client_set, client_revoke)
OPERATION = (operation_register, operation_list, operation_remove)
