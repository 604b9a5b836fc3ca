"""A department whose network fails: its fields are null with a code, the others answer, and it comes back."""

from pathlib import Path

import anyio
import pytest

from schema.manifest import read_manifest_text
from tests.faults.proxy import Fault
from tests.faults.sources import Department
from tests.faults.test_each_kind import CODES, FAULTS
from tests.server.living import Living, living
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio
ASKED = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} medicalInsurance {{ state }} }} }}'
WHOLE = {"name": "陈**", "housingFund": {"state": "PAYING"}, "medicalInsurance": {"state": "PAYING"}}


async def faulted(city: Living, department: Department, fault: Fault) -> None:
    """Spoil the department for one question; then it is well again, and known to be."""
    await department.proxy.turn(fault)
    with anyio.fail_after(10):
        answer = await city.ask(ASKED)
    body = answer.json()
    assert body["data"]["person"] == {**WHOLE, "housingFund": None}, fault
    errors = [(one["path"], one["extensions"]["code"]) for one in body["errors"]]
    assert [path for path, _ in errors] == [["person", "housingFund"]]
    assert errors[0][1] in CODES[fault]
    record = await city.record(answer)
    assert (record["outcome"], record["sources"]["housing-fund"]) == ("partial", errors[0][1])
    assert str(department.proxy.port) not in answer.text
    await department.proxy.turn(Fault.PASS)
    assert (await city.ask(ASKED)).json()["data"]["person"] == WHOLE


async def test_every_fault_of_one_department_is_its_own(tmp_path: Path, department: Department) -> None:
    async with living(tmp_path) as city:
        await city.platform.publisher.publish([read_manifest_text(department.manifest, "housing.yaml")])
        assert (await city.ask(ASKED)).json()["data"]["person"] == WHOLE
        for fault in FAULTS:
            await faulted(city, department, fault)
