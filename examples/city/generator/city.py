"""The whole city, generated and written: one store or file per department, in a folder of its own."""

from pathlib import Path

from generator import enterprise_stores, estate, insurance
from generator.dirt import soil
from generator.divisions import REAL, villages
from generator.enterprises import enterprises
from generator.marriages import marriage_records
from generator.population import populate
from generator.population_stores import SPARED, civil_affairs, public_security
from generator.setting import Setting
from generator.tables import copy_file, write_csv, write_json, write_store

FUND_HEADER = ("证件号码", "单位统一社会信用代码", "月缴存额", "账户余额", "个人账号")
DONE = "city.json"
"""Written last: where it stands, the city beside it is whole, and of this scale and day."""


def generate(setting: Setting, scale: str, target: Path) -> None:
    """Write each department's data into its own folder under `target`; equal settings write equal content."""
    target.mkdir(parents=True, exist_ok=True)
    (target / DONE).unlink(missing_ok=True)
    population = populate(setting, villages(setting.chance("divisions")))
    register = enterprises(setting, population)
    employed = insurance.employers(setting, population, register)
    insured = insurance.insured(setting, population, employed)
    stores = (
        public_security(setting, population, estate.vehicles(setting, population, register)),
        civil_affairs(setting, marriage_records(setting, population)),
        enterprise_stores.human_resources(insured, insurance.staff_counts(setting, register, insured)),
        enterprise_stores.market_regulation(setting, population, register),
        enterprise_stores.natural_resources(estate.estate(setting, population, register)),
        enterprise_stores.development_reform(setting, register),
        enterprise_stores.law_enforcement(setting, register),
    )
    for store in stores:
        write_store(store, _folder(target, store.department))
    fund = insurance.fund(setting, population, employed)
    keys = soil(setting, "housing-fund", [row[0] for row in fund], SPARED)
    rows = [(key, *row[1:]) for key, row in zip(keys, fund, strict=True)]
    write_csv(_folder(target, "housing-fund") / "housing-fund.csv", "gb18030", FUND_HEADER, rows)
    medical = _folder(target, "medical-insurance") / "medical-insurance.json"
    write_json(medical, insurance.medical(setting, population))
    copy_file(REAL, _folder(target, "big-data") / "divisions.csv")
    write_json(target / DONE, {"scale": scale, "today": setting.today.isoformat()})


def _folder(target: Path, department: str) -> Path:
    """Return the folder that belongs to a department, made where it was missing."""
    folder = target / department
    folder.mkdir(exist_ok=True)
    return folder
