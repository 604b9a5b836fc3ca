"""The catalog's store, on SQLite and on PostgreSQL."""

from pathlib import Path

import anyio
import pytest
from sqlalchemy import text

from govgraph.database import Database, migrate, open_database
from govgraph.sealing import SealBrokenError, Sealer
from schema.errors import (
    DepartmentNotPublishedError,
    ManifestRefusedError,
    SecretMissingError,
    SecretReferenceError,
)
from schema.manifest import read_manifest_text
from schema.store import CatalogStore
from tests.schema.samples import BIG_DATA, CIVIL_AFFAIRS, PUBLIC_SECURITY, draft

pytestmark = pytest.mark.anyio

KEY = bytes(range(32))


@pytest.fixture
def store(database: Database) -> CatalogStore:
    """The store of a platform on which nothing was published."""
    return CatalogStore(database, Sealer(KEY))


async def test_the_first_catalog_is_empty(store: CatalogStore) -> None:
    catalog = await store.current()
    assert (catalog.version, catalog.resources) == (0, {})


async def test_what_was_published_reads_back_though_it_is_shared_for_no_purpose_yet(
    store: CatalogStore, database: Database
) -> None:
    undecided = CIVIL_AFFAIRS.replace("purposes: [ZM-HOUSE-BUY, BDC-TRANSFER]", "purposes: []")
    assert undecided != CIVIL_AFFAIRS
    published = draft(undecided)
    await store.publish(published)
    assert (await CatalogStore(database, Sealer(KEY)).draft("civil-affairs")) == published


async def test_a_withdrawn_department_shows_nothing_and_its_versions_stay(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY))
    first = await store.publish(draft(BIG_DATA))
    assert await store.withdraw("big-data") == first + 1
    assert set((await store.current()).sources) == {"public-security"}
    assert [(one.version, one.shown) for one in await store.versions("big-data")] == [
        (first + 1, False),
        (first, True),
    ]
    assert await store.draft_at("big-data", first) == draft(BIG_DATA)
    for version in (first + 1, 99):
        with pytest.raises(DepartmentNotPublishedError):
            await store.draft_at("big-data", version)
    with pytest.raises(DepartmentNotPublishedError):
        await store.withdraw("big-data")
    await store.publish(draft(BIG_DATA))
    assert set((await store.current()).sources) == {"big-data", "public-security"}


async def test_each_publication_makes_the_next_version(store: CatalogStore) -> None:
    versions = [await store.publish(draft(sample)) for sample in (PUBLIC_SECURITY, CIVIL_AFFAIRS, BIG_DATA)]
    assert versions == [1, 2, 3]
    catalog = await store.current()
    assert catalog.version == await store.version() == 3
    assert sorted(catalog.resources) == ["Division", "MarriageParty", "Person"]


async def test_what_is_stored_is_what_was_published(store: CatalogStore) -> None:
    for sample in (PUBLIC_SECURITY, CIVIL_AFFAIRS, BIG_DATA):
        await store.publish(draft(sample))
        assert await store.draft(draft(sample).department.key) == draft(sample)


async def test_an_export_reads_back_to_the_same_draft(store: CatalogStore) -> None:
    await store.publish(draft(CIVIL_AFFAIRS))
    assert read_manifest_text(await store.export("civil-affairs"), "export") == draft(CIVIL_AFFAIRS)


async def test_a_link_wakes_in_whatever_order_departments_publish(store: CatalogStore) -> None:
    await store.publish(draft(CIVIL_AFFAIRS))
    assert len((await store.assembly()).dormant) == 2
    assert (await store.current()).resources["MarriageParty"].links == {}
    await store.publish(draft(PUBLIC_SECURITY))
    assert sorted((await store.current()).resources["MarriageParty"].links) == ["partner", "person"]


async def test_publishing_replaces_only_the_own_department(store: CatalogStore) -> None:
    await store.publish(draft(CIVIL_AFFAIRS))
    await store.publish(draft(PUBLIC_SECURITY))
    await store.publish(draft(CIVIL_AFFAIRS.replace("cycle: DAILY", "cycle: WEEKLY")))
    catalog = await store.current()
    assert (catalog.resources["MarriageParty"].cycle, catalog.resources["Person"].cycle) == (
        "WEEKLY",
        "REALTIME",
    )


async def test_a_refused_draft_changes_nothing(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY))
    before = await store.current()
    with pytest.raises(ManifestRefusedError):
        await store.publish(draft(CIVIL_AFFAIRS.replace("reverse: marriages", "reverse: name")))
    assert await store.current() == before


async def test_drafts_published_together_are_all_published_or_none(store: CatalogStore) -> None:
    clashing = draft(CIVIL_AFFAIRS.replace("reverse: marriages", "reverse: name"))
    with pytest.raises(ManifestRefusedError):
        await store.publish(draft(BIG_DATA), draft(PUBLIC_SECURITY), clashing)
    assert await store.version() == 0
    assert await store.publish(draft(BIG_DATA), draft(PUBLIC_SECURITY), draft(CIVIL_AFFAIRS)) == 3
    assert len((await store.current()).departments) == 3


async def test_a_clash_with_what_others_published_names_them(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY))
    await store.publish(draft(CIVIL_AFFAIRS))
    clashing = PUBLIC_SECURITY.replace("movedOn:", "marriages:")
    with pytest.raises(ManifestRefusedError) as refused:
        await store.publish(draft(clashing))
    assert [problem.file for problem in refused.value.problems] == ["civil-affairs (published)"]


async def test_a_trial_shows_problems_and_changes_nothing(store: CatalogStore) -> None:
    trial = await store.trial(draft(CIVIL_AFFAIRS))
    assert (trial.catalog.version, len(trial.dormant), trial.problems) == (1, 2, ())
    assert await store.version() == 0


async def test_codes_are_kept_and_never_given_again(store: CatalogStore) -> None:
    await store.publish(draft(BIG_DATA))
    assert (await store.current()).resources["Division"].code == "201001/000001"
    renamed = BIG_DATA.replace("Division:", "Area:").replace("big-data.Division", "big-data.Area")
    await store.publish(draft(renamed))
    assert (await store.current()).resources["Area"].code == "201001/000002"
    await store.publish(draft(BIG_DATA))
    assert (await store.current()).resources["Division"].code == "201001/000001"


async def test_publications_at_once_all_count(store: CatalogStore) -> None:
    versions: list[int] = []

    async def publish(sample: str) -> None:
        versions.append(await store.publish(draft(sample)))

    async with anyio.create_task_group() as group:
        for sample in (PUBLIC_SECURITY, CIVIL_AFFAIRS, BIG_DATA):
            group.start_soon(publish, sample)
    assert sorted(versions) == [1, 2, 3]
    assert len((await store.current()).departments) == 3


async def test_an_unknown_department_is_told_apart(store: CatalogStore) -> None:
    with pytest.raises(DepartmentNotPublishedError):
        await store.export("nobody")


async def test_a_secret_comes_back_and_the_newest_counts(store: CatalogStore) -> None:
    assert await store.put_secret("civil-affairs/main", "first") == 1
    assert await store.put_secret("civil-affairs/main", "second") == 2
    assert await store.secret("civil-affairs/main") == "second"


def stored_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_secret_is_never_stored_as_it_is(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'sealed.db'}"
    await migrate(address, tmp_path)
    database = await open_database(address, tmp_path)
    await CatalogStore(database, Sealer(KEY)).put_secret("a/b", "hunter2-hunter2")
    await database.aclose()
    written = stored_bytes(tmp_path)
    assert b"a/b" in written
    assert b"hunter2" not in written


async def test_a_secret_moved_to_another_reference_does_not_open(
    store: CatalogStore, database: Database
) -> None:
    await store.put_secret("a/one", "x")
    async with database.write() as connection:
        await connection.execute(text("UPDATE catalog_secret SET reference = 'a/two'"))
    with pytest.raises(SealBrokenError):
        await store.secret("a/two")


async def test_a_missing_secret_and_a_bad_reference_have_their_codes(store: CatalogStore) -> None:
    with pytest.raises(SecretMissingError) as missing:
        await store.secret("a/none")
    assert missing.value.code == "SECRET_MISSING"
    with pytest.raises(SecretReferenceError):
        await store.put_secret("../etc", "x")


async def test_a_publication_reads_no_other_departments_manifest_again(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY), draft(CIVIL_AFFAIRS))
    before = await store.drafts()
    await store.publish(draft(CIVIL_AFFAIRS))
    after = await store.drafts()
    assert after["public-security"] is before["public-security"]
    assert after["civil-affairs"] is not before["civil-affairs"]
    person = before["public-security"].resources["Person"].resource
    assert (await store.current()).resources["Person"].fields is person.fields


async def test_what_another_replica_publishes_is_seen(store: CatalogStore, database: Database) -> None:
    other = CatalogStore(database, Sealer(KEY))
    await store.publish(draft(PUBLIC_SECURITY))
    assert (await other.current()).version == 1
    await other.publish(draft(CIVIL_AFFAIRS))
    assert sorted((await store.current()).resources) == ["MarriageParty", "Person"]
    await store.publish(draft(PUBLIC_SECURITY.replace("title: 姓名", "title: 名字")))
    assert (await other.current()).resources["Person"].fields["name"].title == "名字"
    assert await other.assembly() == await store.assembly()


async def test_the_newest_catalog_is_put_together_once(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY))
    assert await store.current() is await store.current()


async def test_a_refused_publication_leaves_the_newest_catalog_as_it_was(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY))
    clashing = draft(PUBLIC_SECURITY.replace("key: public-security", "key: other-department"))
    before = await store.current()
    with pytest.raises(ManifestRefusedError):
        await store.publish(clashing)
    assert await store.current() is before


async def test_what_is_kept_of_a_publication_has_no_lines_and_shares_its_rights(store: CatalogStore) -> None:
    await store.publish(draft(PUBLIC_SECURITY), draft(CIVIL_AFFAIRS))
    drafts = await store.drafts()
    assert [one.origin.lines for one in drafts.values()] == [{}, {}]
    resources = (await store.current()).resources.values()
    rights = [field.rights for one in resources for field in one.fields.values()]
    assert len({id(one) for one in rights}) == len(set(rights)) < len(rights)
