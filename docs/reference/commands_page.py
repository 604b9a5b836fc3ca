"""The page on the command line, from the commands themselves."""

from collections.abc import Mapping
from typing import Any

from typer.main import get_command

from server.cli.main import program

HEAD = """# Command line

Commands that read or change state call the server that runs on this home, through the control graph;
`--server` names one on another machine. Only where no server runs do they open the stores, under one lock.
Output is for people, `--json` for scripts. Exit codes: 0 done, 1 refused or failed (the coded error is on
standard error), 2 wrong usage."""


def commands() -> Mapping[str, Any]:
    """Return every command of the command line by its words: `govgraph catalog check`."""
    found: dict[str, Any] = {}

    def gather(words: str, command: Any) -> None:
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                gather(f"{words} {name}", inner)
        else:
            found[words] = command

    gather("govgraph", get_command(program()))
    return found


def written() -> str:
    """Return the page."""
    lines = [HEAD]
    for words, command in commands().items():
        given = [one for one in command.params if one.param_type_name == "argument"]
        options = [one for one in command.params if one.param_type_name == "option"]
        usage = " ".join([words, *(_argument(one) for one in given), "[options]"])
        lines += ["", f"## `{words}`", "", command.help or "", "", "```text", usage, "```", ""]
        lines += [f"- `{_argument(one)}`: {one.help}" for one in given]
        lines += [f"- `{' '.join(one.opts)}`: {one.help}" for one in options]
    return "\n".join(lines) + "\n"


def _argument(one: Any) -> str:
    name = one.name.upper() + ("..." if one.nargs == -1 else "")
    return name if one.required else f"[{name}]"
