"""A grant said in words takes the same way as one in a file."""

from typing import Any

import pytest

from server.cli.grants import CREATE
from tests.server.living import Living
from tests.server.test_control import code_of

pytestmark = pytest.mark.anyio


def wish(**other: Any) -> dict[str, Any]:
    """Return a grant on the housing fund's resource."""
    fields = [{"name": "state", "rights": ["read"], "mask": ""}]
    given = {"client": "app-without-grant", "resource": "housing-fund.HousingFund", "purpose": "CHECK-ONE"}
    return {**given, "fields": fields, **other}


async def test_a_grant_in_words_is_in_force_for_a_year_from_today(platform: Living) -> None:
    clerk = await platform.control("clerk-housing")
    made = (await clerk.ask(CREATE, grant=wish(id="W-1")))["createGrant"]
    today = platform.platform.clock.today()
    assert made["validFrom"] == today.isoformat()
    assert made["fields"] == {"state": {"rights": ["read"], "mask": None}}
    kept = {one.id for one in await platform.platform.auth.grants_of("app-without-grant")}
    assert kept == {"W-1"}
    await platform.platform.auth.revoke_grant("W-1")


@pytest.mark.parametrize(
    ("client", "other", "code"),
    [
        ("clerk-housing", {"resource": "public-security.Person"}, "ROLE_NOT_ALLOWED"),
        ("system-administrator", {}, "ROLE_NOT_ALLOWED"),
        ("reviewer-big-data", {}, "ROLE_NOT_ALLOWED"),
        ("clerk-housing", {"client": "nobody"}, "GRANTS_REFUSED"),
        ("clerk-housing", {"validFrom": "yesterday"}, "GRANTS_REFUSED"),
        ("clerk-housing", {"fields": [{"name": "secret", "rights": ["read"]}]}, "GRANTS_REFUSED"),
        ("clerk-housing", {"fields": []}, "GRANTS_REFUSED"),
    ],
)
async def test_what_a_file_may_not_say_words_may_not_either(
    platform: Living, client: str, other: dict[str, Any], code: str
) -> None:
    assert await code_of(await platform.control(client), CREATE, grant=wish(**other)) == code
    assert not await platform.platform.auth.grants_of("app-without-grant")
