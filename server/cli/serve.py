"""`govgraph serve` and `govgraph migrate`."""

from govgraph.clock import system_clock
from govgraph.database import migrate
from server.app import application, build
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings
from server.cli.texts import text
from server.home import held
from server.log_lines import set_up_logging
from server.parts import Platform
from server.serving import listen, served, settle, stopped


async def serve(host: str, port: int | None, json: bool) -> None:
    """Serve until stopped."""
    settings = read_settings(host=host, port=port)
    set_up_logging(settings.log_level)
    with held(settings.home):
        sock = listen(settings.host, settings.port)
        settings = settings.model_copy(update={"port": sock.getsockname()[1]})
        async with (
            build(settings, system_clock(settings.demo_today)) as platform,
            served(application(platform), platform, sock),
        ):
            settle()
            _say(platform, await platform.proposals.set_up_finished(), json)
            await stopped()


def _say(platform: Platform, set_up_finished: bool, json: bool) -> None:
    if json:
        print_json(
            {
                "url": platform.administrator.url,
                "home": str(platform.settings.home),
                "verifier_key": platform.log.verifier_key,
                "set_up_finished": set_up_finished,
            }
        )
        return
    if platform.log.is_new:
        print_line(text("verifier key", key=platform.log.verifier_key))
    if not set_up_finished:
        print_line(text("set-up open"))
    print_line(text("serving", url=platform.administrator.url, home=platform.settings.home))


async def migrate_store(json: bool) -> None:
    """Bring the tables to the newest revision."""
    settings = read_settings()
    with held(settings.home):
        await migrate(settings.database_url, settings.home.resolve())
    if json:
        print_json({"migrated": True})
    else:
        print_line(text("migrated"))
