"""What public security and civil affairs keep: the population register and the marriage register."""

from collections.abc import Sequence
from hashlib import sha256

from generator.dirt import soil
from generator.marriages import OFFICES, MarriageRecord
from generator.people import FIXTURES, P2, Person
from generator.population import Population
from generator.setting import Setting
from generator.tables import Store, Table

DIRTY_DATES = ("不详", "2003-13-05", "约1998年")
SPARED = frozenset(person.id_no for person in FIXTURES)


def public_security(setting: Setting, population: Population, vehicles: Sequence[Sequence[object]]) -> Store:
    """Return the population register, the household register and the vehicle register."""
    updated = f"{setting.today} 02:30:00"
    persons, members = [], []
    for household in population.households:
        for member in household.members:
            person = member.person
            persons.append(
                (
                    person.id_no,
                    household.number,
                    person.name,
                    "1" if person.male else "2",
                    f"{person.birth:%Y%m%d}",
                    person.nation,
                    _photo(person),
                    household.address,
                    household.village.code,
                    person.status,
                    updated,
                )
            )
            members.append(
                [household.number, person.id_no, member.relation, member.moved_in.isoformat(), updated]
            )
    _spoil_dates(setting, members)
    return Store("public-security", (_register(persons), _households(members), _traffic(vehicles)))


def _register(persons: Sequence[Sequence[object]]) -> Table:
    return Table(
        "t_rk_jbxx",
        (
            "sfzh CHAR(18) NOT NULL",
            "hh CHAR(14) NOT NULL",
            "xm VARCHAR(50) NOT NULL",
            "xb CHAR(1)",
            "csrq CHAR(8)",
            "mz CHAR(2)",
            "zp BLOB",
            "hjdz VARCHAR(200)",
            "xzqh CHAR(12)",
            "rkzt CHAR(1)",
            "gxsj CHAR(19)",
        ),
        ("sfzh",),
        persons,
        ("hh", "xzqh"),
    )


def _households(members: Sequence[Sequence[object]]) -> Table:
    return Table(
        "t_rk_hgx",
        ("hh CHAR(14)", "sfzh CHAR(18)", "yhzgx CHAR(2)", "qrrq VARCHAR(10)", "gxsj CHAR(19)"),
        ("hh", "sfzh"),
        members,
        ("sfzh",),
    )


def _traffic(vehicles: Sequence[Sequence[object]]) -> Table:
    return Table(
        "t_jdc",
        (
            "hphm VARCHAR(10)",
            "hpzl CHAR(2)",
            "clsbdh CHAR(17)",
            "syrlx CHAR(1)",
            "syrsfzh VARCHAR(18)",
            "clpp VARCHAR(30)",
            "syxz CHAR(1)",
            "yxqz CHAR(8)",
            "zt CHAR(1)",
        ),
        ("hphm", "hpzl"),
        vehicles,
        ("syrsfzh",),
    )


def _photo(person: Person) -> bytes:
    """Return bytes that stand for a photo; nobody is granted them, so they need no picture."""
    return sha256(person.id_no.encode()).digest()


def _spoil_dates(setting: Setting, members: list[list[str]]) -> None:
    """Write what is no date into a few cells of the day of moving in, none of them a fixture's."""
    chance = setting.chance("dirt/moved in")
    strangers = [row for row in members if row[1] not in SPARED]
    for row, text in zip(chance.sample(strangers, len(DIRTY_DATES)), DIRTY_DATES, strict=True):
        row[3] = text


def civil_affairs(setting: Setting, records: Sequence[MarriageRecord]) -> Store:
    """Return the marriage register; its view has one row per record and party.

    One key in a hundred is dirty, among them P2's own, never P1's; so are the partners' keys.
    """
    parties = []
    for record in records:
        couple = (record.registration.husband, record.registration.wife)
        for own, other in (couple, couple[::-1]):
            parties.append((record.cert_no, own.id_no, other.id_no))
    own_keys = [own for _, own, _ in parties]
    keys = soil(setting, "civil-affairs", own_keys, SPARED, own_keys.index(P2.id_no))
    partners = soil(setting, "civil-affairs/partner", [other for _, _, other in parties], SPARED)
    rows = [
        (cert_no, key, partner) for (cert_no, _, _), key, partner in zip(parties, keys, partners, strict=True)
    ]
    return Store("civil-affairs", _civil_affairs_tables(records, rows), (MARRIAGE_VIEW,))


MARRIAGE_VIEW = """
CREATE VIEW v_hydj_dsr AS
SELECT d.djzh, d.sfzh, d.po_sfzh, j.djlb, j.djrq, j.djjg, j.gxsj
FROM t_hydj_dsr d JOIN t_hydj j ON j.djzh = d.djzh
"""


def _civil_affairs_tables(
    records: Sequence[MarriageRecord], parties: Sequence[Sequence[object]]
) -> tuple[Table, ...]:
    register = Table(
        "t_hydj",
        ("djzh VARCHAR(20)", "djlb CHAR(1)", "djrq DATE", "djjg VARCHAR(60)", "gxsj CHAR(19)"),
        ("djzh",),
        [
            (
                record.cert_no,
                record.registration.kind,
                record.registration.day.isoformat(),
                OFFICES[record.registration.office],
                f"{record.registration.day} 17:00:00",
            )
            for record in records
        ],
    )
    people = Table(
        "t_hydj_dsr",
        ("djzh VARCHAR(20)", "sfzh VARCHAR(40)", "po_sfzh VARCHAR(40)"),
        ("djzh", "sfzh"),
        parties,
        ("sfzh", "po_sfzh"),
    )
    return register, people
