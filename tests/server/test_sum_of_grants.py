"""Grants put one after the other are judged together with those that stand."""

from pathlib import Path

import anyio
import pytest

from server.errors import ServerRefusedError
from tests.server.living import living
from tests.server.small_city import HOUSING, PUBLIC_SECURITY
from tests.server.test_control import PUBLISH, PUT, code_of

pytestmark = pytest.mark.anyio
HEAD = "grants: 1\nclient: app-without-grant\npurpose: {}\n"
VALID = "valid: {from: 2020-01-01, to: 2099-12-31}\nitems:\n"
TESTED = "  - {id: R-1, resource: public-security.Person, fields: {idNo: [match, join], since: [read]}}\n"
ENDS = "  - {id: R-2, resource: housing-fund.HousingFund, fields: {idNo: {rights: [read, join], mask: ID}}}\n"
SENSITIVE_DAY = PUBLIC_SECURITY.replace("type: Date, level: L2", "type: Date, level: L3")
ENDS_ALLOWED = HOUSING.replace("match, join]}", "match, join], alternatives: [ID]}")
FILES = [{"name": "people.yaml", "text": SENSITIVE_DAY}, {"name": "housing.yaml", "text": ENDS_ALLOWED}]


def file(purpose: str, *items: str) -> dict[str, str]:
    return {"name": f"{purpose}.yaml", "text": HEAD.format(purpose) + VALID + "".join(items)}


async def test_parts_put_one_after_the_other_are_refused_in_sum(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control()
        await control.ask(PUBLISH, f=FILES)
        together = [file("ONE", TESTED), file("TWO", ENDS)]
        before = platform.platform.log.checkpoint()
        assert await code_of(control, PUT, f=together) == "GRANT_TOO_REVEALING"
        assert platform.platform.log.checkpoint() != before
        assert not await platform.platform.auth.grants_of("app-without-grant")
        assert await code_of(control, PUT, f=[file("ONE", TESTED, ENDS)]) == "GRANTS_REFUSED"
        await control.ask(PUT, f=[file("ONE", TESTED)])
        assert await code_of(control, PUT, f=[file("TWO", ENDS)]) == "GRANT_TOO_REVEALING"
        await control.ask('mutation { revokeGrant(id: "R-1") }')
        await control.ask(PUT, f=[file("TWO", ENDS)])


async def test_parts_put_at_the_same_moment_are_refused_in_sum(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        control = await platform.control()
        await control.ask(PUBLISH, f=FILES)
        codes: list[str] = []

        async def put(given: dict[str, str]) -> None:
            try:
                await control.ask(PUT, f=[given])
            except ServerRefusedError as refused:
                codes.append(str(refused.entry["extensions"]["code"]))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(put, file("ONE", TESTED))
            tasks.start_soon(put, file("TWO", ENDS))
        assert codes == ["GRANT_TOO_REVEALING"]
        assert len(await platform.platform.auth.grants_of("app-without-grant")) == 1
