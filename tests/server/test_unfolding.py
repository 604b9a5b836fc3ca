"""Options that go together are offered one by one and reach the command as one value."""

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from server.cli.unfolding import unfolded


@dataclass(frozen=True, slots=True)
class Where:
    """Two options."""

    server: Annotated[str, typer.Option("--server", help="Where to.")] = ""
    json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False


@dataclass(frozen=True, slots=True)
class Page:
    """One more."""

    first: Annotated[int, typer.Option("--first")] = 50


def test_each_field_is_an_option_and_they_arrive_together() -> None:
    taken: list[object] = []

    def show(number: int, page: Page, where: Where) -> None:
        taken.extend((number, page, where))

    program = typer.Typer()
    program.command()(unfolded(show))
    assert CliRunner().invoke(program, ["7", "--json", "--server", "https://a.example"]).exit_code == 0
    assert taken == [7, Page(50), Where("https://a.example", json=True)]
    told = CliRunner().invoke(program, ["--help"]).output
    assert [told.index(name) for name in ("--first", "--server", "--json")] == sorted(
        told.index(name) for name in ("--first", "--server", "--json")
    )


def test_a_command_without_such_options_is_offered_as_it_is() -> None:
    taken: list[int] = []

    def count(number: int = 3) -> None:
        taken.append(number)

    program = typer.Typer()
    program.command()(unfolded(count))
    assert CliRunner().invoke(program, []).exit_code == 0
    assert taken == [3]
