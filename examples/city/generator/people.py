"""A person, a household, and the people of the fixtures."""

from dataclasses import dataclass
from datetime import date

from generator.divisions import HOME_VILLAGE, Village

HEAD, SPOUSE, SON, DAUGHTER, PARENT = "02", "10", "20", "30", "50"
NORMAL, DECEASED, MOVED_OUT = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the population register."""

    id_no: str
    name: str
    male: bool
    birth: date
    nation: str = "01"
    status: str = NORMAL

    def age(self, today: date) -> int:
        """Return the completed years of life."""
        return today.year - self.birth.year - ((today.month, today.day) < (self.birth.month, self.birth.day))


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a household, and the day of moving in."""

    person: Person
    relation: str
    moved_in: date


@dataclass(frozen=True, slots=True)
class Household:
    """People under one number at one address; each couple is husband and wife."""

    number: str
    village: Village
    address: str
    members: tuple[Member, ...]
    couples: tuple[tuple[Person, Person], ...] = ()


def fixture(id_no: str, name: str, *, male: bool) -> Person:
    """Return a fixture; its birth day stands in its number."""
    return Person(id_no, name, male, date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14])))


P1 = fixture("330799199003071013", "陈志远", male=True)
P2 = fixture("330799199105221027", "李秋华", male=False)
P3 = fixture("330799201809011044", "陈小苗", male=False)
P4 = fixture("330799196508101050", "吴国良", male=True)
P5 = fixture("330799198201151079", "周建军", male=True)
P6 = fixture("330799194002031068", "郑阿珍", male=False)
P7 = fixture("330799197506301096", "何永强", male=True)
FIXTURES = (P1, P2, P3, P4, P5, P6, P7)


def fixture_households(villages: tuple[Village, ...]) -> tuple[Household, ...]:
    """Return the family of P1 and the households of P4 to P7, who live alone."""
    home = next(village for village in villages if village.code == HOME_VILLAGE)
    elsewhere = {code: next(v for v in villages if v.county_code == code) for code in ("330782", "330784")}
    family = Household(
        "33070200000001",
        home,
        f"{home.place}12幢2单元301室",
        (
            Member(P1, HEAD, date(2016, 9, 1)),
            Member(P2, SPOUSE, date(2016, 9, 1)),
            Member(P3, DAUGHTER, date(2018, 9, 20)),
        ),
        ((P1, P2),),
    )
    alone = ((P4, home), (P5, elsewhere["330782"]), (P6, elsewhere["330784"]), (P7, elsewhere["330782"]))
    return (
        family,
        *(
            Household(
                f"{village.county_code}0000000{place}",
                village,
                f"{village.place}{place}号",
                (Member(person, HEAD, date(2008, 5, 12)),),
            )
            for place, (person, village) in enumerate(alone, start=4)
        ),
    )
