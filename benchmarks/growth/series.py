"""What is made to grow, and what one answer then costs: six series, each a chart."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import children, contestants
from benchmarks.growth import catalogs
from benchmarks.growth.chart import Chart
from benchmarks.growth.curve import Curve
from benchmarks.home import Texts, make_home
from benchmarks.standing import Sources, Standing, client, new_home, standing
from benchmarks.workloads.questions import Workload, workloads
from benchmarks.workloads.scale import FULL
from govgraph.database import FILE

ROWS = (1, 10, 100, 1000, 10_000, 100_000)
DEPTHS = (1, 2, 3, 4, 5, 6)
SOURCES = (1, 2, 4, 8, 16)
RESOURCES = (10, 100, 1000, 5000)
GRANTS = (1, 10, 100, 1000, 10_000)
CONNECTIONS = (1, 4, 16, 64, 256)
LATE = 0.02
SECONDS = 1.0
OWN_SHARE = 10
"""Of so many grants one is the asking client's own, for a purpose that is not asked for."""


def milliseconds(server: Standing, body: str, folder: Path, connections: int = 1) -> float:
    """Return how long an answer takes on average, at so many connections. Raises where one was wrong."""
    url = server.url + server.contestant.path
    with client() as http:
        answer = http.post(url, content=body, headers=dict(server.headers))
    if answer.status_code != 200 or "errors" in answer.json():
        raise SystemExit(f"the answer was not the expected one: {answer.text[:400]}")
    request = {
        "url": url,
        "headers": server.headers,
        "bodies": [body],
        "length": len(answer.content),
        "connections": connections,
        "seconds": SECONDS,
    }
    counted = children.load(request, folder)
    if counted["wrong"]:
        raise SystemExit(f"{counted['wrong']:.0f} answers were not the expected ones")
    return 1000 * connections / counted["rate"]


def question(document: str, **variables: object) -> str:
    """Return the body of a question."""
    return json.dumps({"query": document, "variables": variables})


@contextmanager
def governed(home: Path) -> Iterator[Standing]:
    """Yield the product over a home."""
    with standing(contestants.product("governed", home), home) as server:
        yield server


def first_workload() -> Workload:
    """Return the look-up of one person."""
    return workloads(FULL)[0]


def rows(given: Sources) -> Chart:
    """One list, longer and longer."""
    document = "query($n: Int!) { persons(first: $n) { nodes { idNo name division } } }"
    with governed(new_home(given, "rows")) as server:
        points = [(n, milliseconds(server, question(document, n=n), given.folder)) for n in ROWS]
    return Chart("One list, three fields, with masks and record", "rows", [Curve("governed", points)])


def concurrency(given: Sources) -> Chart:
    """The same question from more and more connections at once."""
    workload = first_workload()
    body = question(workload.document(), **workload.variants[0])
    with governed(new_home(given, "concurrency")) as server:
        points = [(n, milliseconds(server, body, given.folder, n)) for n in CONNECTIONS]
    return Chart("One person by key, asked by many at once", "connections", [Curve("governed", points)])


@contextmanager
def late(given: Sources) -> Iterator[Standing]:
    """Yield the product over seventeen departments that answer after 20 ms each."""
    port = children.free_port()
    command = [*children.PYTHON, "benchmarks.hall", str(port), str(LATE)]
    home = given.folder / f"home-late-{port}"
    manifests = catalogs.late_departments()
    values = {name.removesuffix(".yaml"): {"HALL_PORT": str(port)} for name in manifests}
    with children.child(command, alone=False) as running, client() as http:
        children.await_answer(http, f"http://127.0.0.1:{port}/services", running)
        make_home(home, Texts(manifests, {"grants.yaml": catalogs.late_granted()}, values))
        with governed(home) as server:
            yield server


def chain(depth: int, side: int) -> str:
    """Return the fields of a chain of departments, so many links deep."""
    inner = "code"
    for _ in range(depth - 1):
        inner = f"code onward {{ {inner} }}"
    return f"side{side} {{ {inner} }}"


def depth(given: Sources) -> Chart:
    """Links of links: each waits for the one before, two chains side by side wait together."""
    one, two = [], []
    with late(given) as server:
        for links in DEPTHS:
            first, second = chain(links, 1), chain(links, 9)
            one.append((links, milliseconds(server, listing(first), given.folder)))
            two.append((links, milliseconds(server, listing(f"{first} {second}"), given.folder)))
    curves = [Curve("one chain", one), Curve("two chains at once", two)]
    return Chart("A chain of departments, 20 ms each", "links deep", curves)


def side_by_side(given: Sources) -> Chart:
    """More and more departments below one row: they are asked at the same time."""
    with late(given) as server:
        points = [
            (
                n,
                milliseconds(
                    server, listing(" ".join(chain(1, side) for side in range(1, n + 1))), given.folder
                ),
            )
            for n in SOURCES
        ]
    return Chart("Departments side by side, 20 ms each", "departments", [Curve("governed", points)])


def listing(fields: str) -> str:
    """Return the question for the first department's rows with these fields of others."""
    return question(f"{{ late0s(first: 20) {{ nodes {{ code {fields} }} }} }}")


def catalog(given: Sources) -> Chart:
    """More and more resources in the catalog, of which the client may use ten."""
    warm, cold = [], []
    for count in RESOURCES:
        home = given.folder / f"home-catalog-{count}"
        manifests = catalogs.registers(count)
        values = {
            name.removesuffix(".yaml"): {"POSTGRESQL_FOLDER": given.cluster.socket} for name in manifests
        }
        make_home(home, Texts(manifests, {"grants.yaml": catalogs.registers_granted(count)}, values))
        body = question('{ register0(code: "D001") { code name phone } }')
        with governed(home) as server, client() as http:
            answer = http.post(f"{server.url}/graphql", content=body, headers=dict(server.headers))
            cold.append((count, answer.elapsed.total_seconds() * 1000))
            warm.append((count, milliseconds(server, body, given.folder)))
    curves = [Curve("later answers", warm), Curve("first answer", cold)]
    return Chart("Resources in the catalog", "resources", curves)


def grants(given: Sources) -> Chart:
    """More and more grants in force, a tenth of them of the client that asks."""
    workload = first_workload()
    body = question(workload.document(), **workload.variants[0])
    points = []
    for count in GRANTS:
        home = new_home(given, f"grants-{count}")
        add_grants(home, count)
        with governed(home) as server:
            points.append((count, milliseconds(server, body, given.folder)))
    return Chart("Grants in force", "grants", [Curve("governed", points)])


def add_grants(home: Path, count: int) -> None:
    """Add grants to a store, as copies of one that is there, for other purposes and other clients."""
    with sqlite3.connect(home / FILE) as store:
        store.execute("PRAGMA foreign_keys = on")
        others = [f"other-{n:04}" for n in range(1 + count // 100)]
        store.executemany(
            "INSERT INTO client (id, title, role, secret_digest, created_at) "
            "SELECT ?, ?, role, secret_digest, created_at FROM client WHERE id = 'benchmark'",
            [(name, name) for name in others],
        )
        store.executemany(COPY, list(copies(count, others)))
    store.close()


COPY = """
INSERT INTO sharing_grant (id, client, purpose, resource, valid_from, valid_to, document)
SELECT :id, :client, :purpose, resource, valid_from, valid_to,
       json_set(document, '$.id', :id, '$.client', :client, '$.purpose', :purpose)
FROM sharing_grant WHERE id = 'B-0001'
"""


def copies(count: int, others: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield what makes each copy a grant of its own."""
    for number in range(count):
        own = number % OWN_SHARE == 0
        yield {
            "id": f"X-{number:05}",
            "client": "benchmark" if own else others[number // 100],
            "purpose": f"OTHER-{number}",
        }
