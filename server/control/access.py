"""Who may do what in the control graph; refused attempts are recorded."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import strawberry

from auth.errors import RoleNotAllowedError
from auth.principal import Principal, Role
from auth.roles import Duty, require
from server.control.records import Recorder
from server.parts import Platform

MACHINE: Final = "(machine administrator)"


def machine_administrator() -> Principal:
    """Return who stands behind the token of `admin.json`: the system administrator of this machine.

    It may set the platform up (`auth.roles.SET_UP`); no client can take its name.
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
            require(self.principal, duty, department, set_up=self.principal.client == MACHINE)
        except RoleNotAllowedError as error:
            await self.recorder.refused(duty.value, error)
            raise

    def may_see(self, department: str) -> bool:
        """Return whether grants of a department are shown: clerks see those of their own only."""
        return self.principal.role is not Role.CLERK or self.principal.department == department


At: TypeAlias = strawberry.Info[Session, None]
