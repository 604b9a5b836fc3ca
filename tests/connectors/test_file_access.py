"""A source file is opened only in its department's folders, whatever links lead there."""

import os
import sqlite3
from pathlib import Path

import pytest

from connectors.model import Surroundings
from connectors.registry import open_connector
from govgraph.file_access import FileAccess, SourceFileNotAllowedError, SourceFolders, source_folders

pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    for name in ("sources/civil-affairs/a.csv", "sources/housing-fund/b.csv", "keys/sign.pem", "admin.json"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("a,b\n1,2\n")
    return home


@pytest.fixture
def access(home: Path) -> FileAccess:
    return SourceFolders(home, {"civil-affairs": (home.parent / "given",)}).of("civil-affairs")


def refused(access: FileAccess, path: Path) -> str:
    with pytest.raises(SourceFileNotAllowedError) as caught:
        access.admitted(path)
    return caught.value.text


def test_own_files_are_admitted_also_before_they_are_delivered(home: Path, access: FileAccess) -> None:
    own = home / "sources" / "civil-affairs"
    assert access.own == own
    assert access.admitted(own / "a.csv") == own / "a.csv"
    assert access.admitted(own / "later.csv") == own / "later.csv"
    assert access.admitted(home.parent / "given" / "deep" / "c.csv").name == "c.csv"


@pytest.mark.parametrize(
    "path",
    [
        "sources/housing-fund/b.csv",
        "sources/housing-fund/none.csv",
        "sources/civil-affairs/../housing-fund/b.csv",
        "sources/civil-affairs/../../keys/sign.pem",
        "sources/civil-affairs-2/a.csv",
        "sources/a.csv",
        "sources/civil-affairs",
        "keys/sign.pem",
        "admin.json",
        "../elsewhere.csv",
        "../given-2/c.csv",
    ],
)
def test_no_other_file_is_admitted_and_no_path_is_told(home: Path, access: FileAccess, path: str) -> None:
    text = refused(access, home / path)
    assert "civil-affairs" in text
    assert "GOVGRAPH_SOURCE_FOLDERS" in text
    assert str(home) not in text
    assert text == refused(access, Path("/etc/passwd"))
    assert text == refused(access, Path("relative.csv"))


def test_a_link_counts_for_where_it_leads(home: Path, access: FileAccess) -> None:
    own, given = home / "sources" / "civil-affairs", home.parent / "given"
    given.mkdir()
    (given / "new.csv").write_text("x")
    targets = {"key": home / "keys" / "sign.pem", "folder": home / "keys", "loop": own / "loop"}
    for name, target in {**targets, "fits": own / "a.csv", "given": given / "new.csv"}.items():
        (own / name).symlink_to(target)
    (given / "back").symlink_to(home / "admin.json")
    for path in (own / "key", own / "folder" / "sign.pem", own / "loop", given / "back"):
        refused(access, path)
    assert access.admitted(own / "fits") == own / "a.csv"
    assert access.admitted(own / "given") == given / "new.csv"


def test_what_is_no_plain_file_is_refused(home: Path, access: FileAccess) -> None:
    pipe = home / "sources" / "civil-affairs" / "pipe"
    os.mkfifo(pipe)
    refused(access, pipe)
    refused(access, pipe.with_name("a\0b"))


def test_the_home_stays_closed_within_a_folder_that_the_operator_allowed(home: Path) -> None:
    wide = SourceFolders(home, {"civil-affairs": (home.parent,)}).of("civil-affairs")
    refused(wide, home / "keys" / "sign.pem")
    refused(wide, home / "sources" / "housing-fund" / "b.csv")
    assert wide.admitted(home.parent / "x.csv") == home.parent / "x.csv"


def test_without_folders_nothing_is_admitted(home: Path) -> None:
    refused(FileAccess("x"), home / "sources" / "x" / "a.csv")


def test_folders_are_read_by_department() -> None:
    given = " civil-affairs=/data/ca ; housing-fund=/data/hf;civil-affairs=/data/more;"
    assert source_folders(given) == {
        "civil-affairs": [Path("/data/ca"), Path("/data/more")],
        "housing-fund": [Path("/data/hf")],
    }
    for wrong in ("civil-affairs", "=/data", "civil-affairs=data", "civil-affairs="):
        with pytest.raises(ValueError, match=r"^[a-z-]*$"):
            source_folders(wrong)


async def test_a_link_changed_after_the_start_opens_nothing(home: Path, access: FileAccess) -> None:
    own = home / "sources" / "civil-affairs"
    for file in (own / "own.db", home / "platform.db"):
        with sqlite3.connect(file) as store:
            store.execute("create table t (a)")
        store.close()
    for name, target in (("now.db", own / "own.db"), ("now.csv", own / "a.csv")):
        (own / name).symlink_to(target)
    around = Surroundings("civil-affairs", lambda _: "", files=access)
    store_, files = (
        await open_connector("sql", {"url": f"sqlite:///{own / 'now.db'}"}, around, {}),
        await open_connector("files", {"entities": {"t": {"path": str(own / "now.csv")}}}, around, {}),
    )
    for name, target in (("now.db", home / "platform.db"), ("now.csv", home / "keys" / "sign.pem")):
        (own / name).unlink()
        (own / name).symlink_to(target)
    for connector in (store_, files):
        with pytest.raises(SourceFileNotAllowedError):
            await connector.describe()
        await connector.aclose()


async def test_connectors_refuse_a_foreign_file_when_they_are_opened(home: Path, access: FileAccess) -> None:
    around = Surroundings("civil-affairs", lambda _: "", files=access)
    foreign = home / "keys" / "sign.pem"
    with pytest.raises(SourceFileNotAllowedError):
        await open_connector("sql", {"url": f"sqlite:///{foreign}"}, around, {})
    with pytest.raises(SourceFileNotAllowedError):
        await open_connector("files", {"entities": {"t": {"path": str(foreign)}}}, around, {})
