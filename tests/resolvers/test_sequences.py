"""Keys tried in order are counted in the record and raise an alert; an ordinary day's do neither."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.alerts.alert import Rule
from audit.alerts.rules import AlertRules
from audit.alerts.watch import Watch
from audit.entry import Entry
from audit.leaf import leaf_document
from auth.errors import LookupQuotaExceededError
from auth.rights import Level
from resolvers.sequences import CALLERS, KEYS, Sequences
from schema.catalog import Catalog, CatalogField, Resource
from schema.normal_forms import CREDIT_CODE_ALPHABET, ID_CHECK_DIGITS, ID_WEIGHTS
from schema.numbering import Numbered, numbering_of, of_credit_code, of_id_number
from tests.resolvers.pouring import pour, small
from tests.resolvers.world import HALL, World

OFFICIAL = "330702-0815"
LIMIT = AlertRules().sequence_limit
FIRST = 33079919900307101
"""The first known person's number without its check digit."""
STEPS = st.lists(st.integers(1, 3), min_size=LIMIT + 1, max_size=30)
APART = st.sets(st.integers(0, 10**12), min_size=1, max_size=300)


def id_number(body: int) -> str:
    """Return an identity number with its check digit."""
    digits = str(body)
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=True))
    return digits + ID_CHECK_DIGITS[total % 11]


def walk(steps: Iterable[int]) -> list[int]:
    """Return the numbers of a walk with these steps, from the first person on."""
    numbers = [FIRST]
    for step in steps:
        numbers.append(numbers[-1] + step)
    return numbers


def counted(requests: Iterable[Sequence[int]], end_user: str = OFFICIAL) -> list[int]:
    """Return what is counted of requests, each with the numbers of one series that it looks up."""
    sequences = Sequences()
    return [
        sequences.followed("hall", end_user, [("IdNumber", number) for number in numbers])
        for numbers in requests
    ]


def raised(counts: Iterable[int], rules: AlertRules | None = None) -> list[str]:
    """Return the counts that alerts tell of, where each request came a second after the one before."""
    watch = Watch(rules or AlertRules())
    told = []
    for position, count in enumerate(counts):
        leaf = {
            "kind": "access",
            "outcome": "answered",
            "client": "hall",
            "end_user": OFFICIAL,
            "time": f"2026-06-30T04:{position // 60 % 60:02}:{position % 60:02}.000000Z",
        }
        entry = Entry(position, leaf | ({"keys_in_sequence": count} if count else {}))
        told += [alert for alert in watch.see(entry, 2**60) if alert.rule is Rule.ENUMERATION]
    return [alert.detail["sequence"] for alert in told]


@given(STEPS, st.booleans())
def test_a_walk_is_counted_key_by_key_forwards_and_backwards(steps: list[int], backwards: bool) -> None:
    numbers = walk(steps)[:: -1 if backwards else 1]
    counts = counted([number] for number in numbers)
    assert counts == [0, *[1] * len(steps)]
    assert raised(counts)[0] == str(LIMIT + 1)


@given(STEPS, st.data())
def test_a_walk_in_lists_counts_as_one_in_single_requests(steps: list[int], data: st.DataObject) -> None:
    numbers, requests = walk(steps), []
    while numbers:
        size = data.draw(st.integers(1, len(numbers)))
        requests.append(data.draw(st.permutations(numbers[:size])))
        numbers = numbers[size:]
    assert sum(counted(requests)) == len(steps)


@given(STEPS, st.sampled_from((0, 1, 9, KEYS - 1)), st.integers(0, 2**32))
def test_a_walk_is_found_among_other_keys(steps: list[int], between: int, seed: int) -> None:
    chance, requests = random.Random(seed), list[list[int]]()
    for number in walk(steps):
        requests += [[chance.randrange(10**18, 2 * 10**18, 10)] for _ in range(between)] + [[number]]
    counts = counted(requests)
    assert sum(counts) >= len(steps)
    assert raised(filter(None, counts))


@given(APART, st.integers(0, 2**32))
def test_keys_that_stand_apart_are_never_counted_in_whatever_order(numbers: set[int], seed: int) -> None:
    requests = [[4 * number] for number in numbers]
    random.Random(seed).shuffle(requests)
    assert not any(counted([*requests, *requests]))


@given(st.integers(0, 2**32))
def test_a_day_of_ordinary_visitors_raises_nothing(seed: int) -> None:
    chance = random.Random(seed)
    visitors = [
        int(f"3307{chance.choice((2, 3, 23, 26, 27, 81, 82, 83, 84)):02}{year}{month:02}{day:02}{order:03}")
        for year, month, day, order in (
            (chance.randint(1930, 2025), chance.randint(1, 12), chance.randint(1, 28), chance.randint(1, 999))
            for _ in range(1000)
        )
    ]
    assert not raised(counted([visitor] for visitor in visitors))


def test_the_same_key_again_is_no_step() -> None:
    assert counted([[FIRST], [FIRST + 1], [FIRST], [FIRST + 1], [FIRST, FIRST + 1]]) == [0, 1, 0, 0, 0]


def test_end_users_clients_and_series_are_told_apart() -> None:
    sequences = Sequences()
    assert sequences.followed("hall", "a", [("IdNumber", 5)]) == 0
    for client, end_user, series in (
        ("hall", "b", "IdNumber"),
        ("x", "a", "IdNumber"),
        ("hall", "a", "Phone"),
    ):
        assert sequences.followed(client, end_user, [(series, 6)]) == 0
    assert sequences.followed("hall", "a", [("IdNumber", 6)]) == 1


def test_keys_that_each_begin_a_series_keep_nobody_elses_from_being_found() -> None:
    sequences = Sequences()
    sequences.followed("hall", "a", [("IdNumber", 5)])
    for number in range(20 * KEYS):
        sequences.followed("garage", "b", [(f"Vehicle {number}", 1)])
    assert sequences.followed("hall", "a", [("IdNumber", 6)]) == 1


def test_what_is_remembered_is_bounded() -> None:
    sequences = Sequences()
    sequences.followed("hall", "a", [("IdNumber", 0)])
    sequences.followed("hall", "a", [("IdNumber", 10 * number) for number in range(1, KEYS + 1)])
    assert sequences.followed("hall", "a", [("IdNumber", 1)]) == 0
    sequences.followed("hall", "a", [("IdNumber", 5)])
    for number in range(CALLERS):
        sequences.followed("hall", str(number), [("IdNumber", 5)])
    assert sequences.followed("hall", "a", [("IdNumber", 6)]) == 0


def test_the_default_bound_is_twenty_and_a_city_sets_its_own() -> None:
    assert LIMIT == 20
    assert not raised([1] * LIMIT)
    assert raised([1] * 3, AlertRules(sequence_limit=2)) == ["3"]


@pytest.mark.parametrize(
    ("type_name", "one", "next_one"),
    [
        ("IdNumber", id_number(FIRST), id_number(FIRST + 1)),
        ("PlateNumber", "浙G12399", "浙G12400"),
        ("Phone", "13800138000", "13800138001"),
        ("UnitNumber", "330782001001GB00001F00010009", "330782001001GB00001F00010010"),
        ("VehicleIdentificationNumber", "LSVAA49J132047371", "LSVAA49J132047372"),
        ("BankAccount", "6222000011112222333", "6222000011112222334"),
        ("Text", "JH-2026-000815", "JH-2026-000816"),
        ("Long", "100099", "100100"),
    ],
)
def test_neighbouring_keys_have_neighbouring_numbers(type_name: str, one: str, next_one: str) -> None:
    numbered = numbering_of(resource(type_name), field(type_name))
    first, second = numbered(one), numbered(next_one)
    assert first is not None
    assert second == (first[0], first[1] + 1)


def test_a_credit_code_is_numbered_without_its_check_digits() -> None:
    last = CREDIT_CODE_ALPHABET[-1]
    one, other = of_credit_code(f"91330782MA28E1{last}{last}9X"), of_credit_code("91330782MA28E20007")
    assert one is not None
    assert other == (one[0], one[1] + 1)
    assert of_credit_code("91330782MA28EI0001") is None
    assert of_id_number("3307991990") is None


@pytest.mark.parametrize("type_name", ["PersonName", "Date", "DivisionCode", "Boolean", "Address"])
def test_values_that_nobody_gives_out_in_order_have_no_number(type_name: str) -> None:
    assert numbering_of(resource(type_name), field(type_name))("330782") is None


def test_texts_count_only_as_keys_above_the_lowest_level_and_codes_never() -> None:
    text = field("Text")
    assert numbering_of(resource("Text", "other"), text)("case-2026001") is None
    assert numbering_of(resource("Text"), replace(text, level=Level.L1))("case-2026001") is None


def field(type_name: str) -> CatalogField:
    return CatalogField("no", "no", "号", type_name, Level.L2, frozenset())


def resource(type_name: str, key: str = "no") -> Resource:
    made = object.__new__(Resource)
    for name, value in {"name": "Case", "key": (key,), "fields": {"no": field(type_name)}}.items():
        object.__setattr__(made, name, value)
    return made


@pytest.mark.anyio
async def test_the_record_says_how_many_keys_follow_and_nothing_of_them(world: World) -> None:
    query = "query($id: IdNumber!) { person(idNo: $id) { name } }"
    for body in range(FIRST, FIRST + 4):
        await world.ask(query, {"id": id_number(body)}, HALL, end_user=OFFICIAL)
    assert [record.keys_in_sequence for record in world.log.records] == [0, 1, 1, 1]
    written = orjson.dumps([leaf_document(record) for record in world.log.records]).decode()
    assert str(FIRST)[:14] not in written
    assert "keys_in_sequence" not in leaf_document(world.log.records[0])


@pytest.mark.anyio
async def test_keys_in_order_count_within_its_request(world: World) -> None:
    asked = [f'p{step}: person(idNo: "{id_number(FIRST + 2 * step)}") {{ name }}' for step in (2, 0, 1)]
    assert (await world.ask(f"{{ {' '.join(asked)} }}", None, HALL)).data is not None
    assert world.record.keys_in_sequence == 2


class Counting(Sequences):
    """Finds one key of every request in sequence."""

    def followed(self, client: str, end_user: str, keys: Iterable[Numbered]) -> int:
        return 1


@pytest.mark.anyio
async def test_a_stream_counts_its_keys_once_in_its_begin_record(market_catalog: Catalog) -> None:
    world = small(market_catalog, 20, 30)
    world.with_rooms(sequences=Counting())
    await pour(world, '{ stalls(first: 20, where: {id: {in: ["a", "b"]}}) { nodes { id } } }')
    assert [record.keys_in_sequence for record in world.log.records] == [1, 0, 0]


class Quota:
    """Refuses every second look-up."""

    refuses = True

    async def charge(self, grant: str, lookups: int, quota: object) -> None:
        self.refuses = not self.refuses
        if self.refuses:
            raise LookupQuotaExceededError("The grant's look-ups of today are used up", where=grant)


@pytest.mark.anyio
async def test_a_look_up_that_its_quota_refuses_is_neither_counted_nor_remembered(world: World) -> None:
    world.with_rooms(quotas=Quota(), sequences=Sequences())
    query = "query($id: IdNumber!) { person(idNo: $id) { name } }"
    for body in (FIRST, FIRST + 1, FIRST + 2):
        await world.ask(query, {"id": id_number(body)}, HALL)
    assert [record.keys_in_sequence for record in world.log.records] == [0, 0, 1]
    await world.ask(query, {"id": id_number(FIRST + 3)}, HALL)
    await world.ask(query, {"id": id_number(FIRST + 1)}, HALL)
    assert world.record.keys_in_sequence == 1
