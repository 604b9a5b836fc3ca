"""`govgraph egress`: what the commands take; the work stands beside them."""

from server.cli import options as given
from server.cli.calling import call


def egress_allow(department: given.Department, span: given.AddressRange, where: given.Where) -> None:
    """Allow a range."""
    call("source.egress:allow", where.json, department=department, span=span, **where.named)


def egress_withdraw(department: given.Department, span: given.AddressRange, where: given.Where) -> None:
    """Allow a range no longer."""
    call("source.egress:withdraw", where.json, department=department, span=span, **where.named)


def egress_list(where: given.Where) -> None:
    """List the ranges."""
    call("source.egress:listing", where.json, **where.named)


EGRESS = (egress_allow, egress_withdraw, egress_list)
