"""`govgraph explain`: the plan of a question before it is asked."""

from pathlib import Path
from typing import Any

from server.cli.asking import read_document, read_variables
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings

EXPLAIN = """query Explain($question: QuestionDraft!, $client: String!) {
  explain(question: $question, client: $client) { %s } }"""


async def explain(  # noqa: PLR0913 a command takes what its users may say
    file: str,
    *,
    variables: Path | None,
    asked: dict[str, str],
    form: str,
    server: str,
    acting: str,
    json: bool,
) -> None:
    """Print how the question in a file would be answered, in one of three forms."""
    question: dict[str, Any] = {"query": read_document(file)}
    question |= {name: asked[name] for name in ("operationName", "purpose") if asked[name]}
    if variables is not None:
        question["variables"] = read_variables(variables)
    shown = "document" if json or form == "json" else form
    async with connected(Target(server, acting), read_settings()) as control:
        answer = await control.ask(EXPLAIN % shown, question=question, client=asked["client"])
    found = answer["explain"][shown]
    if shown == "document":
        print_json(found)
    else:
        print_line(found.rstrip())
