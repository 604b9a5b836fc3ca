"""A check asks the database itself what it obeys; what ran there is listed, without a value."""

import ssl
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.sql.obeyed import Obeyed
from schema.manifest import inspect_manifest
from server.cli.source import drafts as asked
from server.cli.source import looks as source_looks
from server.cli.source import turns as source_turns
from server.registration.bounding import scarce, unbound
from tests.connectors.certificates import Authority, authority
from tests.connectors.tls_door import tls_door
from tests.server.dropping_pool import dropping_pool
from tests.server.living import living
from tests.server.registering import DEPARTMENT, PEOPLE, checked, clerks, harmless, wish
from tests.server.registers import FILE, Register
from tests.server.test_control import code_of
from tests.server.test_registration_looks import piece

pytestmark = pytest.mark.anyio
BOUND = Obeyed(read_only=True, seconds=3.0, connections=100, encrypted=True)
DRAFT = inspect_manifest(harmless(FILE), "library.yaml")[0]


@pytest.mark.parametrize(
    "register",
    [
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)
async def test_a_check_tells_what_the_database_obeys_and_the_clerk_can_list_what_ran(
    register: Register, tmp_path: Path
) -> None:
    async with living(tmp_path) as city:
        await clerks(city, "clerk-library-1")
        clerk = await city.control("clerk-library-1")
        await clerk.ask(asked.ADD, source=wish("", settings=f'url: "{register.url}"'))
        text = harmless(FILE).replace(f"sqlite:///{FILE}", register.url)
        done = await checked(clerk, text, waive=True)
        told = [one["what"] for one in done["findings"]]
        assert "the database: read-only" in told
        assert "the database: ends statements after 3 s" in told
        assert "the database: speaks without TLS" in told
        assert any(one.endswith(" connections") and "gives this account" in one for one in told)
        await clerk.ask(source_looks.PREVIEW, department=DEPARTMENT)
        ran = (await clerk.ask(asked.STATEMENTS, department=DEPARTMENT))["statements"]
        assert any("t_dz" in one["statement"] for one in ran)
        assert not [value for row in PEOPLE for value in row if value in str(ran)]


@pytest.mark.parametrize(
    "register", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
async def test_a_pool_that_drops_the_session_s_settings_is_noticed_before_anything_is_published(
    register: Register, tmp_path: Path
) -> None:
    parts = urlsplit(register.url)
    async with (
        dropping_pool(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432") as port,
        living(tmp_path) as city,
    ):
        url = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
        await clerks(city, "clerk-library-1")
        clerk = await city.control("clerk-library-1")
        await clerk.ask(asked.ADD, source=wish("", settings=f'url: "{url}"\ntls: off'))
        text = harmless(FILE).replace(f'"sqlite:///{FILE}"', f'"{url}", tls: off')
        done = await checked(clerk, text, waive=True)
        assert not done["ok"]
        assert [one["code"] for one in done["problems"]] == ["SESSION_NOT_BOUND"] * 2
        assert await code_of(clerk, asked.PUBLISH, department=DEPARTMENT) == "SOURCE_DRAFT_STATE"


@pytest.mark.postgresql
@pytest.mark.parametrize("register", ["postgresql"], indirect=True)
async def test_a_department_delivers_whom_to_believe_and_its_database_must_prove_itself(
    register: Register, tmp_path: Path
) -> None:
    parts, believed = urlsplit(register.url), authority()
    home = tmp_path / "home"
    home.mkdir()
    async with (
        tls_door(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432") as door,
        living(home) as city,
    ):
        await clerks(city, "clerk-library-1")
        clerk = await city.control("clerk-library-1")
        delivered = piece("authority.pem", 0, believed.certificate.encode(), last=True)
        await clerk.ask(source_turns.UPLOAD, department=DEPARTMENT, piece=delivered)
        url = f"postgresql://{parts.username}@127.0.0.1:{door.port}{parts.path}"
        settings = f'url: "{url}"\ntls: verify\nauthority: "${{DEPARTMENT_FOLDER}}/authority.pem"'
        given = wish("", settings=settings)
        door.shown = shown(believed, tmp_path)
        assert (await clerk.ask(asked.ADD, source=given))["addSource"]["entities"] == ["t_dz"]
        door.shown = shown(authority(), tmp_path)
        assert await code_of(clerk, asked.ADD, source=given) == "SOURCE_UNPROVED"


def shown(signer: Authority, folder: Path) -> ssl.SSLContext:
    """Return what a server on this machine shows that an authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (folder / "server.pem").write_text(signer.sign("library"), encoding="ascii")
    context.load_cert_chain(folder / "server.pem")
    return context


def test_a_session_that_can_write_or_never_ends_a_statement_is_a_problem() -> None:
    assert DRAFT is not None
    assert not list(unbound(DRAFT, BOUND))
    assert not list(unbound(DRAFT, None))
    for loose in (replace(BOUND, read_only=False), replace(BOUND, seconds=0), replace(BOUND, seconds=60)):
        (problem,) = unbound(DRAFT, loose)
        assert problem.code == "SESSION_NOT_BOUND"


def test_an_account_with_fewer_connections_than_are_taken_is_warned_of() -> None:
    assert DRAFT is not None
    assert not list(scarce(DRAFT, BOUND))
    (warning,) = scarce(DRAFT, replace(BOUND, connections=2))
    assert "2 connections, the platform takes 4" in warning.what
