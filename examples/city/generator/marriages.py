"""Marriages and divorces as registered since 1986-03 in this city: one record, two parties."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from generator.people import FIXTURES, P1, P2, Person
from generator.population import Population
from generator.setting import Setting, years_after

ROWS = 3_600
MARRIED, DIVORCED = "1", "2"
COVERED_SINCE = date(1986, 3, 1)
MOST_STANDING = 1_560
OFFICES = {
    "330702": "婺城区民政局婚姻登记处",
    "330782": "义乌市民政局婚姻登记处",
    "330784": "永康市民政局婚姻登记处",
}


@dataclass(frozen=True, slots=True)
class Registration:
    """A marriage or divorce of two people, on a day, at an office."""

    husband: Person
    wife: Person
    kind: str
    day: date
    office: str


@dataclass(frozen=True, slots=True)
class MarriageRecord:
    """A registration with the number it was given."""

    cert_no: str
    registration: Registration


def marriage_records(setting: Setting, population: Population) -> tuple[MarriageRecord, ...]:
    """Return as many records as make `ROWS` party rows per factor, numbered by office and year.

    Couples wed before the coverage, and some who wed elsewhere, stand in no record.
    """
    wanted = ROWS * setting.factor // 2
    standing = _standing(setting, population)
    if (wanted - len(standing)) % 2:
        standing = standing[:-1]
    divorced = _divorced(setting, population, (wanted - len(standing)) // 2)
    return _numbered([*standing, *divorced])


def _standing(setting: Setting, population: Population) -> list[Registration]:
    """Return the marriages in force that the city registered; P1 and P2 come first."""
    chance = setting.chance("marriages")
    first = Registration(P1, P2, MARRIED, date(2016, 5, 20), "330702")
    others = []
    for household in population.households:
        for husband, wife in household.couples:
            children = [
                member.person.birth
                for member in household.members
                if member.person not in (husband, wife) and member.person.birth > wife.birth
            ]
            day = _wedding(husband, wife, min(children, default=None), chance.randint(200, 1_500))
            if COVERED_SINCE <= day < setting.today and husband not in FIXTURES:
                others.append(Registration(husband, wife, MARRIED, day, household.village.county_code))
    most = min(len(others), MOST_STANDING * setting.factor - 1)
    return [first, *(others[place] for place in sorted(chance.sample(range(len(others)), most)))]


def _wedding(husband: Person, wife: Person, child: date | None, days: int) -> date:
    """Return a day on which both were of age (22 and 20), before their first child where that is possible."""
    of_age = max(years_after(husband.birth, 22), years_after(wife.birth, 20))
    if child is None:
        return of_age + timedelta(days)
    return max(of_age, child - timedelta(days))


def _divorced(setting: Setting, population: Population, pairs: int) -> list[Registration]:
    """Return a marriage and a divorce each for pairs of people who now live without the other."""
    chance = setting.chance("divorces")
    alone: dict[bool, list[tuple[date, Person, str]]] = {True: [], False: []}
    for household in population.households:
        head = household.members[0].person
        if not household.couples and head not in FIXTURES and 30 <= head.age(setting.today) <= 58:
            alone[head.male].append((head.birth, head, household.village.county_code))
    for people in alone.values():
        people.sort(key=lambda entry: (entry[0], entry[1].id_no))
    matched = list(zip(alone[True], alone[False], strict=False))
    registrations = []
    for place in sorted(chance.sample(range(len(matched)), pairs)):
        (_, husband, office), (_, wife, _) = matched[place]
        wed = _wedding(husband, wife, None, chance.randint(30, 700))
        lasted = timedelta(chance.randint(400, max(401, (setting.today - wed).days - 30)))
        parted = min(wed + lasted, setting.today - timedelta(1))
        registrations.append(Registration(husband, wife, MARRIED, wed, office))
        registrations.append(Registration(husband, wife, DIVORCED, parted, office))
    return registrations


def _numbered(registrations: list[Registration]) -> tuple[MarriageRecord, ...]:
    def shelf(registration: Registration) -> tuple[str, str, int]:
        letter = "J" if registration.kind == MARRIED else "L"
        return letter, registration.office, registration.day.year

    ordered = sorted(registrations, key=lambda each: (shelf(each), each.day, each.husband.id_no))
    return tuple(
        MarriageRecord(f"{letter}{office}-{year}-{number:06d}", registration)
        for (letter, office, year), shelved in groupby(ordered, key=shelf)
        for number, registration in enumerate(shelved, start=101)
    )
