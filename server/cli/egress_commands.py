"""`govgraph egress`: what the commands take; the work stands beside them."""

from server.cli import options as given
from server.cli.calling import call


def egress_allow(
    department: given.Department,
    span: given.AddressRange,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Allow a range."""
    call("egress:allow", json, department=department, span=span, server=server, acting=acting)


def egress_withdraw(
    department: given.Department,
    span: given.AddressRange,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Allow a range no longer."""
    call("egress:withdraw", json, department=department, span=span, server=server, acting=acting)


def egress_list(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """List the ranges."""
    call("egress:listing", json, server=server, acting=acting)


EGRESS = (egress_allow, egress_withdraw, egress_list)
