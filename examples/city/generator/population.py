"""The population: households of a handful of plain shapes until every person is placed."""

from dataclasses import dataclass, replace
from datetime import timedelta

from generator import names
from generator.divisions import HOME_VILLAGE, Village
from generator.numbers import IdentityNumbers
from generator.people import (
    DAUGHTER,
    DECEASED,
    FIXTURES,
    HEAD,
    MOVED_OUT,
    PARENT,
    SON,
    SPOUSE,
    Household,
    Member,
    Person,
    fixture_households,
)
from generator.setting import Setting, years_before

PERSONS = 7_050
UNKNOWN_NATION = "97"
UNKNOWN_NATIONS = 3
TINY = ("couple", "family", "single")
SHAPES: tuple[str, ...] = ("single",) * 18 + ("couple",) * 22 + ("family",) * 30
SHAPES += ("larger family",) * 15 + ("three generations",) * 10 + ("single parent",) * 5
MOST = 5


@dataclass(frozen=True, slots=True)
class Population:
    """Everyone, by household."""

    villages: tuple[Village, ...]
    households: tuple[Household, ...]

    @property
    def persons(self) -> tuple[Person, ...]:
        """Return all persons in the order of their households."""
        return tuple(member.person for household in self.households for member in household.members)

    @property
    def strangers(self) -> tuple[Person, ...]:
        """Return all persons but the fixtures."""
        return tuple(person for person in self.persons if person not in FIXTURES)


def populate(setting: Setting, villages: tuple[Village, ...]) -> Population:
    """Return exactly `PERSONS` people per factor in about 2,600 households, the fixtures among them.

    Three villages get one small household only, so that small cells exist; the home village of
    the fixtures gets more than its share.
    """
    births = _Births(setting)
    households = list(fixture_households(villages))
    peopled = {household.village.code for household in households}
    tiny = [village for village in villages if village.code not in peopled][:: len(TINY) + 1][: len(TINY)]
    large = [village for village in villages if village not in tiny]
    large += [village for village in villages if village.code == HOME_VILLAGE]
    places = [*zip(tiny, TINY, strict=True)]
    left = PERSONS * setting.factor - len(FIXTURES)
    while left:
        shape = births.chance.choice(SHAPES) if left > MOST else "single"
        village, shape = places.pop() if places else (births.chance.choice(large), shape)
        household = births.household(village, shape, f"{village.county_code}{len(households) + 10:08d}")
        households.append(household)
        left -= len(household.members)
    return Population(villages, _with_unknown_nations(tuple(households)))


def _with_unknown_nations(households: tuple[Household, ...]) -> tuple[Household, ...]:
    """Return the households with a nation that no code table knows in the last few of them."""
    changed = [
        replace(household, members=(_of_unknown_nation(household.members[0]), *household.members[1:]))
        for household in households[-UNKNOWN_NATIONS:]
    ]
    return (*households[:-UNKNOWN_NATIONS], *changed)


def _of_unknown_nation(member: Member) -> Member:
    return replace(member, person=replace(member.person, nation=UNKNOWN_NATION))


class _Births:
    """Brings households into being, one after another."""

    def __init__(self, setting: Setting) -> None:
        self.chance = setting.chance("population")
        self._today = setting.today
        self._numbers = IdentityNumbers(frozenset(person.id_no for person in FIXTURES))
        self._taken_names = {person.name for person in FIXTURES}

    def household(self, village: Village, shape: str, number: str) -> Household:
        """Return one household of a shape, living at a door of its village."""
        chance = self.chance
        door = f"{chance.randint(1, 88)}幢{chance.randint(1, 4)}单元"
        door += f"{chance.randint(1, 18)}0{chance.randint(1, 4)}室"
        if "村" in village.place[-2:]:
            door = f"{chance.randint(1, 399)}号"
        people, couples = self._people(shape)
        since = min(chance.randint(200, 9_000), *(self._days_lived(person) for person, _ in people[:1]))
        members = tuple(
            Member(person, relation, self._today - timedelta(min(since, self._days_lived(person))))
            for person, relation in people
        )
        return Household(number, village, village.place + door, members, couples)

    def _days_lived(self, person: Person) -> int:
        return (self._today - person.birth).days

    def _people(self, shape: str) -> tuple[list[tuple[Person, str]], tuple[tuple[Person, Person], ...]]:
        """Return the people of a shape with their relations, the head first, and its couples."""
        chance = self.chance
        if shape == "single":
            return [(self._person(chance.randint(18, 92), male=chance.random() < 0.5), HEAD)], ()
        if shape == "single parent":
            parent = self._person(chance.randint(27, 55), male=chance.random() < 0.3)
            return [(parent, HEAD), self._child(parent)], ()
        age = chance.choice((chance.randint(23, 33), chance.randint(50, 88)))
        if shape != "couple":
            age = chance.randint(26, 56)
        husband, wife = self._couple(age)
        people = [(husband, HEAD), (wife, SPOUSE)]
        couples = [(husband, wife)]
        children = {"couple": 0, "larger family": 2}.get(shape, 1)
        people += [self._child(husband) for _ in range(children)]
        if shape == "three generations":
            grandparents = self._couple(min(92, husband.age(self._today) + chance.randint(23, 30)), husband)
            people += [(person, PARENT) for person in grandparents[: chance.randint(1, 2)]]
            couples += [grandparents] if len(people) == MOST else []
        return people, tuple(couples)

    def _couple(self, age: int, child: Person | None = None) -> tuple[Person, Person]:
        """Return husband and wife of about an age; the husband of a child's parents has its surname."""
        family = None if child is None else self._surname_of(child)
        husband = self._person(age, male=True, family=family)
        return husband, self._person(max(21, age + self.chance.randint(-4, 2)), male=False)

    def _child(self, parent: Person) -> tuple[Person, str]:
        age = max(0, parent.age(self._today) - self.chance.randint(23, 32))
        male = self.chance.random() < 0.52
        child = self._person(min(age, 27), male=male, family=self._surname_of(parent))
        return child, SON if male else DAUGHTER

    @staticmethod
    def _surname_of(person: Person) -> str | None:
        if "·" in person.name:
            return None
        return person.name[:2] if person.name[:2] in names.DOUBLE_SURNAMES else person.name[:1]

    def _person(self, age: int, *, male: bool, family: str | None = None) -> Person:
        birth = years_before(self._today, age) - timedelta(self.chance.randint(0, 364))
        nation = self.chance.choice(names.NATIONS)
        status = self.chance.choices((None, DECEASED, MOVED_OUT), (992, 5, 3))[0]
        return Person(
            self._numbers.draw(self.chance, birth, male=male),
            self._name(family, nation, male=male),
            male,
            birth,
            nation,
            **({} if status is None else {"status": status}),
        )

    def _name(self, family: str | None, nation: str, *, male: bool) -> str:
        if nation == names.UYGHUR_NATION and family is None:
            return names.uyghur_name(self.chance, male=male)
        while True:
            name = (family or names.surname(self.chance)) + names.given_name(self.chance, male=male)
            if name not in self._taken_names:
                return name
