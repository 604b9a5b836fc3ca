"""`examples/register-a-source.sh`: a department's source is on the running demo within a minute."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.docs.test_samples import complaint
from tests.server.library_over_http import readers_served
from tests.server.registering import PEOPLE, write_register
from tests.server.test_demo import PROGRAM, environment, read_whole
from tests.servers import mariadb

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "register-a-source.sh"
KEEPING = Path(__file__).parent / "words_kept.py"
SECRET = "canary-of-the-library"
TABLE = "CREATE TABLE duzhe (djbh VARCHAR(20) PRIMARY KEY, sfzh VARCHAR(18), xm VARCHAR(40), zt VARCHAR(2))"
ROWS = (
    "INSERT INTO duzhe VALUES ('DZ1', '330799199003071013', '陈志远', '1')",
    "INSERT INTO duzhe VALUES ('DZ2', '330799199105221027', '李秋华', '1')",
)
IDENTITIES = ("330799199003071013", "陈志远", "13800138000", "330799199105221027", "李秋华")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A running demonstration, as the environment of a command on it."""
    home = tmp_path_factory.mktemp("register") / "home"
    with subprocess.Popen(PROGRAM, env=environment(home), stdout=subprocess.PIPE, text=True) as started:
        try:
            url = json.loads(read_whole(started))["url"]
            called = f"{sys.executable} -m server.cli"
            own = {"PORT": url.rpartition(":")[2], "GOVGRAPH": called, "PYTHON": sys.executable}
            yield {**environment(home), **own, "TMPDIR": str(home.parent)}
        finally:
            started.terminate()
            started.wait(timeout=60)


def called(demo: dict[str, str], **wishes: str) -> "subprocess.CompletedProcess[str]":
    """Run the script and return how it ended."""
    return subprocess.run(
        ["bash", str(SCRIPT)],
        env={**os.environ, **demo, **wishes},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run(demo: dict[str, str], **wishes: str) -> str:
    """Run the script and return what it printed; it must end well."""
    done = called(demo, **wishes)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def answer(printed: str) -> dict[str, str]:
    """Return the row that the demo client was shown."""
    body = printed.partition("== 8.")[2].partition("\n{\n")[2].partition("\n}\n")[0]
    (row,) = json.loads("{" + body + "}")["data"].values()
    return dict(row)


def test_a_database_file_is_registered_by_two_persons_and_asked(demo: dict[str, str]) -> None:
    printed = run(demo)
    assert answer(printed) == {"recordNo": "DZ20210001", "idNo": "3****************3"}
    assert "`sfzh` is short for" in printed
    assert "SECOND_PERSON_NEEDED" in printed
    before, after = (
        next(line for line in printed.splitlines() if line.startswith(f"instance {word}")).split()[-1]
        for word in ("before", "after")
    )
    assert before == after
    assert not [value for value in IDENTITIES if value in printed]


def test_a_database_file_outside_of_the_home_is_admitted_and_registered(
    demo: dict[str, str], tmp_path: Path
) -> None:
    file = write_register(tmp_path / "own")
    printed = run(demo, SOURCE_URL=f"sqlite:///{file}")
    assert "Sources of library may open files of" in printed
    assert len(answer(printed)) == 2
    assert not [value for row in PEOPLE for value in row[:2] if value in printed]


@pytest.mark.parametrize(
    ("encoding", "header", "separator"),
    [("utf-8-sig", "djbh,xm,sfzh", ","), ("gb18030", "登记编号;姓名;身份证号", ";")],
)
def test_a_delivered_file_is_registered_whatever_it_is_written_in(
    demo: dict[str, str], tmp_path: Path, encoding: str, header: str, separator: str
) -> None:
    rows = [
        separator.join(("DZ1", "陈志远", IDENTITIES[0])),
        separator.join(("DZ2", "李秋华", IDENTITIES[3])),
    ]
    file = tmp_path / "读者.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    printed = run(demo, KIND="file", SOURCE_URL=str(file))
    assert answer(printed)["recordNo"] == "DZ1"
    assert len(answer(printed)) == 2
    assert not [value for value in IDENTITIES if value in printed]


def test_a_rest_source_is_registered_from_the_address_of_its_document(demo: dict[str, str]) -> None:
    with readers_served(SECRET) as address:
        printed = run(demo, KIND="rest", SOURCE_URL=f"{address}/openapi.json", SOURCE_SECRET=SECRET)
        assert answer(printed) == {"recordNo": "DZ1", "idNo": "3****************3"}
        assert "'reason': 'answers something other than JSON'" in printed
        assert "127.0.0.1/32" in printed
        assert not [value for value in (*IDENTITIES, SECRET) if value in printed]


@pytest.mark.postgresql
def test_a_postgresql_is_registered_with_an_account_that_only_reads(
    demo: dict[str, str], new_postgresql_database: Callable[[], str], postgresql_server: Any
) -> None:
    owner = urlsplit(new_postgresql_database())
    reader = f"reader_{uuid.uuid4().hex}"
    told = (
        TABLE,
        *ROWS,
        f"CREATE ROLE {reader} LOGIN PASSWORD '{SECRET}'",
        f"GRANT SELECT ON duzhe TO {reader}",
    )
    postgresql_server.psql(f"\\connect {owner.path[1:]}\n" + ";\n".join(told) + ";")
    url = f"postgresql://{reader}@{owner.path}?{owner.query}"
    printed = run(demo, SOURCE_URL=url, SOURCE_SECRET=SECRET)
    assert answer(printed) == {"recordNo": "DZ1", "idNo": "3****************3"}
    assert "account: reads only" in printed
    assert not [value for value in (*IDENTITIES, SECRET) if value in printed]


@pytest.mark.mariadb
def test_a_mariadb_is_registered_and_its_password_stands_in_no_argument(
    demo: dict[str, str],
    new_mariadb_database: Callable[[], str],
    mariadb_address: Mapping[str, Any],
    tmp_path: Path,
) -> None:
    owner = urlsplit(new_mariadb_database())
    reader = f"reader_{uuid.uuid4().hex[:8]}"
    mariadb.tell(
        {**mariadb_address, "database": owner.path[1:]},
        TABLE,
        *ROWS,
        f"CREATE USER {reader}@localhost IDENTIFIED BY '{SECRET}'",
        f"GRANT SELECT ON {owner.path[1:]}.* TO {reader}@localhost",
    )
    url = f"mariadb://{reader}@{owner.path}?{owner.query}"
    words = tmp_path / "words.jsonl"
    kept = {"GOVGRAPH": f"{sys.executable} {KEEPING}", "KEPT_WORDS": str(words)}
    printed = run(demo, SOURCE_URL=url, SOURCE_SECRET=SECRET, **kept)
    assert answer(printed) == {"recordNo": "DZ1", "idNo": "3****************3"}
    assert not [value for value in (*IDENTITIES, SECRET) if value in printed]
    said = [json.loads(line) for line in words.read_text(encoding="utf-8").splitlines()]
    assert ["source", "statements"] in [one[:2] for one in said]
    assert not [one for one in said if SECRET in " ".join(one)]
    kept_on_disk = [path for path in Path(demo["GOVGRAPH_HOME"]).rglob("*") if path.is_file()]
    assert not [path.name for path in kept_on_disk if SECRET.encode() in path.read_bytes()]
    assert not [
        complaint(shlex.join(["govgraph", *one])) for one in said if complaint(shlex.join(["govgraph", *one]))
    ]


def test_an_address_with_a_password_in_it_is_not_used(demo: dict[str, str]) -> None:
    url = f"postgresql://reader:{SECRET}@127.0.0.1:1/library"
    done = called(demo, SOURCE_URL=url)
    assert done.returncode == 2
    assert "SOURCE_SECRET" in done.stderr
    assert SECRET not in done.stdout + done.stderr
