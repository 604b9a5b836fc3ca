"""`/`: one page without outside requests: the query editor, and in a demonstration its questions."""

import secrets
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth.masking.masks import MASKS
from server.console.addresses import ADDRESSES
from server.console.asking import ask_from_page
from server.console.demonstration import Demonstration, run
from server.console.visitor import visitor
from server.errors import NotFoundError
from server.middleware import PAGE_POLICY
from server.parts import Platform
from server.responses import json_response

STATIC: Final = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "answer.js": "text/javascript",
    "roads.js": "text/javascript",
    "editor.js": "text/javascript",
}


def routes(platform: Platform, demo: Demonstration | None) -> list[Route]:
    """Return the page and its files; addresses under `/demo` exist only where there is a demonstration."""
    template = _environment().get_template("page.html")

    async def page(request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        root = request.scope.get("root_path", "")
        text = template.render(_content(platform, demo), root=root, nonce=nonce)
        return HTMLResponse(text, headers={"Content-Security-Policy": policy(nonce)})

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise NotFoundError("There is nothing at this address")
        content = (files("server.console") / "static" / name).read_bytes()
        return Response(content, media_type=STATIC[name], headers={"Cache-Control": "max-age=300"})

    found = [Route("/", page, methods=["GET"]), Route("/static/{name}", static, methods=["GET"])]
    return found + ([_run_route(platform, demo), _ask_route(platform, demo)] if demo else [])


def policy(nonce: str) -> str:
    """Return the content policy of one answer: the styles that the editor makes carry its nonce."""
    return PAGE_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")


def _run_route(platform: Platform, demo: Demonstration) -> Route:
    async def run_question(request: Request) -> Response:
        question = await visitor(request, platform)
        return json_response(await run(demo, request.path_params["name"], platform, question))

    return Route("/demo/run/{name}", run_question, methods=["POST"])


def _ask_route(platform: Platform, demo: Demonstration) -> Route:
    async def ask(request: Request) -> Response:
        question = await visitor(request, platform)
        return json_response(await ask_from_page(demo, platform, request, question))

    return Route("/demo/ask/{client}", ask, methods=["POST"])


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("server.console", "templates"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _content(platform: Platform, demo: Demonstration | None) -> dict[str, Any]:
    """Return what the page shows; the catalog is open to signed-in clients, and to all in a demonstration."""
    catalog = platform.publisher.snapshot().catalog
    shown = [resource for resource in catalog.resources.values() if not resource.hidden]
    departments = [
        {
            "title": department.title,
            "resources": [resource for resource in shown if resource.department == department.key],
        }
        for department in catalog.departments.values()
    ]
    return {
        "version": catalog.version,
        "departments": len(catalog.departments),
        "questions": demo.questions if demo else (),
        "askers": demo.askers if demo else (),
        "masks": {code: mask.title for code, mask in MASKS.items()},
        "catalog": departments if demo else None,
        "addresses": ADDRESSES,
        "instance": platform.instance,
    }
