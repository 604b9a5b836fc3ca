"""Who may do what in the control graph; refused attempts are recorded."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import strawberry

from auth.errors import ClientUnknownError, RoleNotAllowedError
from auth.principal import Principal, Role
from auth.roles import AFTER_SET_UP, SET_UP, Duty, require
from server.control.records import Recorder
from server.parts import Platform

MACHINE: Final = "(machine administrator)"


def machine_administrator() -> Principal:
    """Return who stands behind the token of `admin.json`: the system administrator of this machine.

    It may set the platform up (`auth.roles.SET_UP`), and little once that is over
    (`auth.roles.AFTER_SET_UP`); no client can take its name.
    """
    return Principal(MACHINE, "本机系统管理员", Role.SYSTEM_ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Session:
    """One request to the control graph: the platform's parts, who asks, and the recorder for it."""

    platform: Platform
    principal: Principal
    recorder: Recorder

    async def allow(self, duty: Duty, department: str | None = None) -> None:
        """Return where the caller may do this. Raises `RoleNotAllowedError`, and records the attempt."""
        try:
            require(self.principal, duty, department, machine=await self._machine())
        except RoleNotAllowedError as error:
            await self.recorder.refused(duty.value, error)
            raise

    async def allow_own(self, duty: Duty) -> None:
        """Return where the caller may do this at all: before anything it sent is read. Raises as `allow`."""
        await self.allow(duty, self.principal.department)

    async def _machine(self) -> frozenset[Duty] | None:
        if not self.is_machine:
            return None
        return AFTER_SET_UP if await self.platform.proposals.set_up_finished() else SET_UP

    @property
    def is_machine(self) -> bool:
        """Return whether the machine's own admin token asks."""
        return self.principal.client == MACHINE

    def may_see(self, department: str) -> bool:
        """Return whether grants of a department are shown: clerks see those of their own only."""
        return self.principal.role is not Role.CLERK or self.principal.department == department


At: TypeAlias = strawberry.Info[Session, None]


async def client_named(session: Session, name: str) -> Principal:
    """Return who a client is. Raises `ClientUnknownError`; a client that was revoked asks nothing."""
    found = await session.platform.auth.client(name)
    if found is None or found.revoked:
        raise ClientUnknownError("No client of this name may ask", where="client")
    return Principal(
        found.id, found.title, found.role, found.department, found.subject, settings=found.settings
    )
