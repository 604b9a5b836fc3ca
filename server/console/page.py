"""`/`: one plain page without outside requests, its style and script, and the demonstration's Run button."""

from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from server.console.addresses import ADDRESSES
from server.console.demonstration import Demonstration, run
from server.errors import NotFoundError, RequestElsewhereError
from server.graphql import question_of
from server.middleware import PAGE_POLICY
from server.parts import Platform
from server.responses import json_response

STATIC: Final = {"page.css": "text/css", "page.js": "text/javascript"}
SAME: Final = frozenset({"", "same-origin", "none"})


def routes(platform: Platform, demo: Demonstration | None) -> list[Route]:
    """Return the page and its files; `/demo/run/NAME` exists only where there is a demonstration."""
    template = _environment().get_template("page.html")

    async def page(request: Request) -> Response:
        text = template.render(_content(platform, demo), root=request.scope.get("root_path", ""))
        return HTMLResponse(text, headers={"Content-Security-Policy": PAGE_POLICY})

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise NotFoundError("There is nothing at this address")
        content = (files("server.console") / "static" / name).read_bytes()
        return Response(content, media_type=STATIC[name], headers={"Cache-Control": "max-age=300"})

    found = [Route("/", page, methods=["GET"]), Route("/static/{name}", static, methods=["GET"])]
    return found + ([_run_route(platform, demo)] if demo else [])


def _run_route(platform: Platform, demo: Demonstration) -> Route:
    async def run_question(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "") not in SAME:
            raise RequestElsewhereError("The request comes from another page")
        name = request.path_params["name"]
        return json_response(await run(demo, name, platform, question_of(request)))

    return Route("/demo/run/{name}", run_question, methods=["POST"])


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
        "catalog": departments if demo else None,
        "addresses": ADDRESSES,
        "instance": platform.instance,
    }
