"""The front page: its content policy, its files, and that it asks nothing of another machine."""

import re
from hashlib import sha256
from importlib.resources import files

import pytest

from tests.server.living import Living

pytestmark = pytest.mark.anyio

CONSOLE = files("server.console")
SOURCES = ("source.js", "checks.js", "build.js", "package.json", "package-lock.json")
LOADED = re.compile(r"""(?:src|href)="([^"]*)"|from "([^"]+)\"""")


def bundle() -> str:
    """Return the editor as it is shipped."""
    return (CONSOLE / "static" / "editor.js").read_text(encoding="utf-8")


def directives(policy: str) -> dict[str, list[str]]:
    """Return a content policy by directive."""
    parts = [part.split() for part in policy.split(";")]
    return {part[0]: part[1:] for part in parts}


async def test_the_page_lets_run_only_its_own_files_and_styles_of_its_own_nonce(platform: Living) -> None:
    nonces = set()
    for _ in range(2):
        page = await platform.http.get("/")
        policy = directives(page.headers["Content-Security-Policy"])
        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == policy["connect-src"] == ["'self'"]
        own, nonce = policy["style-src"]
        assert own == "'self'"
        found = re.fullmatch(r"'nonce-([\w-]{20,})'", nonce)
        assert found
        assert re.findall(r'nonce="([^"]+)"', page.text) == [found[1]]
        nonces.add(found[1])
    assert len(nonces) == 2


async def test_no_inline_script_or_style_stands_on_the_page(platform: Living) -> None:
    page = (await platform.http.get("/")).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


async def test_everything_the_page_loads_comes_from_this_server(platform: Living) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answered = await platform.http.get(address)
        assert answered.status_code == 200, address
        for groups in LOADED.findall(answered.text):
            named = "".join(groups).removeprefix(".")
            if named.startswith("data:") or not named.endswith((".js", ".css")):
                continue
            assert named.startswith("/"), named
            address = named if named.startswith("/static/") else f"/static{named}"
            waiting += [address] if address not in seen else []
    names = {path.name for path in (CONSOLE / "static").iterdir()}
    assert {address.removeprefix("/static/") for address in seen - {"/"}} == names


async def test_files_are_served_as_what_they_are_and_no_others(platform: Living) -> None:
    for name, kind in (("editor.js", "text/javascript"), ("page.css", "text/css")):
        answered = await platform.http.get(f"/static/{name}")
        assert answered.headers["Content-Type"] == f"{kind}; charset=utf-8"
    for name in ("page.py", "..%2Fpage.py", "LICENSE"):
        assert (await platform.http.get(f"/static/{name}")).status_code == 404


async def test_without_a_demonstration_there_is_a_box_for_a_token_and_no_client(platform: Living) -> None:
    page = (await platform.http.get("/")).text
    assert re.findall(r'<option value="([^"]*)"', page) == [""]
    assert 'type="password" data-part="token" autocomplete="off"' in page
    assert (
        await platform.http.post("/demo/ask/app-one", json={"query": "{ __typename }"})
    ).status_code == 404


def test_no_file_of_the_page_keeps_anything_in_the_browser() -> None:
    for path in (CONSOLE / "static").iterdir():
        if path.name.endswith(".js"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", text), path.name


def test_the_editor_was_built_from_these_sources() -> None:
    """`npm run build` in `server/console/editor` writes the digest of what it was built from."""
    digest = sha256(b"".join((CONSOLE / "editor" / name).read_bytes() for name in SOURCES)).hexdigest()
    assert f"sources sha256:{digest}" in bundle()[:200]


def test_the_editor_carries_the_licences_of_its_packages() -> None:
    notices = bundle().partition("*/")[0]
    for name in ("@codemirror/view", "@lezer/lr", "cm6-graphql", "graphql", "graphql-language-service"):
        assert re.search(rf"(^|, ){re.escape(name)} \d", notices, re.MULTILINE), name
    assert notices.count("Permission is hereby granted, free of charge") >= 5


def test_the_editor_makes_no_code_of_text() -> None:
    assert not re.search(r"\beval\(|\bnew Function\b|\bFunction\(", bundle())
