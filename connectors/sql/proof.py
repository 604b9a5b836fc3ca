"""How a database proves over TLS that it is the named host (`tls: verify`)."""

import ssl
from pathlib import Path
from typing import Any

from anyio import to_thread

from connectors.errors import SettingProblem, SourceSettingsError, SourceUnprovedError
from connectors.model import Surroundings

PEM = "-----BEGIN"


class _Named(ssl.SSLContext):
    """Proves one host's name, though the connection is made to the address of it that was checked."""

    host = ""

    @property
    def check_hostname(self) -> bool:
        """Whether the name is proved: always, though a driver switches it off to prove it by itself."""
        return super().check_hostname

    @check_hostname.setter
    def check_hostname(self, _given: bool) -> None:
        return

    def wrap_bio(self, *bios: Any, **given: Any) -> ssl.SSLObject:
        """Return the TLS of a connection; drivers name the address here, which no certificate holds."""
        return super().wrap_bio(*bios, **{**given, "server_hostname": self.host})


async def proving(host: str, authority: str, surroundings: Surroundings) -> ssl.SSLContext:
    """Return what TLS is spoken with to a host that must prove its name.

    `authority` is PEM text, or a file of the department's own, of whom its certificate must come from; empty:
    the authorities of the system. Raises `SourceSettingsError`, and `SourceFileNotAllowedError`.
    """
    text = authority
    if authority and not authority.lstrip().startswith(PEM):
        text = await to_thread.run_sync(_read, surroundings.files.admitted(Path(authority)))
    try:
        return await to_thread.run_sync(_context, host, text if authority else None)
    except (ssl.SSLError, ValueError):
        what = "holds no certificate"
    problem = SettingProblem("authority", what, "give PEM text, or a file with it in the department's folder")
    raise SourceSettingsError(surroundings.source, [problem])


def _read(file: Path) -> str:
    """Return what a file says; nothing where it cannot be read, which is no certificate then."""
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _context(host: str, authority: str | None) -> ssl.SSLContext:
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.host = host
    if authority is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cadata=authority)
    return context


def unproved(error: BaseException | None) -> Exception | None:
    """Return our error where a server failed to prove its name, found behind what a driver made of it."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return SourceUnprovedError("The server's certificate does not prove that it is the named host")
        error = error.__cause__
    return None
