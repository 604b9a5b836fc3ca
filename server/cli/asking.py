"""`govgraph token` and `govgraph query`: what an application does, from a terminal."""

import sys
from pathlib import Path
from typing import Any

import orjson

from server.cli.connection import Target, connected, keep_token, sign_in, signs_in
from server.cli.output import print_json, print_line
from server.cli.reading import read_text
from server.cli.settings import read_settings
from server.cli.texts import text
from server.errors import DocumentNotFoundError, NotSignedInError


async def token(server: str, acting: str, purpose: str, store: bool, json: bool) -> None:
    """Print an access token, or keep it for later commands."""
    target, settings = Target(server, acting, purpose, looks=True), read_settings()
    async with connected(target, settings) as control:
        access = await sign_in(control.http, target, settings)
        url = server or control.url
    if store:
        keep_token(settings, url, access)
    if json:
        print_json({"access_token": access, "token_type": "Bearer"})
    else:
        print_line(text("token kept", server=url) if store else access)


async def query(  # noqa: PLR0913 a command takes what its users may say
    file: str,
    *,
    variables: Path | None,
    operation: str,
    purpose: str,
    server: str,
    acting: str,
    json: bool,
) -> int:
    """Print the answer to the question in a file; return 1 where it was refused as a whole."""
    del json  # an answer is JSON either way
    document = read_document(file)
    body: dict[str, Any] = {"query": document}
    if variables is not None:
        body["variables"] = read_variables(variables)
    if operation:
        body["operationName"] = operation
    target, settings = Target(server, acting, purpose, looks=True), read_settings()
    if not (server or signs_in(target)):
        raise NotSignedInError("A question about data needs a client to ask as")
    headers = {"Purpose": purpose} if purpose else {}
    async with connected(target, settings) as control:
        answer = await control.post("/graphql", body, headers)
    print_json(answer)
    return 0 if answer.get("data") is not None else 1


def read_document(file: str) -> str:
    """Return the text of a question; `-` stands for standard input."""
    return sys.stdin.read() if file == "-" else read_text(Path(file))


def read_variables(file: Path) -> Any:
    """Return the variables in a file. Raises `DocumentNotFoundError` where it holds no JSON."""
    try:
        return orjson.loads(read_text(file))
    except orjson.JSONDecodeError as error:
        raise DocumentNotFoundError("The file is not JSON", where=str(file)) from error
