"""The facts about the fixtures, by plain SQL on each department's store."""

from pathlib import Path

from tests.city.reading import (
    E1,
    E2,
    E6,
    HOME_VILLAGE,
    P1,
    P2,
    P3,
    P4,
    P5,
    P6,
    P7,
    SHELLS,
    U1,
    ask,
    divisions,
    fund,
    medical,
)


def test_the_fixtures_have_their_names(city: Path) -> None:
    names = dict(ask(city, "public-security", "SELECT sfzh, xm FROM t_rk_jbxx"))
    fixed = {P1: "陈志远", P2: "李秋华", P3: "陈小苗", P4: "吴国良", P5: "周建军", P6: "郑阿珍", P7: "何永强"}
    assert {number: names[number] for number in fixed} == fixed
    assert sum(name in fixed.values() for name in names.values()) == len(fixed)


def test_p1_lives_with_wife_and_daughter_in_the_home_village(city: Path) -> None:
    query = """
        SELECT h.sfzh, h.yhzgx, p.xzqh FROM t_rk_hgx h JOIN t_rk_jbxx p ON p.sfzh = h.sfzh
        WHERE h.hh = (SELECT hh FROM t_rk_jbxx WHERE sfzh = ?) ORDER BY h.sfzh
    """
    family = ask(city, "public-security", query, P1)
    assert family == [(P1, "02", HOME_VILLAGE), (P2, "10", HOME_VILLAGE), (P3, "30", HOME_VILLAGE)]


def test_the_home_village_has_its_real_name(city: Path) -> None:
    names = {row["code"]: row["name"] for row in divisions(city)}
    assert names[HOME_VILLAGE] == "桃园社区居委会"
    assert len(names) == 3_456


def test_p1_and_p2_married_once_on_20_may_2016(city: Path) -> None:
    query = """
        SELECT trim(sfzh), po_sfzh, djlb, djrq FROM v_hydj_dsr WHERE ? IN (trim(sfzh), po_sfzh) ORDER BY sfzh
    """
    assert ask(city, "civil-affairs", query, P1) == [
        (P1, P2, "1", "2016-05-20"),
        (P2, P1, "1", "2016-05-20"),
    ]


def test_p1_and_p2_hold_u1_in_halves_mortgaged_once_and_not_seized(city: Path) -> None:
    rights = "SELECT qlrlx, qlrzjh, gybl FROM t_bdcqzs WHERE bdcdyh = ? ORDER BY qlrzjh"
    assert ask(city, "natural-resources", rights, U1) == [("1", P1, "0.5"), ("1", P2, "0.5")]
    unit = "SELECT yt, seized, mortgaged FROM v_bdcdy WHERE bdcdyh = ?"
    assert ask(city, "natural-resources", unit, U1) == [("10", 0, 1)]
    assert ask(city, "natural-resources", "SELECT zt FROM t_dydj WHERE bdcdyh = ?", U1) == [(1,)]
    held = "SELECT bdcdyh FROM t_bdcqzs WHERE qlrzjh = ?"
    assert ask(city, "natural-resources", held, P1) == [(U1,)]


def test_p1_is_insured_by_e6_for_96_months(city: Path) -> None:
    query = "SELECT xzlx, dw_tyshxydm, cbzt, cbrq, ljjfys FROM t_cbxx WHERE sfzh = ? ORDER BY xzlx"
    rows = ask(city, "human-resources", query, P1)
    assert rows[0] == ("10", E6, "1", "2018-07-01", 96)
    assert {employer for _, employer, *_ in rows} == {E6}


def test_p1_has_medical_insurance_in_330702_and_saves_2400_a_month(city: Path) -> None:
    assert [(row["area"], row["state"]) for row in medical(city) if row["idNo"] == P1] == [("330702", "1")]
    saved = [row for row in fund(city) if row["证件号码"].strip() == P1]
    assert [(row["证件号码"], row["月缴存额"], row["单位统一社会信用代码"]) for row in saved] == [
        (P1, "2400.00", E6)
    ]


def test_p4_paid_until_he_reached_retirement_in_october_2025(city: Path) -> None:
    query = "SELECT cbrq, ljjfys, cbzt FROM t_cbxx WHERE sfzh = ? AND xzlx = '10'"
    ((since, months, state),) = ask(city, "human-resources", query, P4)
    last = int(since[:4]) * 12 + int(since[5:7]) - 1 + months - 1
    assert (last // 12, last % 12 + 1, state) == (2025, 10, "2")


def test_p7_represents_the_three_shells_at_one_address_and_nothing_else(city: Path) -> None:
    rows = ask(city, "market-regulation", "SELECT tyshxydm, zs FROM t_scztjbxx WHERE fddbr_sfzh = ?", P7)
    assert {code for code, _ in rows} == set(SHELLS)
    assert len({address for _, address in rows}) == 1


def test_nobody_else_represents_three_enterprises(city: Path) -> None:
    query = "SELECT fddbr_sfzh FROM t_scztjbxx GROUP BY fddbr_sfzh HAVING count(*) > 2"
    assert ask(city, "market-regulation", query) == [(P7,)]


def test_the_shells_insured_nobody_in_twelve_months(city: Path) -> None:
    for shell in SHELLS:
        query = "SELECT count(*), max(cbrs) FROM t_dwcbrs WHERE tyshxydm = ?"
        assert ask(city, "human-resources", query, shell) == [(12, 0)]
        assert ask(city, "human-resources", "SELECT 1 FROM t_cbxx WHERE dw_tyshxydm = ?", shell) == []


def test_every_other_operating_enterprise_insures_somebody(city: Path) -> None:
    operating = {
        code for (code,) in ask(city, "market-regulation", "SELECT tyshxydm FROM t_scztjbxx WHERE djzt = '1'")
    }
    query = "SELECT tyshxydm FROM t_dwcbrs GROUP BY tyshxydm HAVING min(cbrs) = 0"
    empty = {code for (code,) in ask(city, "human-resources", query)}
    assert operating & empty == set(SHELLS)


def test_staff_counts_of_the_last_month_equal_the_insured(city: Path) -> None:
    insured = """
        SELECT dw_tyshxydm, count(*) FROM t_cbxx
        WHERE xzlx = '10' AND cbzt = '1' AND dw_tyshxydm IS NOT NULL GROUP BY dw_tyshxydm
    """
    counted = "SELECT tyshxydm, cbrs FROM t_dwcbrs WHERE ny = '2026-06' AND cbrs > 0"
    assert sorted(ask(city, "human-resources", insured)) == sorted(ask(city, "human-resources", counted))


def test_no_shell_is_rated_above_d(city: Path) -> None:
    grades = dict(ask(city, "development-reform", "SELECT tyshxydm, pjdj FROM t_ggxypj"))
    assert {grades.get(shell) for shell in SHELLS} <= {None, "D", "E"}


def test_e1_has_its_file(city: Path) -> None:
    assert ask(city, "market-regulation", "SELECT count(*) FROM t_xkxx WHERE tyshxydm = ?", E1) == [(2,)]
    results = ask(city, "market-regulation", "SELECT jcjg FROM t_ssj_jcjg WHERE tyshxydm = ?", E1)
    assert sorted(result for (result,) in results) == ["1", "1", "2"]
    assert ask(city, "law-enforcement", "SELECT cfrq FROM t_xzcf_aj WHERE tyshxydm = ?", E1) == [
        ("2026-03-12",)
    ]
    assert ask(city, "development-reform", "SELECT pjdj FROM t_ggxypj WHERE tyshxydm = ?", E1) == [("B",)]


def test_v1_is_a_tanker_of_e2_and_v2_a_car_of_p1(city: Path) -> None:
    query = "SELECT hpzl, syrlx, syrsfzh FROM t_jdc WHERE hphm = ?"
    assert ask(city, "public-security", query, "浙G12345") == [("01", "2", E2)]
    assert ask(city, "public-security", query, "浙GD00107") == [("52", "1", P1)]


def test_p5_works_for_e2(city: Path) -> None:
    query = "SELECT DISTINCT dw_tyshxydm FROM t_cbxx WHERE sfzh = ?"
    assert ask(city, "human-resources", query, P5) == [(E2,)]
