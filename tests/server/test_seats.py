"""Seats are filled and keys copied by two persons; the machine's own token ends with set-up."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from auth.clients import secret_fits
from server.cli.connection import Connection
from tests.server.living import Living, living, stored_log
from tests.server.small_city import PUBLIC_SECURITY, grants
from tests.server.test_control import CHECK, PUBLISH, PUT, code_of

pytestmark = pytest.mark.anyio
CREATE = "mutation ($c: ClientDraft!) { createClient(client: $c) { clientId clientSecret proposal } }"
APPROVE = "mutation ($n: String!) { approveClient(number: $n) { clientId clientSecret proposal } }"
BACKUP = "mutation ($t: String!) { backupKeys(target: $t) { keys proposal } }"
APPROVE_BACKUP = "mutation ($n: String!) { approveBackup(number: $n) { keys } }"
RENEW = "mutation ($id: String!) { renewSecret(id: $id) { clientSecret } }"
WAITING = "{ proposals { number act client role target askedBy } }"
FILES = {"f": [{"name": "a", "text": PUBLIC_SECURITY}]}


def draft(name: str, role: str, department: str | None = None) -> dict[str, Any]:
    """Return the draft of a client."""
    return {"id": name, "title": name, "role": role, "department": department}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform whose set-up is over."""
    async with living(_made(tmp_path / "home")) as platform:
        assert await (await platform.control()).ask("mutation { finishSetUp }") == {"finishSetUp": True}
        yield platform


@pytest.mark.parametrize(
    "role",
    [
        "clerk",
        "reviewer",
        "operator",
        "system-administrator",
        "security-administrator",
        "audit-administrator",
    ],
)
async def test_the_security_administrator_alone_fills_no_seat(city: Living, role: str) -> None:
    control = await city.control("security-administrator")
    made = (await control.ask(CREATE, c=draft("taken", role, "civil-affairs")))["createClient"]
    assert made["clientSecret"] is None
    assert await code_of(control, APPROVE, n=made["proposal"]) == "ROLE_NOT_ALLOWED"
    assert "taken" not in str(await control.ask("{ clients { id } }"))
    assert await city.platform.auth.client("taken") is None


async def test_a_seat_is_filled_once_another_seat_approves_it(city: Living) -> None:
    asking = await city.control("security-administrator")
    made = (await asking.ask(CREATE, c=draft("clerk-new", "clerk", "housing-fund")))["createClient"]
    approving = await city.control("system-administrator")
    waiting = (await approving.ask(WAITING))["proposals"]
    assert waiting == [
        {
            "number": made["proposal"],
            "act": "client.create",
            "client": "clerk-new",
            "role": "clerk",
            "target": None,
            "askedBy": "security-administrator",
        }
    ]
    filled = (await approving.ask(APPROVE, n=made["proposal"]))["approveClient"]
    city.secrets["clerk-new"] = filled["clientSecret"]
    clerk = await city.control("clerk-new")
    assert (await clerk.ask("{ grants { id } }"))["grants"]
    assert await code_of(approving, APPROVE, n=made["proposal"]) == "PROPOSAL_UNKNOWN"
    told = stored_log(city.home)
    for event in ("client.propose", "proposal.approve", "client.create"):
        assert f'"event":"{event}"' in told
    assert filled["clientSecret"] not in told


async def test_an_application_is_made_directly(city: Living) -> None:
    control = await city.control("security-administrator")
    made = (await control.ask(CREATE, c=draft("app-new", "application")))["createClient"]
    assert made["clientSecret"]


async def test_a_new_secret_takes_the_place_of_the_old_one_and_stands_nowhere(city: Living) -> None:
    control = await city.control("security-administrator")
    made = (await control.ask(CREATE, c=draft("app-leaked", "application")))["createClient"]
    new = (await control.ask(RENEW, id="app-leaked"))["renewSecret"]["clientSecret"]
    credentials = await city.platform.auth.credentials("app-leaked")
    assert credentials is not None
    assert secret_fits(new, credentials[1])
    assert not secret_fits(made["clientSecret"], credentials[1])
    told = stored_log(city.home)
    assert '"event":"client.renew"' in told
    assert new not in told


async def test_the_secret_of_a_seat_is_renewed_by_its_holder_alone(city: Living) -> None:
    security = await city.control("security-administrator")
    assert await code_of(security, RENEW, id="system-administrator") == "CLIENT_REFUSED"
    assert await code_of(security, RENEW, id="nobody") == "CLIENT_UNKNOWN"
    clerk = await city.control("clerk-housing")
    assert await code_of(clerk, RENEW, id="security-administrator") == "ROLE_NOT_ALLOWED"
    old = city.secrets["clerk-housing"]
    city.secrets["clerk-housing"] = (await clerk.ask(RENEW, id="clerk-housing"))["renewSecret"][
        "clientSecret"
    ]
    assert city.secrets["clerk-housing"] != old
    assert (await (await city.control("clerk-housing")).ask("{ grants { id } }"))["grants"] is not None


async def test_nobody_alone_makes_a_client_that_is_shown_the_readings_about_a_person(city: Living) -> None:
    person = "330799199003071013"
    asking = await city.control("security-administrator")
    citizen = draft("citizen-new", "citizen") | {"subject": person}
    made = (await asking.ask(CREATE, c=citizen))["createClient"]
    assert made["clientSecret"] is None
    assert await city.platform.auth.client("citizen-new") is None
    approving = await city.control("system-administrator")
    waiting = await approving.ask("{ proposals { role subject } }")
    assert waiting["proposals"] == [{"role": "citizen", "subject": "330799********1013"}]
    filled = (await approving.ask(APPROVE, n=made["proposal"]))["approveClient"]
    city.secrets["citizen-new"] = filled["clientSecret"]
    own = await (await city.control("citizen-new")).ask("{ ownReadings { readings { receipt } } }")
    assert own == {"ownReadings": {"readings": []}}
    assert person not in stored_log(city.home)


async def test_a_name_in_use_is_not_proposed(city: Living) -> None:
    control = await city.control("security-administrator")
    assert await code_of(control, CREATE, c=draft("operator", "clerk", "x-department")) == "CLIENT_EXISTS"
    assert await code_of(control, CREATE, c=draft("clerk-new", "clerk")) == "CLIENT_REFUSED"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"c": draft("late", "application")}),
        (CREATE, {"c": draft("late", "audit-administrator")}),
        (PUBLISH, FILES),
        (PUT, {"f": [{"name": "a", "text": grants("app-one", "CHECK-ONE", 1)}]}),
        ('mutation { setSecret(reference: "housing-fund/api-key", value: "v") }', {}),
        ('mutation { revokeGrant(id: "T-1-1") }', {}),
        ('mutation { renewSecret(id: "app-one") { clientSecret } }', {}),
        ('mutation { revokeClient(id: "app-one") }', {}),
        (BACKUP, {"t": "/nowhere"}),
        ("mutation { finishSetUp }", {}),
        ("{ clients { id } }", {}),
        ("{ grants { id } }", {}),
        ("{ proposals { number } }", {}),
        ("{ checkpoint }", {}),
        ('{ manifest(department: "public-security") }', {}),
    ],
)
async def test_after_set_up_the_machines_token_changes_nothing(
    after_set_up: Living, document: str, variables: dict[str, Any]
) -> None:
    assert await code_of(await after_set_up.control(), document, **variables) == "ROLE_NOT_ALLOWED"


@pytest.fixture(scope="module")
async def after_set_up(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Living]:
    """A platform whose set-up is over, for tests that change nothing."""
    async with living(tmp_path_factory.mktemp("after")) as platform:
        await (await platform.control()).ask("mutation { finishSetUp }")
        yield platform


async def test_after_set_up_the_machines_token_still_looks(after_set_up: Living) -> None:
    control = await after_set_up.control()
    assert (await control.ask("{ status { setUpFinished } }"))["status"] == {"setUpFinished": True}
    assert (await control.ask('{ search(text: "Person") { coordinate } }'))["search"]
    assert (await control.ask(CHECK, **FILES))["checkManifests"]["ok"]


async def test_the_end_of_set_up_is_stored_and_recorded(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control()
        assert (await control.ask("{ status { setUpFinished } }"))["status"] == {"setUpFinished": False}
        await control.ask("mutation { finishSetUp }")
        assert await platform.platform.proposals.set_up_finished()
        assert '"event":"set-up.finish"' in stored_log(tmp_path)


async def test_set_up_does_not_end_while_a_seat_is_empty(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control()
        await control.ask('mutation { revokeClient(id: "audit-administrator") }')
        assert await code_of(control, "mutation { finishSetUp }") == "SET_UP_INCOMPLETE"
        assert (await control.ask("{ status { setUpFinished } }"))["status"] == {"setUpFinished": False}


async def test_the_keys_are_copied_once_two_seats_agree(city: Living, tmp_path: Path) -> None:
    target = tmp_path / "keys"
    asking = await city.control("system-administrator")
    asked = (await asking.ask(BACKUP, t=str(target)))["backupKeys"]
    assert asked["keys"] == []
    assert not target.exists()
    await _nobody_else_copies(city, asked["proposal"])
    approving = await city.control("audit-administrator")
    assert [one["target"] for one in (await approving.ask(WAITING))["proposals"]] == [str(target)]
    names = (await approving.ask(APPROVE_BACKUP, n=asked["proposal"]))["approveBackup"]["keys"]
    assert {path.name for path in target.iterdir()} == set(names)
    assert await code_of(approving, APPROVE_BACKUP, n=asked["proposal"]) == "PROPOSAL_UNKNOWN"


async def _nobody_else_copies(city: Living, proposal: str) -> None:
    for client in ("system-administrator", "security-administrator", "operator", ""):
        control: Connection = await city.control(client)
        assert await code_of(control, APPROVE_BACKUP, n=proposal) == "ROLE_NOT_ALLOWED"


async def test_during_set_up_the_machine_copies_the_keys_once(tmp_path: Path) -> None:
    async with living(_made(tmp_path / "home")) as platform:
        control = await platform.control()
        copied = (await control.ask(BACKUP, t=str(tmp_path / "keys")))["backupKeys"]
        assert {path.name for path in (tmp_path / "keys").iterdir()} == set(copied["keys"])
        assert await code_of(control, BACKUP, t=str(tmp_path / "keys")) == "KEYS_BACKUP_REFUSED"
