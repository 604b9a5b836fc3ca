"""What is kept of enterprises: the market register, insurance, credit, enforcement; and of real estate."""

from collections.abc import Sequence

from generator import supervision
from generator.enterprises import Enterprise
from generator.estate import Estate
from generator.insurance import Insured
from generator.population import Population
from generator.setting import Setting
from generator.tables import Row, Store, Table


def market_regulation(setting: Setting, population: Population, register: Sequence[Enterprise]) -> Store:
    """Return the market register and what supervision keeps beside it."""
    licences = Table(
        "t_xkxx",
        ("xkzh VARCHAR(40)", "tyshxydm CHAR(18)", "xklb VARCHAR(60)", "yxqz CHAR(10)"),
        ("xkzh",),
        supervision.licences(setting, register),
        ("tyshxydm",),
    )
    abnormal = Table(
        "t_jyycml",
        ("jlbh VARCHAR(20)", "tyshxydm CHAR(18)", "lryy VARCHAR(100)", "lrrq DATE", "ycrq DATE"),
        ("jlbh",),
        supervision.abnormal_entries(setting, register),
        ("tyshxydm",),
    )
    inspections = Table(
        "t_ssj_jcjg",
        (
            "jlbh VARCHAR(20)",
            "tyshxydm CHAR(18)",
            "jcsx VARCHAR(60)",
            "jcrq DATE",
            "jcjg CHAR(1)",
            "jcry VARCHAR(30)",
        ),
        ("jlbh",),
        supervision.inspections(setting, register),
        ("tyshxydm",),
    )
    officers = _officers(setting, population, register)
    return Store(
        "market-regulation", (_entities(setting, register), officers, licences, abnormal, inspections)
    )


def _officers(setting: Setting, population: Population, register: Sequence[Enterprise]) -> Table:
    return Table(
        "t_gdgg",
        (
            "tyshxydm CHAR(18)",
            "xh INTEGER",
            "sfzh CHAR(18)",
            "xm VARCHAR(50)",
            "zw VARCHAR(30)",
            "czbl NUMERIC(5,2)",
        ),
        ("tyshxydm", "xh"),
        supervision.officers(setting, population, register),
        ("sfzh",),
    )


def _entities(setting: Setting, register: Sequence[Enterprise]) -> Table:
    updated = f"{setting.today} 01:15:00"
    return Table(
        "t_scztjbxx",
        (
            "tyshxydm CHAR(18)",
            "dwmc VARCHAR(120)",
            "dwlx CHAR(1)",
            "zczb NUMERIC(18,2)",
            "clrq DATE",
            "zs VARCHAR(200)",
            "xzqh CHAR(12)",
            "jyfw VARCHAR(400)",
            "djzt CHAR(1)",
            "fddbr_xm VARCHAR(50)",
            "fddbr_sfzh CHAR(18)",
            "lxdh VARCHAR(20)",
            "gxsj CHAR(19)",
        ),
        ("tyshxydm",),
        [
            (
                each.uscc,
                each.name,
                each.kind,
                f"{each.capital}.00",
                each.established.isoformat(),
                each.address,
                each.division,
                each.scope,
                each.state,
                each.representative.name,
                each.representative.id_no,
                each.phone,
                updated,
            )
            for each in register
        ],
        ("fddbr_sfzh", "xzqh"),
    )


def human_resources(rows: Sequence[Insured], staff: Sequence[Row]) -> Store:
    """Return who is insured, and how many people each enterprise insures by month."""
    insured = Table(
        "t_cbxx",
        (
            "sfzh CHAR(18)",
            "xzlx CHAR(2)",
            "dw_tyshxydm CHAR(18)",
            "jfjs NUMERIC(12,2)",
            "cbzt CHAR(1)",
            "cbrq DATE",
            "ljjfys INTEGER",
        ),
        ("sfzh", "xzlx"),
        [
            (
                row.id_no,
                row.kind,
                row.employer or None,
                f"{row.basis}.00",
                row.state,
                row.since.isoformat(),
                row.months_paid,
            )
            for row in rows
        ],
        ("dw_tyshxydm",),
    )
    counts = Table("t_dwcbrs", ("tyshxydm CHAR(18)", "ny CHAR(7)", "cbrs INTEGER"), ("tyshxydm", "ny"), staff)
    return Store("human-resources", (insured, counts))


def development_reform(setting: Setting, register: Sequence[Enterprise]) -> Store:
    """Return the public credit grades."""
    columns = ("tyshxydm CHAR(18)", "pjdj CHAR(1)", "pjdf INTEGER", "pjrq DATE")
    rows = supervision.credit_ratings(setting, register)
    return Store("development-reform", (Table("t_ggxypj", columns, ("tyshxydm",), rows),))


def law_enforcement(setting: Setting, register: Sequence[Enterprise]) -> Store:
    """Return the decided cases."""
    columns = (
        "ajbh VARCHAR(60)",
        "tyshxydm CHAR(18)",
        "ay VARCHAR(100)",
        "cfjd VARCHAR(200)",
        "cfrq DATE",
        "zbr VARCHAR(30)",
    )
    rows = supervision.enforcement_cases(setting, register)
    return Store("law-enforcement", (Table("t_xzcf_aj", columns, ("ajbh",), rows, ("tyshxydm",)),))


UNIT_VIEW = """
CREATE VIEW v_bdcdy AS
SELECT d.bdcdyh, d.zl, d.mj, d.yt, d.zddm,
  EXISTS (SELECT 1 FROM t_cfdj c WHERE c.bdcdyh = d.bdcdyh AND c.zt = 1) AS seized,
  EXISTS (SELECT 1 FROM t_dydj m WHERE m.bdcdyh = d.bdcdyh AND m.zt = 1) AS mortgaged
FROM t_bdcdy d
"""


def natural_resources(made: Estate) -> Store:
    """Return the real estate register; the view says of each unit whether it is seized or mortgaged."""
    units = Table(
        "t_bdcdy",
        ("bdcdyh CHAR(28)", "zl VARCHAR(200)", "mj NUMERIC(12,2)", "yt CHAR(2)", "zddm CHAR(19)"),
        ("bdcdyh",),
        made.units,
    )
    rights = Table(
        "t_bdcqzs",
        (
            "qzh VARCHAR(60)",
            "bdcdyh CHAR(28)",
            "qlrlx CHAR(1)",
            "qlrzjh VARCHAR(18)",
            "gybl VARCHAR(10)",
            "qllx CHAR(1)",
            "djrq DATE",
        ),
        ("qzh",),
        made.rights,
        ("qlrzjh", "bdcdyh"),
    )
    return Store("natural-resources", (units, rights, *_burdens(made)), (UNIT_VIEW,))


def _burdens(made: Estate) -> tuple[Table, Table]:
    mortgages = Table(
        "t_dydj",
        (
            "dybh VARCHAR(20)",
            "bdcdyh CHAR(28)",
            "dyje NUMERIC(16,2)",
            "dyqr VARCHAR(100)",
            "qsrq DATE",
            "jsrq DATE",
            "zt INTEGER",
        ),
        ("dybh",),
        made.mortgages,
        ("bdcdyh",),
    )
    seizures = Table(
        "t_cfdj",
        (
            "cfbh VARCHAR(20)",
            "bdcdyh CHAR(28)",
            "cfjg VARCHAR(100)",
            "qsrq DATE",
            "jsrq DATE",
            "zt INTEGER",
        ),
        ("cfbh",),
        made.seizures,
        ("bdcdyh",),
    )
    return mortgages, seizures
