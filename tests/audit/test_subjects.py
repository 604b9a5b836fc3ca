"""Subjects: found by who holds the key, hidden from everyone else."""

import pytest

from audit.record import SubjectList
from audit.subjects import SealedList, SubjectSeal, sealed_size
from govgraph.digests import digest
from govgraph.keyring import Keyring
from govgraph.sealing import SealBrokenError

PERSON, SPOUSE, COMPANY = "330799199003071013", "330799199204152028", "91330799MA28D00R3X"


@pytest.fixture
def seal(keyring: Keyring) -> SubjectSeal:
    return SubjectSeal(keyring)


@pytest.fixture
def sealed(seal: SubjectSeal) -> SealedList:
    kept = seal.seal(SubjectList((PERSON, SPOUSE, PERSON), (COMPANY, PERSON)), "r1")
    assert kept is not None
    return kept


def test_subjects_and_keys_are_found_by_their_digests(seal: SubjectSeal, sealed: SealedList) -> None:
    opened = seal.open(sealed.sealed, "r1")
    assert set(opened.subjects) == {seal.digest_of(PERSON), seal.digest_of(SPOUSE)}
    assert set(opened.keys) == {seal.digest_of(COMPANY), seal.digest_of(PERSON)}


def test_the_leaf_commits_to_number_and_bytes(sealed: SealedList) -> None:
    assert sealed.count == 4
    assert sealed.digest == digest(sealed.sealed)
    assert len(sealed.sealed) == sealed_size(4)


def test_order_and_repetition_of_rows_are_not_told(seal: SubjectSeal) -> None:
    one = seal.seal(SubjectList((PERSON, SPOUSE, SPOUSE)), "r")
    two = seal.seal(SubjectList((SPOUSE, PERSON)), "r")
    assert one is not None
    assert two is not None
    assert seal.open(one.sealed, "r") == seal.open(two.sealed, "r")
    assert one.sealed != two.sealed


def test_a_list_moved_to_another_record_does_not_open(seal: SubjectSeal, sealed: SealedList) -> None:
    with pytest.raises(SealBrokenError):
        seal.open(sealed.sealed, "r2")


def test_digests_differ_between_platforms(seal: SubjectSeal, keyring: Keyring) -> None:
    other = SubjectSeal(Keyring(keyring.folder.parent / "other"))
    assert seal.digest_of(PERSON) != other.digest_of(PERSON)
    assert seal.digest_of(PERSON) == SubjectSeal(keyring).digest_of(PERSON)


def test_a_record_about_nobody_has_no_list(seal: SubjectSeal) -> None:
    assert seal.seal(SubjectList(), "r") is None


def test_a_person_is_found_in_lists_from_before_and_after_a_rotation(seal: SubjectSeal) -> None:
    lists = [seal.seal(SubjectList((PERSON,), (COMPANY,)), "r1")]
    for _ in range(2):
        seal.rotate()
        lists.append(seal.seal(SubjectList((PERSON,), (COMPANY,)), "r1"))
    digests = seal.digests_of(PERSON)
    opened = [seal.open(one.sealed, "r1") for one in lists if one is not None]
    assert [one.subjects for one in opened] == [(digests[one.key],) for one in opened]
    assert [one.key for one in opened] == list(digests)
    assert len(set(digests.values())) == 3


def test_a_rotated_key_is_the_one_of_the_next_start(seal: SubjectSeal, keyring: Keyring) -> None:
    earlier = seal.digest_of(PERSON)
    name = seal.rotate()
    again = SubjectSeal(Keyring(keyring.folder))
    assert (again.key, again.digest_of(PERSON)) == (name, seal.digest_of(PERSON))
    assert again.digest_of(PERSON) != earlier
    assert again.digests_of(PERSON) == seal.digests_of(PERSON)


def test_another_replica_on_the_same_keys_searches_with_a_key_rotated_in_elsewhere(
    seal: SubjectSeal, keyring: Keyring
) -> None:
    other = SubjectSeal(keyring)
    name = seal.rotate()
    assert other.digests_of(PERSON)[name] == seal.digest_of(PERSON)
