"""The city is the same every time, of the promised size, and made of numbers nobody can hold."""

import json
import subprocess
import sys
from pathlib import Path

from schema.types import valid_credit_code, valid_id_number
from tests.city.conftest import generate
from tests.city.reading import CITY, HOME_VILLAGE, ask, divisions, dump, fund, medical

STORES = (
    "civil-affairs",
    "development-reform",
    "human-resources",
    "law-enforcement",
    "market-regulation",
    "natural-resources",
    "public-security",
)
FILES = (
    "housing-fund/housing-fund.csv",
    "big-data/divisions.csv",
    "medical-insurance/medical-insurance.json",
    "city.json",
)


def test_two_runs_write_the_same_content(city: Path, same_city: Path) -> None:
    for store in STORES:
        assert dump(city / store / f"{store}.db") == dump(same_city / store / f"{store}.db"), store
    for name in FILES:
        assert (city / name).read_bytes() == (same_city / name).read_bytes(), name


def test_nothing_but_the_promised_files_is_left(city: Path) -> None:
    written = {str(path.relative_to(city)) for path in city.rglob("*") if path.is_file()}
    assert written == {*(f"{store}/{store}.db" for store in STORES), *FILES}


def test_a_city_is_marked_whole_by_a_file_that_says_its_scale_and_day(city: Path) -> None:
    assert json.loads((city / "city.json").read_text()) == {"scale": "S", "today": "2026-06-30"}


def test_another_day_moves_the_months_of_staff_counts(tmp_path: Path) -> None:
    later = generate(tmp_path, "--today", "2026-09-15")
    (span,) = ask(later, "human-resources", "SELECT min(ny), max(ny), count(DISTINCT ny) FROM t_dwcbrs")
    assert span == ("2025-10", "2026-09", 12)


def test_an_unknown_scale_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, str(CITY / "generate.py"), "--target", str(tmp_path / "none"), "--scale", "XL"]
    assert subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 2
    assert not (tmp_path / "none").exists()


def test_the_city_has_its_size(city: Path) -> None:
    counts = {
        ("public-security", "t_rk_jbxx"): 7_050,
        ("public-security", "t_rk_hgx"): 7_050,
        ("civil-affairs", "v_hydj_dsr"): 3_600,
        ("human-resources", "t_cbxx"): 15_000,
        ("human-resources", "t_dwcbrs"): 18_000,
        ("market-regulation", "t_scztjbxx"): 1_500,
        ("natural-resources", "v_bdcdy"): 2_700,
    }
    for (department, table), count in counts.items():
        assert ask(city, department, f"SELECT count(*) FROM {table}") == [(count,)], table
    assert len(fund(city)) == 4_000
    assert len(medical(city)) == 6_500
    ((households,),) = ask(city, "public-security", "SELECT count(DISTINCT hh) FROM t_rk_jbxx")
    assert 2_500 <= households <= 2_700


def test_every_identity_number_is_valid_and_in_an_area_that_does_not_exist(city: Path) -> None:
    numbers = [number for (number,) in ask(city, "public-security", "SELECT sfzh FROM t_rk_jbxx")]
    assert len(set(numbers)) == len(numbers)
    assert all(valid_id_number(number) and number.startswith("330799") for number in numbers)


def test_every_credit_code_is_valid_and_in_an_area_that_does_not_exist(city: Path) -> None:
    codes = [code for (code,) in ask(city, "market-regulation", "SELECT tyshxydm FROM t_scztjbxx")]
    assert len(set(codes)) == len(codes)
    assert all(valid_credit_code(code) and code[2:8] == "330799" for code in codes)


def test_sex_and_birth_stand_in_the_identity_number(city: Path) -> None:
    rows = ask(city, "public-security", "SELECT sfzh, xb, csrq FROM t_rk_jbxx")
    assert all(number[6:14] == birth for number, _, birth in rows)
    assert all((int(number[16]) % 2 == 1) == (sex == "1") for number, sex, _ in rows)


def test_people_live_in_about_thirty_real_villages_of_three_counties(city: Path) -> None:
    real = {row["code"]: row for row in divisions(city)}
    people = dict(ask(city, "public-security", "SELECT xzqh, count(*) FROM t_rk_jbxx GROUP BY xzqh"))
    assert 27 <= len(people) <= 33
    assert len({code[:6] for code in people}) == 3
    assert all(real[code]["level"] == "village" for code in people)
    assert people[HOME_VILLAGE] >= 60
    assert sum(count < 5 for count in people.values()) >= 3


def test_every_address_stands_in_its_village(city: Path) -> None:
    real = {row["code"]: row["name"] for row in divisions(city)}
    rows = ask(city, "public-security", "SELECT xzqh, hjdz FROM t_rk_jbxx")
    assert all(f"{real[code[:6]]}{real[code[:9]]}" in address for code, address in rows)


def test_every_key_that_points_at_a_person_or_an_enterprise_finds_one(city: Path) -> None:
    people = {number for (number,) in ask(city, "public-security", "SELECT sfzh FROM t_rk_jbxx")}
    codes = {code for (code,) in ask(city, "market-regulation", "SELECT tyshxydm FROM t_scztjbxx")}
    pointing = {
        ("human-resources", "SELECT sfzh FROM t_cbxx"): people,
        ("human-resources", "SELECT dw_tyshxydm FROM t_cbxx WHERE dw_tyshxydm IS NOT NULL"): codes,
        ("market-regulation", "SELECT fddbr_sfzh FROM t_scztjbxx"): people,
        ("market-regulation", "SELECT sfzh FROM t_gdgg"): people,
        ("natural-resources", "SELECT qlrzjh FROM t_bdcqzs WHERE qlrlx = '1'"): people,
        ("natural-resources", "SELECT qlrzjh FROM t_bdcqzs WHERE qlrlx = '2'"): codes,
        ("public-security", "SELECT syrsfzh FROM t_jdc WHERE syrlx = '1'"): people,
        ("public-security", "SELECT syrsfzh FROM t_jdc WHERE syrlx = '2'"): codes,
        ("development-reform", "SELECT tyshxydm FROM t_ggxypj"): codes,
        ("law-enforcement", "SELECT tyshxydm FROM t_xzcf_aj"): codes,
    }
    for (department, query), known in pointing.items():
        found = {key for (key,) in ask(city, department, query)}
        assert found, query
        assert found <= known, query


def test_shares_in_a_unit_make_one(city: Path) -> None:
    rows = ask(city, "natural-resources", "SELECT sum(gybl) FROM t_bdcqzs GROUP BY bdcdyh")
    assert len(rows) == 2_700
    assert {total for (total,) in rows} == {1.0}


def test_a_unit_is_seized_or_mortgaged_only_while_a_record_is_active(city: Path) -> None:
    query = """
        SELECT d.seized, EXISTS (SELECT 1 FROM t_cfdj c WHERE c.bdcdyh = d.bdcdyh AND c.zt = 1),
               d.mortgaged, EXISTS (SELECT 1 FROM t_dydj m WHERE m.bdcdyh = d.bdcdyh AND m.zt = 1)
        FROM v_bdcdy d
    """
    rows = ask(city, "natural-resources", query)
    assert all(row[0] == row[1] and row[2] == row[3] for row in rows)
    assert {row[0] for row in rows} == {row[2] for row in rows} == {0, 1}
    assert ask(city, "natural-resources", "SELECT count(*) FROM t_cfdj WHERE zt = 0") != [(0,)]


def test_nobody_marries_too_young_or_before_the_coverage(city: Path) -> None:
    births = dict(ask(city, "public-security", "SELECT sfzh, csrq FROM t_rk_jbxx"))
    wed = ask(city, "civil-affairs", "SELECT sfzh, djrq FROM v_hydj_dsr WHERE djlb = '1'")
    known = [(births[key], day) for key, day in wed if key in births]
    assert len(known) > 3_000
    assert all(int(day[:4]) - int(birth[:4]) >= 20 for birth, day in known)
    assert all("1986-03-01" <= day <= "2026-06-30" for _, day in known)


def test_look_ups_use_an_index_of_the_store(city: Path) -> None:
    looked_up = {
        "public-security": ("t_rk_jbxx", "sfzh"),
        "civil-affairs": ("v_hydj_dsr", "sfzh"),
        "human-resources": ("t_cbxx", "sfzh"),
        "natural-resources": ("t_bdcqzs", "qlrzjh"),
        "market-regulation": ("t_xkxx", "tyshxydm"),
    }
    for department, (table, column) in looked_up.items():
        query = f"SELECT * FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
        plan = " ".join(str(row[3]) for row in ask(city, department, f"EXPLAIN QUERY PLAN {query}", "[]"))
        assert f"({column}=?)" in plan, plan
