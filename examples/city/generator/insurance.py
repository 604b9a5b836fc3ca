"""Who is insured by which employer, how many people an enterprise insures, and who saves for a home."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from generator.enterprises import E1, E2, E6, OPERATING, SHELLS, Enterprise
from generator.people import P1, P2, P4, P5, Person
from generator.population import Population
from generator.setting import Setting

ROWS = 15_000
MEDICAL_ROWS = 6_500
FUND_ROWS = 4_000
MONTHS = 12
PENSION, UNEMPLOYMENT, WORK_INJURY, ANNUITY = "10", "20", "30", "40"
PARTICIPATING, SUSPENDED, TERMINATED = "1", "2", "3"
EMPLOYEES_AT_LEAST = {E1: 28, E2: 14, E6: 24}


@dataclass(frozen=True, slots=True)
class Insured:
    """One person's insurance of one kind; without an employer the person pays alone."""

    id_no: str
    kind: str
    employer: str
    basis: int
    state: str
    since: date
    months_paid: int


def months(today: date) -> tuple[str, ...]:
    """Return the last twelve months, the oldest first, such as `2026-06`."""
    last = today.year * 12 + today.month - 1
    return tuple(f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - MONTHS + 1, last + 1))


def employers(
    setting: Setting, population: Population, register: Sequence[Enterprise]
) -> Mapping[Person, str]:
    """Return who works where: every operating enterprise but the shells has at least one employee."""
    chance = setting.chance("employers")
    open_ones = [each.uscc for each in register if each.state == OPERATING and each.uscc not in SHELLS]
    able = [person for person in population.strangers if 18 <= person.age(setting.today) < 60]
    seats = [*open_ones, *(code for code, number in EMPLOYEES_AT_LEAST.items() for _ in range(number - 1))]
    employed = chance.sample(able, max(len(seats), int(len(able) * 0.8)))
    sizes = [chance.paretovariate(1.1) for _ in open_ones]
    seats += chance.choices(open_ones, sizes, k=len(employed) - len(seats))
    known = {P1: E6, P2: E6, P5: E2}
    return {**known, **dict(zip(employed, seats, strict=True))}


def insured(setting: Setting, population: Population, employed: Mapping[Person, str]) -> tuple[Insured, ...]:
    """Return `ROWS` per factor: three kinds for employees, the pension alone for others, annuities."""
    chance = setting.chance("insured")
    rows = [*_fixtures()]
    wanted = ROWS * setting.factor
    workers = [(person, code) for person, code in employed.items() if person not in (P1, P4)]
    amounts = {person.id_no: chance.randrange(4_462, 24_931, 10) for person, _ in workers}
    for person, code in workers:
        since = _since(setting, chance, person)
        kinds = (PENSION, UNEMPLOYMENT, WORK_INJURY)
        rows += [_row(setting, (person, kind, code), amounts[person.id_no], since) for kind in kinds]
    known = {row.id_no for row in rows}
    others = [
        person
        for person in population.strangers
        if person.age(setting.today) >= 18 and person.id_no not in known
    ]
    alone = chance.sample(others, min(len(others), wanted - len(rows)))
    for person in alone:
        state = chance.choice((PARTICIPATING, SUSPENDED, TERMINATED))
        rows.append(_row(setting, (person, PENSION, ""), 4_462, _since(setting, chance, person), state))
    for person, code in chance.sample(workers, wanted - len(rows)):
        since = _since(setting, chance, person)
        rows.append(_row(setting, (person, ANNUITY, code), amounts[person.id_no], since))
    return tuple(rows)


def _fixtures() -> tuple[Insured, ...]:
    """Return P1, insured for 96 months by E6, and P4, who paid until he reached retirement in 2025-10."""
    return (
        Insured(P1.id_no, PENSION, E6, 10_000, PARTICIPATING, date(2018, 7, 1), 96),
        Insured(P1.id_no, UNEMPLOYMENT, E6, 10_000, PARTICIPATING, date(2018, 7, 1), 96),
        Insured(P1.id_no, WORK_INJURY, E6, 10_000, PARTICIPATING, date(2018, 7, 1), 96),
        Insured(P4.id_no, PENSION, "", 6_200, SUSPENDED, date(1990, 11, 1), 420),
    )


def _since(setting: Setting, chance: Random, person: Person) -> date:
    """Return the first of a month between the age of eighteen and last month."""
    span = max(1, (person.age(setting.today) - 18) * 12)
    month = setting.today.year * 12 + setting.today.month - 1 - chance.randint(1, min(span, 360))
    return date(month // 12, month % 12 + 1, 1)


def _row(
    setting: Setting, whom: tuple[Person, str, str], basis: int, since: date, state: str = PARTICIPATING
) -> Insured:
    person, kind, employer = whom
    paid = (setting.today.year - since.year) * 12 + setting.today.month - since.month + 1
    if state != PARTICIPATING:
        paid = paid * 2 // 3
    return Insured(person.id_no, kind, employer, basis, state, since, paid)


def staff_counts(
    setting: Setting, register: Sequence[Enterprise], rows: Sequence[Insured]
) -> tuple[tuple[str, str, int], ...]:
    """Return enterprise, month and people insured; the last month equals the insurance rows."""
    chance = setting.chance("staff counts")
    now = Counter(row.employer for row in rows if row.kind == PENSION and row.state == PARTICIPATING)
    counts = []
    for enterprise in register:
        staff = now[enterprise.uscc]
        history = [staff]
        for _ in range(MONTHS - 1):
            change = chance.choice((-1, 0, 0, 0, 0, 0, 1)) if staff else 0
            history.append(max(1, history[-1] + change) if staff else 0)
        counts += [
            (enterprise.uscc, month, count)
            for month, count in zip(months(setting.today), reversed(history), strict=True)
        ]
    return tuple(counts)


def medical(setting: Setting, population: Population) -> list[dict[str, str]]:
    """Return `MEDICAL_ROWS` per factor, as the medical insurance system hands them out."""
    chance = setting.chance("medical")
    county = {
        member.person.id_no: household.village.county_code
        for household in population.households
        for member in household.members
    }
    chosen = chance.sample(population.strangers, MEDICAL_ROWS * setting.factor - 3)
    states = {person.id_no: chance.choices("123", (94, 4, 2))[0] for person in chosen}
    states |= {P1.id_no: PARTICIPATING, P2.id_no: PARTICIPATING, P4.id_no: PARTICIPATING}
    return [
        {
            "idNo": id_no,
            "area": county[id_no],
            "state": state,
            "balance": f"{chance.randint(0, 999_999) / 100:.2f}",
        }
        for id_no, state in sorted(states.items())
    ]


def fund(
    setting: Setting, population: Population, employed: Mapping[Person, str]
) -> list[tuple[str, str, str, str, str]]:
    """Return `FUND_ROWS` per factor: number, employer, monthly, balance, account; P1 saves 2,400 a month."""
    chance = setting.chance("fund")
    members = [(person, code) for person, code in employed.items() if person is not P1]
    free = [
        (person, "")
        for person in population.strangers
        if person not in employed and 18 <= person.age(setting.today) < 65
    ]
    wanted = FUND_ROWS * setting.factor - 1
    members = chance.sample(members, wanted) if len(members) > wanted else members
    members += chance.sample(free, wanted - len(members))
    rows = [(P1.id_no, E6, "2400.00", "86213.55", _account(0))]
    for number, (person, code) in enumerate(sorted(members, key=lambda each: each[0].id_no), start=1):
        monthly = 0 if chance.random() < 0.03 else chance.randrange(300, 6_001, 10)
        balance = f"{chance.randint(0, 30_000_000) / 100:.2f}"
        rows.append((person.id_no, code, f"{monthly}.00", balance, _account(number)))
    return rows


def _account(number: int) -> str:
    return f"6228330799{number:09d}"
