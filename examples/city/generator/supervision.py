"""What supervision knows of enterprises: officers, licences, abnormal entries, inspections, grades, cases."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

from generator import names
from generator.enterprises import COOPERATIVE, E1, E2, E3, E4, E5, E6, FIXTURE_CODES, INDIVIDUAL, Enterprise
from generator.population import Population
from generator.setting import Setting

Rows = list[tuple[object, ...]]
PASSED, FAILED, RECTIFIED = "1", "2", "3"
LICENCES = ("食品经营许可证", "排污许可证", "道路运输经营许可证", "特种设备使用登记证", "工业产品生产许可证")
REASONS = (
    "未按规定公示年度报告",
    "通过登记的住所或者经营场所无法联系",
    "公示信息隐瞒真实情况、弄虚作假",
)
ITEMS = ("登记事项检查", "消防安全检查", "产品质量抽查", "安全生产检查", "广告行为检查", "计量器具检查")
CAUSES = ("占道经营", "擅自设置户外广告", "未按规定处置建筑垃圾", "违法搭建", "未取得排水许可排放污水")


def officers(setting: Setting, population: Population, register: Sequence[Enterprise]) -> Rows:
    """Return one to three shareholders and officers per enterprise; its representative is the first."""
    chance = setting.chance("officers")
    adults = [person for person in population.strangers if person.age(setting.today) >= 20]
    rows: Rows = []
    for enterprise in register:
        most = 1 if enterprise.kind == INDIVIDUAL or enterprise.uscc in FIXTURE_CODES else 3
        others = chance.sample(adults, chance.randint(1, most) - 1)
        people = [enterprise.representative, *(each for each in others if each != enterprise.representative)]
        rest = 100 - 15 * (len(people) - 1)
        for number, person in enumerate(people, start=1):
            role = "执行董事" if number == 1 else chance.choice(("股东", "监事", "经理"))
            ratio = f"{rest if number == 1 else 15}.00"
            rows.append((enterprise.uscc, number, person.id_no, person.name, role, ratio))
    return rows


def licences(setting: Setting, register: Sequence[Enterprise]) -> Rows:
    """Return licences; E1 holds two, E2 the one for dangerous goods."""
    chance = setting.chance("licences")
    rows: Rows = [
        ("浙金危化经字〔2024〕000011", E1, "危险化学品经营许可证", "2027/05/31"),
        ("浙金排污〔2023〕000027", E1, "排污许可证", "2028/11/14"),
        ("浙交运管许可危字〔2023〕000035", E2, "危险货物道路运输经营许可证", "2027/08/19"),
        ("浙永质〔2024〕000041", E6, "工业产品生产许可证", "2029/03/02"),
    ]
    for number, enterprise in enumerate(_others(register), start=101):
        for place in range(chance.choice((0, 0, 1, 1, 2))):
            until = setting.today + timedelta(chance.randint(-400, 1_500))
            licence = f"浙许〔{until.year - 5}〕{number:06d}-{place}"
            rows.append((licence, enterprise.uscc, chance.choice(LICENCES), f"{until:%Y/%m/%d}"))
    return rows


def abnormal_entries(setting: Setting, register: Sequence[Enterprise]) -> Rows:
    """Return entries of one enterprise in twelve, half of them removed again."""
    chance = setting.chance("abnormal entries")
    rows: Rows = []
    for number, enterprise in enumerate(_others(register), start=1):
        if chance.random() < 1 / 12:
            entered = setting.today - timedelta(chance.randint(60, 1_200))
            removed = entered + timedelta(chance.randint(20, 400))
            shown = removed.isoformat() if removed < setting.today and chance.random() < 0.6 else None
            record = f"YC{entered.year}{number:06d}"
            rows.append((record, enterprise.uscc, chance.choice(REASONS), entered.isoformat(), shown))
    return rows


def inspections(setting: Setting, register: Sequence[Enterprise]) -> Rows:
    """Return inspections drawn at random; E1 had three, one of them failed."""
    chance = setting.chance("inspections")
    rows: Rows = [
        ("SSJ2025000011", E1, "安全生产检查", "2025-09-17", PASSED, "方志明"),
        ("SSJ2026000004", E1, "危险化学品储存检查", "2026-01-21", FAILED, "钱建业"),
        ("SSJ2026000019", E1, "危险化学品储存检查", "2026-04-09", PASSED, "钱建业"),
        ("SSJ2026000021", E6, "产品质量抽查", "2026-03-18", PASSED, "方志明"),
    ]
    for number, enterprise in enumerate(_others(register), start=101):
        for place in range(chance.choice((0, 0, 1, 1, 2))):
            day = setting.today - timedelta(chance.randint(1, 900))
            result = chance.choices((PASSED, FAILED, RECTIFIED), (86, 8, 6))[0]
            record = f"SSJ{day.year}{number:06d}{place}"
            rows.append(
                (record, enterprise.uscc, chance.choice(ITEMS), day.isoformat(), result, _official(chance))
            )
    return rows


def credit_ratings(setting: Setting, register: Sequence[Enterprise]) -> Rows:
    """Return grades; E1 is a B, E6 an A, the shells no better than D, and some enterprises have none."""
    chance = setting.chance("credit ratings")
    rated = f"{setting.today.replace(day=1) - timedelta(30):%Y-%m-%d}"
    scores = {E1: 812, E2: 866, E3: 498, E4: 431, E5: 512, E6: 937}
    for enterprise in _others(register):
        if chance.random() < 0.93:
            scores[enterprise.uscc] = min(990, max(300, round(chance.gauss(815, 95))))
    return [(uscc, _grade(score), score, rated) for uscc, score in scores.items()]


def enforcement_cases(setting: Setting, register: Sequence[Enterprise]) -> Rows:
    """Return decided cases; the one of E1 was decided on 2026-03-12."""
    chance = setting.chance("enforcement cases")
    rows: Rows = [
        (
            "金综执罚决字〔2026〕第000012号",
            E1,
            "未按规定处置危险废物",
            "罚款人民币50000元",
            "2026-03-12",
            "孙立群",
        )
    ]
    for number, enterprise in enumerate(_others(register), start=101):
        if enterprise.kind != COOPERATIVE and chance.random() < 0.14:
            day: date = setting.today - timedelta(chance.randint(1, 1_400))
            fine = chance.choice((200, 500, 1_000, 2_000, 5_000, 10_000))
            case = f"金综执罚决字〔{day.year}〕第{number:06d}号"
            decision = f"罚款人民币{fine}元"
            rows.append(
                (case, enterprise.uscc, chance.choice(CAUSES), decision, day.isoformat(), _official(chance))
            )
    return rows


def _others(register: Sequence[Enterprise]) -> Iterable[Enterprise]:
    """Return the enterprises about which the fixtures fix nothing."""
    return (enterprise for enterprise in register if enterprise.uscc not in FIXTURE_CODES)


def _official(chance: Random) -> str:
    return names.surname(chance) + names.given_name(chance, male=chance.random() < 0.6)


def _grade(score: int) -> str:
    for grade, least in (("A", 900), ("B", 780), ("C", 650), ("D", 480)):
        if score >= least:
            return grade
    return "E"
