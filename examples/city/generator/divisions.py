"""The real divisions of Jinhua, and the thirty villages of three counties in which the demo's people live."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

REAL = Path(__file__).resolve().parent.parent / "data" / "jinhua-divisions.csv"
HOME_VILLAGE = "330702001008"
COUNTIES = ("330702", "330782", "330784")
VILLAGES_PER_COUNTY = 10
UNINHABITED = ("集体", "虚拟", "园区", "开发区")
ENDINGS = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", ""),
    ("居委会", ""),
    ("村村委会", "村"),
    ("村委会", "村"),
)


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community with what it belongs to."""

    code: str
    name: str
    street: str
    county: str

    @property
    def county_code(self) -> str:
        """Return the six digits of the county."""
        return self.code[:6]

    @property
    def place(self) -> str:
        """Return the beginning of an address in this village, down to its name."""
        name = self.name
        for ending, kept in ENDINGS:
            if name.endswith(ending):
                name = name.removesuffix(ending) + kept
                break
        return f"浙江省金华市{self.county}{self.street}{name}"


def villages(chance: Random) -> tuple[Village, ...]:
    """Return ten villages of each county, by code; the home village of the fixtures is among them."""
    with REAL.open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    chosen: list[str] = []
    for county in COUNTIES:
        codes = [code for code in names if _inhabited(code, county, names[code])]
        first = [HOME_VILLAGE] if county == HOME_VILLAGE[:6] else []
        others = sorted(set(codes) - set(first))
        chosen += [*first, *chance.sample(others, VILLAGES_PER_COUNTY - len(first))]
    return tuple(Village(code, names[code], names[code[:9]], names[code[:6]]) for code in sorted(chosen))


def _inhabited(code: str, county: str, name: str) -> bool:
    return len(code) == 12 and code.startswith(county) and not any(word in name for word in UNINHABITED)
