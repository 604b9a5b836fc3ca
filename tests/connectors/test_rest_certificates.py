"""A REST source that asks for a certificate is shown the sealed one, once it has shown a good one itself."""

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceSettingsError, SourceUnavailableError
from tests.connectors.certificates import Authority, authority
from tests.connectors.rest_city import RestCity, believing, served

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def signer() -> Authority:
    return authority()


async def test_a_source_that_asks_for_a_certificate_is_shown_the_sealed_one(
    signer: Authority, ask: Any, tmp_path: Path
) -> None:
    context = signer.asks_for_certificates(tmp_path)
    shown = {"certificate": {"secret": "x/certificate"}, "secret": "", "authority": signer.certificate}
    async with served(context) as city:
        city.answer = believing(lambda _: True)
        assert await ask(city.url, signer.sign("platform"), **shown) == [["k"]]
        for stranger in (authority().sign("stranger"), ""):
            with pytest.raises(SourceUnavailableError):
                await ask(city.url, stranger, **shown)


async def test_a_source_with_a_certificate_of_nobody_we_believe_is_told_nothing(
    signer: Authority, ask: Any, tmp_path: Path
) -> None:
    context = signer.asks_for_certificates(tmp_path)
    async with served(context) as city:
        for believed in ({}, {"authority": authority().certificate}):
            with pytest.raises(SourceUnavailableError):
                await ask(city.url, signer.sign("x"), certificate={"secret": "x/c"}, **believed)
        assert not city.asked


async def test_a_source_whose_certificate_has_ended_is_told_nothing(
    signer: Authority, ask: Any, tmp_path: Path
) -> None:
    context = signer.asks_for_certificates(tmp_path, days=-1)
    async with served(context) as city:
        with pytest.raises(SourceUnavailableError):
            await ask(city.url, signer.sign("x"), certificate={"secret": "x/c"}, authority=signer.certificate)
        assert not city.asked


@pytest.mark.parametrize(
    ("setting", "settings"),
    [
        ("authority", {"authority": "no certificate"}),
        ("certificate.secret", {"certificate": {"secret": "x/certificate"}}),
    ],
)
async def test_what_is_no_certificate_is_refused_by_the_name_of_its_setting(
    city: RestCity, ask: Any, setting: str, settings: Any
) -> None:
    with pytest.raises(SourceSettingsError) as refused:
        await ask(city.url, "canary", **settings)
    assert [problem.path for problem in refused.value.problems] == [setting]
    assert "canary" not in refused.value.text
