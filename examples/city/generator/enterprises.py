"""Enterprises: the six of the fixtures, and others whose names and numbers are made by chance."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generator import names
from generator.divisions import Village
from generator.numbers import credit_code
from generator.people import P7, Person
from generator.population import Population
from generator.setting import Setting

ENTERPRISES = 1_500
LIMITED, JOINT_STOCK, INDIVIDUAL, COOPERATIVE = "1", "2", "3", "4"
OPERATING, REVOKED, CANCELLED = "1", "2", "3"
FORMS = {
    LIMITED: ("91", "有限公司"),
    JOINT_STOCK: ("91", "股份有限公司"),
    INDIVIDUAL: ("92", "经营部"),
    COOPERATIVE: ("93", "专业合作社"),
}
E1, E2 = "91330799T0000001XP", "91330799T00000028P"
E3, E4, E5 = "91330799T00000036J", "91330799T00000044D", "91330799T000000528"
E6 = "91330799T000000603"
SHELLS = (E3, E4, E5)
FIXTURE_CODES = (E1, E2, *SHELLS, E6)
SHARED_HEADS = 60
SHELL_DOOR = "稠州北路188号商务楼601室"


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An entity of the market register."""

    uscc: str
    name: str
    kind: str
    capital: int
    established: date
    address: str
    division: str
    scope: str
    state: str
    representative: Person
    phone: str


def enterprises(setting: Setting, population: Population) -> tuple[Enterprise, ...]:
    """Return `ENTERPRISES` per factor, the fixtures first; nobody but P7 represents more than two."""
    chance = setting.chance("enterprises")
    adults = [person for person in population.strangers if person.age(setting.today) in range(20, 75)]
    shared = SHARED_HEADS * setting.factor
    heads = chance.sample(adults, ENTERPRISES * setting.factor - len(SHELLS) - shared)
    heads += chance.sample(heads[3:], shared)
    made = list(_fixtures(population, heads[:3]))
    taken = {enterprise.name for enterprise in made}
    for number, head in enumerate(heads[3:], start=1_001):
        enterprise = _made(setting, chance, population, (number, head))
        while enterprise.name in taken:
            enterprise = _made(setting, chance, population, (number, head))
        taken.add(enterprise.name)
        made.append(enterprise)
    return tuple(made)


def _fixtures(population: Population, heads: list[Person]) -> tuple[Enterprise, ...]:
    """Return E1 to E6; the three shells share one representative, one address and one telephone."""
    by_county = {village.county_code: village for village in population.villages}
    jinhua, yiwu, yongkang = (by_county[code] for code in ("330702", "330782", "330784"))
    plain = (
        (E1, "金华恒源化工有限公司", 30_000_000, date(2006, 4, 18), jinhua, "危险化学品生产、储存、销售"),
        (E2, "义乌捷运危化品运输有限公司", 12_000_000, date(2013, 9, 2), yiwu, "危险货物道路运输"),
        (E6, "永康五金有限公司", 20_000_000, date(2009, 6, 25), yongkang, "五金制品制造、销售"),
    )
    first, second, last = (
        Enterprise(
            uscc,
            name,
            LIMITED,
            capital,
            established,
            f"{village.place}工业路{len(name)}号",
            village.code,
            scope,
            OPERATING,
            head,
            f"1990799010{place}",
        )
        for place, ((uscc, name, capital, established, village, scope), head) in enumerate(
            zip(plain, heads, strict=True), start=1
        )
    )
    return (first, second, *_shells(yiwu), last)


def _shells(yiwu: Village) -> tuple[Enterprise, ...]:
    return tuple(
        Enterprise(
            uscc,
            f"义乌{name}商贸有限公司",
            LIMITED,
            5_000_000,
            date(2024, 11, day),
            f"{yiwu.place}{SHELL_DOOR}",
            yiwu.code,
            "日用百货批发,货物进出口",
            OPERATING,
            P7,
            "19907990345",
        )
        for uscc, name, day in zip(SHELLS, ("云岚", "云岫", "云岭"), (4, 11, 18), strict=True)
    )


def _made(
    setting: Setting, chance: Random, population: Population, numbered: tuple[int, Person]
) -> Enterprise:
    number, head = numbered
    village: Village = chance.choice(population.villages)
    kind = chance.choices((LIMITED, JOINT_STOCK, INDIVIDUAL, COOPERATIVE), (70, 3, 22, 5))[0]
    trade, scope = chance.choice(names.TRADES)
    brand = chance.choice(names.BRANDS_FIRST) + chance.choice(names.BRANDS_SECOND)
    prefix, form = FORMS[kind]
    town = village.county.rstrip("市区").replace("婺城", "金华")
    return Enterprise(
        credit_code(prefix, f"T{number:07d}"),
        f"{town}{brand}{trade}{form}",
        kind,
        chance.choice((100_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 50_000_000)),
        setting.today - timedelta(chance.randint(120, 9_000)),
        f"{village.place}{names.road(chance)}{chance.randint(1, 999)}号",
        village.code,
        scope,
        chance.choices((OPERATING, REVOKED, CANCELLED), (95, 2, 3))[0],
        head,
        f"199079{chance.randint(20_000, 99_999)}",
    )
