"""Dirt is there on purpose: one key in a hundred, of every kind, and never in the way of the headline."""

from pathlib import Path

from schema.types import normalise, variants
from tests.city.reading import P1, P2, P3, P4, P5, P6, P7, ask, fund

FIXTURES = {P1, P2, P3, P4, P5, P6, P7}
DECLARED = ("TRAILING_BLANKS", "LOWER_X", "FULL_WIDTH", "FIFTEEN_DIGITS")


def kind_of(key: str) -> str:
    if key.endswith(" "):
        return "TRAILING_BLANKS"
    if key.endswith("x"):
        return "LOWER_X"
    return "FIFTEEN_DIGITS" if len(key) == 15 else "FULL_WIDTH"


def dirty(keys: list[str]) -> list[str]:
    return [key for key in keys if normalise("IdNumber", key) != key]


def columns(city: Path) -> dict[str, list[str]]:
    rows = ask(city, "civil-affairs", "SELECT sfzh, po_sfzh FROM v_hydj_dsr")
    return {
        "sfzh": [row[0] for row in rows],
        "po_sfzh": [row[1] for row in rows],
        "fund": [row["证件号码"] for row in fund(city)],
    }


def test_exactly_one_key_in_a_hundred_is_dirty(city: Path) -> None:
    for name, keys in columns(city).items():
        assert len(dirty(keys)) == len(keys) // 100, name


def test_every_kind_of_dirt_occurs_equally_often(city: Path) -> None:
    for name, keys in columns(city).items():
        kinds = [kind_of(key) for key in dirty(keys)]
        assert {kinds.count(kind) for kind in DECLARED} == {len(keys) // 400}, name


def test_every_dirty_key_means_a_person_of_the_register(city: Path) -> None:
    people = {number for (number,) in ask(city, "public-security", "SELECT sfzh FROM t_rk_jbxx")}
    for name, keys in columns(city).items():
        assert {normalise("IdNumber", key) for key in keys} <= people, name


def test_every_dirty_key_is_one_of_the_spellings_that_a_look_up_binds(city: Path) -> None:
    for name, keys in columns(city).items():
        for key in dirty(keys):
            canonical = normalise("IdNumber", key)
            assert canonical is not None
            assert key in variants("IdNumber", DECLARED, canonical), (name, kind_of(key))


def test_keys_of_other_departments_are_clean(city: Path) -> None:
    keys = [key for (key,) in ask(city, "human-resources", "SELECT sfzh FROM t_cbxx")]
    assert not dirty(keys)


def test_of_the_fixtures_only_the_own_marriage_row_of_p2_is_dirty(city: Path) -> None:
    spoiled = [key for keys in columns(city).values() for key in dirty(keys)]
    touched = [key for key in spoiled if normalise("IdNumber", key) in FIXTURES]
    assert touched == [f"{P2}  "]
    assert f"{P2}  " in columns(city)["sfzh"]


def test_a_few_days_of_moving_in_are_no_days(city: Path) -> None:
    days = ask(city, "public-security", "SELECT sfzh, qrrq FROM t_rk_hgx")
    broken = [number for number, day in days if normalise("Date", day) is None]
    assert len(broken) == 3
    assert not set(broken) & FIXTURES


def test_a_few_nations_stand_in_no_code_table(city: Path) -> None:
    rows = ask(city, "public-security", "SELECT sfzh FROM t_rk_jbxx WHERE mz NOT BETWEEN '01' AND '56'")
    assert len(rows) == 3
    assert not {number for (number,) in rows} & FIXTURES


def test_every_other_stored_date_has_a_normal_form(city: Path) -> None:
    stored = {
        "public-security": ("SELECT csrq FROM t_rk_jbxx", "SELECT yxqz FROM t_jdc"),
        "civil-affairs": ("SELECT djrq FROM t_hydj",),
        "market-regulation": ("SELECT yxqz FROM t_xkxx", "SELECT clrq FROM t_scztjbxx"),
    }
    for department, queries in stored.items():
        for query in queries:
            days = {day for (day,) in ask(city, department, query)}
            assert all(normalise("Date", day) for day in days), query
