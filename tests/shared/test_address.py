"""Where Redis may stand, and that its address is shown nowhere."""

import pytest

from govgraph.errors import SettingsRefusedError
from govgraph.settings import Settings
from govgraph.shared.address import check_address

pytestmark = pytest.mark.anyio


def test_the_settings_show_no_password() -> None:
    store = "postgresql://a:hidden@b/c"
    settings = Settings(
        redis_url="redis://:hidden@redis/0", database_url=store, log_url=store, log_sequencer_url=store
    )
    assert "hidden" not in f"{settings!r}{settings}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:6379",
        "redis://",
        "redis://127.0.0.1:99999",
        "redis://127.0.0.1:6379/0?ssl_cert_reqs=none",
        "redis://127.0.0.1:6379/0?socket_timeout=600",
        "redis://127.0.0.1/name",
        "redis://169.254.169.254:6379",
        "redis://0.0.0.0:6379",
        "redis://224.0.0.1:6379",
        "redis://127.0.0.1:22",
    ],
)
async def test_an_address_that_is_none_or_leads_where_no_redis_stands_is_refused(url: str) -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        await check_address(url)
    assert caught.value.where == "GOVGRAPH_REDIS_URL"


@pytest.mark.parametrize(
    "url",
    [
        "redis://:secret@10.1.2.3:6379/0",
        "rediss://user:secret@127.0.0.1:6380/1?ssl_ca_certs=/etc/ssl/city.pem",
        "unix:///run/redis.sock",
        "redis://[::1]/0",
    ],
)
async def test_an_address_of_the_citys_own_network_is_taken(url: str) -> None:
    await check_address(url)
