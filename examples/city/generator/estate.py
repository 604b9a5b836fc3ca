"""Homes and premises, who holds them, and what burdens them; and the vehicles people and enterprises own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from generator.enterprises import E2, FIXTURE_CODES, Enterprise
from generator.numbers import AREA, vehicle_number
from generator.people import FIXTURES, P1, P2, Household
from generator.population import Population
from generator.setting import Setting

UNITS = 2_700
VEHICLES = 2_000
U1 = "330799001002GB00003F00010005"
V1, V2 = ("浙G12345", "01"), ("浙GD00107", "52")
RESIDENTIAL, COMMERCIAL, INDUSTRIAL, OFFICE = "10", "20", "30", "40"
PERSON, ENTERPRISE = "1", "2"
OWNERSHIP = "1"
BANKS = ("婺城农村合作银行", "稠城商业银行", "五金城小额贷款公司", "双龙村镇银行")
COURTS = ("婺城区人民法院", "义乌市人民法院", "永康市人民法院")
BRANDS = ("东风", "长安", "比亚迪", "吉利", "奇瑞", "五菱", "红旗", "零跑")

Rows = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Estate:
    """The rows of the real estate register: units, rights, mortgages, seizures."""

    units: Rows
    rights: Rows
    mortgages: Rows
    seizures: Rows


def estate(setting: Setting, population: Population, register: Sequence[Enterprise]) -> Estate:
    """Return `UNITS` per factor; U1 is held in halves by P1 and P2, mortgaged once, and not seized."""
    chance = setting.chance("estate")
    home = population.households[0]
    half = (U1, PERSON, P1.id_no, "0.5", OWNERSHIP, "2018-03-26")
    made = Estate(
        [(U1, f"{home.address}", "118.62", RESIDENTIAL, U1[:19])],
        [
            ("浙(2018)金华市不动产权第0000107号", *half),
            ("浙(2018)金华市不动产权第0000108号", U1, PERSON, P2.id_no, *half[3:]),
        ],
        [("DY2018000107", U1, "860000.00", BANKS[0], "2018-03-26", "2048-03-25", 1)],
        [],
    )
    homes = [each for each in population.households if each.members[0].person not in FIXTURES]
    owners = [each for each in register if each.uscc not in FIXTURE_CODES]
    for number in range(1, UNITS * setting.factor):
        unit_no = f"{AREA}{2 + number // 9_000:03d}{number // 900 % 10 + 1:03d}GB{number % 900:05d}F00010001"
        if chance.random() < 0.06:
            _premises(setting, chance, made, unit_no, chance.choice(owners))
        else:
            _home(setting, chance, made, unit_no, chance.choice(homes))
        _burdens(setting, chance, made, unit_no)
    return made


def _home(setting: Setting, chance: Random, made: Estate, unit_no: str, household: Household) -> None:
    """Add a home, held by the head of the household alone or in halves with the spouse."""
    day = (setting.today - timedelta(chance.randint(60, 8_000))).isoformat()
    area = f"{chance.randint(4_500, 18_000) / 100:.2f}"
    made.units.append((unit_no, household.address, area, RESIDENTIAL, unit_no[:19]))
    holders = list(household.couples[0]) if household.couples and chance.random() < 0.5 else []
    holders = holders or [household.members[0].person]
    share = "1" if len(holders) == 1 else "0.5"
    for holder in holders:
        cert_no = f"浙({day[:4]})金华市不动产权第{1_000_000 + len(made.rights)}号"
        made.rights.append((cert_no, unit_no, PERSON, holder.id_no, share, OWNERSHIP, day))


def _premises(setting: Setting, chance: Random, made: Estate, unit_no: str, owner: Enterprise) -> None:
    """Add premises held by an enterprise."""
    day = (setting.today - timedelta(chance.randint(60, 8_000))).isoformat()
    area = f"{chance.randint(6_000, 900_000) / 100:.2f}"
    use = chance.choice((COMMERCIAL, INDUSTRIAL, OFFICE))
    made.units.append((unit_no, owner.address, area, use, unit_no[:19]))
    cert_no = f"浙({day[:4]})金华市不动产权第{1_000_000 + len(made.rights)}号"
    made.rights.append((cert_no, unit_no, ENTERPRISE, owner.uscc, "1", OWNERSHIP, day))


def _burdens(setting: Setting, chance: Random, made: Estate, unit_no: str) -> None:
    """Add a mortgage to one unit in three and a seizure to one in forty; some are over."""
    if chance.random() < 1 / 3:
        start = setting.today - timedelta(chance.randint(30, 5_000))
        over = chance.random() < 0.25
        end = start + timedelta(365 * chance.choice((10, 20, 30)))
        amount = f"{chance.randrange(100_000, 3_000_001, 10_000)}.00"
        number = f"DY{start.year}{len(made.mortgages) + 1_000:06d}"
        bank = chance.choice(BANKS)
        made.mortgages.append((number, unit_no, amount, bank, f"{start}", f"{end}", 0 if over else 1))
    if chance.random() < 1 / 40:
        start = setting.today - timedelta(chance.randint(10, 2_000))
        end = start + timedelta(1_095)
        over = end <= setting.today or chance.random() < 0.3
        number = f"CF{start.year}{len(made.seizures) + 1_000:06d}"
        row = (number, unit_no, chance.choice(COURTS), f"{start}", f"{end}", 0 if over else 1)
        made.seizures.append(row)


def vehicles(setting: Setting, population: Population, register: Sequence[Enterprise]) -> Rows:
    """Return `VEHICLES` per factor; V1 is a tanker of E2, V2 a car of P1."""
    chance = setting.chance("vehicles")
    people = [person for person in population.strangers if person.age(setting.today) >= 18]
    owners = [each.uscc for each in register if each.uscc not in FIXTURE_CODES]
    rows: Rows = [
        (*V1, vehicle_number(chance), ENTERPRISE, E2, "东风", "E", "20261130", "A"),
        (*V2, vehicle_number(chance), PERSON, P1.id_no, "比亚迪", "A", "20270331", "A"),
    ]
    taken = {V1, V2}
    while len(rows) < VEHICLES * setting.factor:
        kind = chance.choices(("01", "02", "52"), (6, 66, 28))[0]
        plate = (_plate(chance, kind), kind)
        if plate in taken:
            continue
        taken.add(plate)
        by_person = kind != "01" and chance.random() < 0.9
        owner = chance.choice(people).id_no if by_person else chance.choice(owners)
        until = setting.today + timedelta(chance.randint(-200, 700))
        usage, state = chance.choices("AB", (9, 1))[0], chance.choices("AGM", (94, 4, 2))[0]
        holder = PERSON if by_person else ENTERPRISE
        number = vehicle_number(chance)
        rows.append((*plate, number, holder, owner, chance.choice(BRANDS), usage, f"{until:%Y%m%d}", state))
    return rows


def _plate(chance: Random, kind: str) -> str:
    """Return a number plate of Jinhua: five places, or six for new energy."""
    if kind == "52":
        return f"浙G{chance.choice('DF')}{chance.randint(200, 99_999):05d}"
    letter = chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return f"浙G{letter}{chance.randint(0, 9_999):04d}"
