"""A catalog as large as wanted: departments whose resources are linked in one ring, everything granted."""

from dataclasses import replace

from auth.masking.rule import MaskRule
from auth.rights import Level, Permissions, Right, Rights
from schema.catalog import (
    Catalog,
    CatalogField,
    Code,
    Cycle,
    Department,
    Link,
    Open,
    Resource,
    Share,
    Source,
)

FULL = frozenset(Right)
KINDS = ("Text", "Int", "Date", "Decimal", "IdNumber", "Text", "Long", "Enum", "Phone", "Text")
CODES = (Code("1", "OPEN", "开业"), Code("2", "SHUT", "歇业"))


def large(resources: int, fields: int = 20, each: int = 50) -> Catalog:
    """Return a catalog of so many resources with so many fields, `each` of them in one department."""
    names = [f"Thing{number:05}" for number in range(resources)]
    departments = {}
    made = {}
    for number, name in enumerate(names):
        key = f"department-{number // each:04}"
        departments.setdefault(key, Department(key, f"1133{number // each:014}", f"部门{number // each}"))
        made[name] = resource(name, key, fields, (names[number - 1], names[(number + 1) % resources]))
    sources = {key: Source(key, "sql", {"url": f"sqlite:///{key}.db"}) for key in departments}
    return Catalog(1, departments, sources, made)


def resource(name: str, department: str, fields: int, around: tuple[str, str]) -> Resource:
    """Return a resource with a link to the one before and a list of the one after."""
    before, after = around
    columns = {f"f{number}": field(f"f{number}", KINDS[number % len(KINDS)]) for number in range(fields - 1)}
    links = {
        "before": Link("before", before, True, (("f0", "code"),), "前一个"),
        "after": Link("after", after, False, (("code", "f0"),), "后一个"),
    }
    return Resource(
        name=name,
        department=department,
        entity=name.lower(),
        title=f"资源{name}",
        summary=f"{name}的说明",
        code=f"312004/{name[5:]}",
        share=Share.CONDITIONAL,
        open=Open.NOT_OPEN,
        cycle=Cycle.DAILY,
        key=("code",),
        fields={"code": field("code", "Text"), **columns},
        links=links,
    )


def field(name: str, kind: str) -> CatalogField:
    """Return a field of a kind that everything may be done with."""
    mask = MaskRule("ID") if kind == "IdNumber" else None
    codes = CODES if kind == "Enum" else ()
    return CatalogField(name, f"c_{name}", f"字段{name}", kind, Level.L2, FULL, mask, codes=codes)


def everything(catalog: Catalog, fingerprint: str = "everything") -> Permissions:
    """Return permissions to everything a catalog holds."""
    rights = {
        f"{one.name}.{name}": Rights(FULL, each.mask, f"G-{one.name}", f"granted by G-{one.name}")
        for one in catalog.resources.values()
        for name, each in one.fields.items()
    }
    grants = {name: f"G-{name}" for name in catalog.resources}
    return Permissions("hall", "ZM-HOUSE-BUY", rights, grants, fingerprint)


def renamed(catalog: Catalog, version: int, title: str) -> Catalog:
    """Return the next version of a catalog, in which the first resource has another title."""
    name, first = next(iter(catalog.resources.items()))
    return replace(
        catalog, version=version, resources={**catalog.resources, name: replace(first, title=title)}
    )


def manifest(number: int, resources: int = 50, fields: int = 20, title: str = "资源") -> str:
    """Return the manifest of one department of a large city, as its clerk would write it."""
    key = f"department-{number:04}"
    head = f"""\
manifest: 1
department: {{key: {key}, code: 11330799T00001012K, title: 部门{number}}}
source: {{kind: sql, url: "sqlite:///${{DEPARTMENT_FOLDER}}/{key}.db"}}
resources:
"""
    columns = "".join(
        f"      f{each}: {{column: c{each}, title: 字段{each}, level: L2}}\n" for each in range(fields - 1)
    )
    numbers = range(number * resources, (number + 1) * resources)
    return head + "".join(
        f"""\
  Thing{each:05}:
    table: t{each}
    title: {title}{each}
    class: {{lei: 3, xiang: 12, mu: 001}}
    summary: 测试
    share: {{type: CONDITIONAL, scope: 行政机关, purposes: [STUDY]}}
    open: NOT_OPEN
    cycle: DAILY
    key: [code]
    fields:
      code: {{column: code, title: 代码, level: L2, rights: [read, match, sort, join]}}
{columns}"""
        for each in numbers
    )
