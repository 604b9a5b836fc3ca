"""What a careful programmer writes by hand for these six questions: raw ASGI, asyncpg, orjson; no GraphQL.

Usage: python -m benchmarks.floors.handwritten PORT. Each question has an address of its own and takes the
variables of the question in its body. Nobody is asked who they are, nothing is masked or recorded.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
import orjson
import uvicorn
import uvloop

from benchmarks.floors import statements as sql
from benchmarks.floors.statements import Databases

Data = Mapping[str, Any]
Ask = Callable[[Databases, httpx2.AsyncClient, Mapping[str, str]], Awaitable[Data]]


async def one_person(on: Databases, _http: httpx2.AsyncClient, given: Mapping[str, str]) -> Data:
    """W1."""
    row = await on.city.fetchrow(sql.PERSON, given["idNo"])
    return {"person": dict(row) if row else None}


async def enterprises(on: Databases, _http: httpx2.AsyncClient, given: Mapping[str, str]) -> Data:
    """W2."""
    rows = await on.city.fetch(sql.ENTERPRISES, given["district"], given["status"])
    return {"enterprises": {"nodes": [dict(row) for row in rows]}}


async def holders(on: Databases, _http: httpx2.AsyncClient, given: Mapping[str, str]) -> Data:
    """W3."""
    rows = await on.city.fetch(sql.HOLDERS, given["district"], given["status"])
    persons, permits = await asyncio.gather(
        on.city.fetch(sql.REPRESENTATIVES, [row["legal_rep_id"] for row in rows]),
        on.city.fetch(sql.PERMITS, [row["uscc"] for row in rows]),
    )
    named = {row["idNo"]: dict(row) for row in persons}
    held: dict[str, list[Data]] = {row["uscc"]: [] for row in rows}
    for uscc, permit_no, kind, until in permits:
        held[uscc].append({"permitNo": permit_no, "kind": kind, "validUntil": until})
    nodes = [
        {"uscc": uscc, "name": name, "legalRep": named.get(person), "permits": held[uscc]}
        for uscc, name, person in rows
    ]
    return {"enterprises": {"nodes": nodes}}


async def insured(on: Databases, _http: httpx2.AsyncClient, given: Mapping[str, str]) -> Data:
    """W4."""
    persons = await on.city.fetch(sql.INSURED, given["division"])
    months = await on.insurance.fetch(sql.MONTHS, [row["idNo"] for row in persons])
    employers = await on.city.fetch(sql.EMPLOYERS, list({row["employer"] for row in months}))
    named = {row["uscc"]: dict(row) for row in employers}
    paid: dict[str, list[Data]] = {row["idNo"]: [] for row in persons}
    for id_no, employer, month, amount, state in months:
        paid[id_no].append(
            {"month": month, "base": amount, "state": state, "enterprise": named.get(employer)}
        )
    nodes = [{"idNo": id_no, "name": name, "insurances": paid[id_no]} for id_no, name in persons]
    return {"persons": {"nodes": nodes}}


async def persons_of_division(on: Databases, _http: httpx2.AsyncClient, given: Mapping[str, str]) -> Data:
    """W5."""
    rows = await on.city.fetch(sql.PERSONS, given["division"])
    return {"persons": {"nodes": [dict(row) for row in rows]}}


async def of_hall(on: Databases, http: httpx2.AsyncClient, _given: Mapping[str, str]) -> Data:
    """W6."""
    found = orjson.loads((await http.get(os.environ["HALL_URL"])).content)["data"]
    rows = await on.city.fetch(sql.DEPARTMENTS, list({one["department"] for one in found}))
    named = {row["code"]: dict(row) for row in rows}
    nodes = [
        {
            "code": one["code"],
            "name": one["name"],
            "days": one["days"],
            "department": named[one["department"]],
        }
        for one in found
    ]
    return {"services": {"nodes": nodes}}


ASKED: Mapping[str, Ask] = {
    "/W1": one_person,
    "/W2": enterprises,
    "/W3": holders,
    "/W4": insured,
    "/W5": persons_of_division,
    "/W6": of_hall,
}


def application(on: Databases, http: httpx2.AsyncClient) -> Callable[..., Awaitable[None]]:
    """Return the ASGI application."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        ask = ASKED.get(scope["path"])
        given = orjson.loads(body)["variables"] if ask else {}
        content = orjson.dumps({"data": await ask(on, http, given)}) if ask else b"{}"
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return answer


async def serve(port: int) -> None:
    """Serve until stopped."""
    names = (os.environ[name] for name in ("POSTGRESQL_FOLDER", "CITY_DATABASE", "INSURANCE_DATABASE"))
    async with sql.databases(*names) as on, httpx2.AsyncClient(trust_env=False) as http:
        config = uvicorn.Config(
            application(on, http),
            port=port,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
