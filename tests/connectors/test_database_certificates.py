"""With `tls: verify` a database proves that it is the named host, or is sent nothing."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.errors import SourceSettingsError, SourceUnavailableError, SourceUnprovedError
from connectors.model import Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.egress import Address, Egress, networks
from govgraph.errors import GovGraphError
from govgraph.file_access import SourceFileNotAllowedError
from tests.connectors.tls_door import tls_door
from tests.faults.certificates import Authority, authority
from tests.faults.proxy import at_socket, before
from tests.servers import mariadb

pytestmark = pytest.mark.anyio
HOST = "database.library.example"
SECRET = "canary-of-the-database"
HOLDS, PAST = timedelta(days=1), timedelta(days=-1)


async def here(host: str, port: int) -> tuple[Address, ...]:
    """Say that every host is this machine."""
    del host, port
    return (ip_address("127.0.0.1"),)


@dataclass(frozen=True, slots=True)
class Database:
    """A real server behind TLS: its address for a name, and how it shows another certificate."""

    url: str
    believed: Authority
    show: Callable[[str, timedelta, Authority], Awaitable[None]]


@pytest.fixture(scope="module")
def mariadb_with_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[mariadb.Server, Path]]:
    """A MariaDB that speaks TLS with the certificate in a file; skips where none can start."""
    folder = Path(tempfile.mkdtemp(prefix="govgraph-mariadb-tls-"))
    shown = folder / "shown.pem"
    authority(folder).server(HOST, HOLDS)
    shown.write_bytes((folder / f"{HOST}-1.pem").read_bytes())
    server = mariadb.start(folder, f"--ssl-cert={shown}", f"--ssl-key={shown}")
    if isinstance(server, str):
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"MariaDB: {server}")
    mariadb.tell(
        server.address,
        "CREATE DATABASE library",
        "CREATE TABLE library.duzhe (djbh VARCHAR(20) PRIMARY KEY)",
        f"CREATE USER reader@localhost IDENTIFIED BY '{SECRET}'",
        "GRANT SELECT ON library.* TO reader@localhost",
    )
    yield server, shown
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def a_mariadb(started: tuple[mariadb.Server, Path], folder: Path) -> AsyncIterator[Database]:
    server, file = started

    async def show(name: str, ends: timedelta, signer: Authority) -> None:
        signer.server(name, ends)
        file.write_bytes(signer.file.with_name(f"{name}-{ends.days}.pem").read_bytes())
        mariadb.tell(server.address, "FLUSH SSL")

    async with before(at_socket(str(server.address["unix_socket"]))) as proxy:
        url = f"mariadb://reader@{HOST}:{proxy.port}/library"
        yield Database(url, authority(folder), show)


@asynccontextmanager
async def a_postgresql(url: str, folder: Path) -> AsyncIterator[Database]:
    parts = urlsplit(url)
    async with tls_door(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432") as door:

        async def show(name: str, ends: timedelta, signer: Authority) -> None:
            door.shown = signer.server(name, ends)

        yield Database(
            f"postgresql://{parts.username}@{HOST}:{door.port}{parts.path}", authority(folder), show
        )


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A real server of each kind; its authority's certificate lies in the department's folder."""
    if request.param == "postgresql":
        opened = a_postgresql(request.getfixturevalue("new_postgresql_database")(), tmp_path)
    else:
        opened = a_mariadb(request.getfixturevalue("mariadb_with_tls"), tmp_path)
    async with opened as found:
        yield found


@pytest.fixture
async def ask(statements: Any, database: Database) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Return what opens the database with settings and describes it."""
    kept: list[Connector] = []

    async def asked(**settings: object) -> None:
        egress = Egress(networks("127.0.0.0/8"), resolve=here)
        around: Surroundings = replace(statements.surroundings(SECRET), egress=egress)
        given = {"url": database.url, "secret": "library/main", **settings}
        connector = await open_connector("sql", given, around, {})
        kept.append(connector)
        await connector.describe()

    yield asked
    for connector in kept:
        await connector.aclose()


async def test_a_server_that_proves_its_name_is_asked(database: Database, ask: Any) -> None:
    await database.show(HOST, HOLDS, database.believed)
    await ask(tls="verify", authority=database.believed.file.read_text(encoding="ascii"))
    await ask(tls="verify", authority=str(database.believed.file))


@pytest.mark.parametrize(
    ("name", "ends"),
    [("another.library.example", HOLDS), (HOST, PAST)],
    ids=["another's name", "past its day"],
)
async def test_a_certificate_of_another_name_or_day_proves_nothing(
    database: Database, ask: Any, name: str, ends: timedelta
) -> None:
    await database.show(name, ends, database.believed)
    with pytest.raises(SourceUnprovedError) as refused:
        await ask(tls="verify", authority=str(database.believed.file))
    assert HOST not in refused.value.text
    assert name not in refused.value.text
    await ask(tls="require")  # encrypted, and whoever it is


async def test_a_certificate_of_a_stranger_proves_nothing(
    database: Database, ask: Any, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    await database.show(HOST, HOLDS, authority(stranger))
    with pytest.raises(SourceUnprovedError):
        await ask(tls="verify", authority=str(database.believed.file))
    with pytest.raises(SourceUnprovedError):
        await ask(tls="verify")  # the system's authorities do not know the test's


@pytest.mark.postgresql
async def test_a_server_without_tls_is_sent_nothing(
    new_postgresql_database: Callable[[], str], statements: Any
) -> None:
    parts = urlsplit(new_postgresql_database())
    async with tls_door(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432") as door:
        url = f"postgresql://{parts.username}@127.0.0.1:{door.port}{parts.path}"
        connector = await open_connector("sql", {"url": url, "tls": "verify"}, statements.surroundings(), {})
        with pytest.raises(SourceUnavailableError):
            await connector.describe()
        await connector.aclose()
        assert not door.heard


@pytest.mark.parametrize(
    ("setting", "given"),
    [
        ("authority", {"tls": "verify", "authority": "-----BEGIN CERTIFICATE-----\ncanary"}),
        ("authority", {"tls": "verify", "authority": "nothing.pem"}),
        ("tls", {"tls": "require", "authority": "-----BEGIN CERTIFICATE-----"}),
        ("tls", {"url": "trino://x@host/c", "tls": "verify", "authority": "-----BEGIN CERTIFICATE-----"}),
    ],
)
async def test_what_proves_nothing_is_refused_by_the_name_of_its_setting(
    statements: Any, tmp_path: Path, setting: str, given: dict[str, str]
) -> None:
    (tmp_path / "nothing.pem").write_text("canary", encoding="ascii")
    named = {
        name: str(tmp_path / one) if one.endswith(".pem") else one
        for name, one in {"url": "postgresql://x@host/d", **given}.items()
    }
    with pytest.raises(SourceSettingsError) as refused:
        await open_connector("sql", named, statements.surroundings(), {})
    assert [problem.path for problem in refused.value.problems] == [setting]
    assert "canary" not in refused.value.text


async def test_an_authority_lies_in_the_department_s_own_folder(statements: Any) -> None:
    given = {
        "url": "postgresql://x@host/d",
        "tls": "verify",
        "authority": "/etc/ssl/certs/ca-certificates.crt",
    }
    with pytest.raises(SourceFileNotAllowedError) as refused:
        await open_connector("sql", given, statements.surroundings(), {})
    assert isinstance(refused.value, GovGraphError)
