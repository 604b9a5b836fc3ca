"""Names in the graph: how a type names its root fields and companions, and which names clash."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FIELD_NAME = re.compile(r"(?!(?:and|or|not)\Z)[a-z][A-Za-z0-9]{0,63}")
NAMING = "Use a lower-case letter, then letters and digits; `and`, `or` and `not` are taken."
"""What to do about a name that cannot name a field or link: those three join conditions in `where`."""
TYPE_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
GRAPHQL_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
PURPOSE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,63}")

VOWELS = "aeiou"
DIRECTION = "Direction"
PAGE_FACTS = "PageInfo"
AGGREGATION_COUNT = "AggregationCount"
RESERVED_TYPES = frozenset(
    {
        "Query",
        "Mutation",
        "Subscription",
        DIRECTION,
        PAGE_FACTS,
        AGGREGATION_COUNT,
        "String",
        "Int",
        "Float",
        "Boolean",
        "ID",
        "JSON",
    }
)
AGGREGATION_PARTS = ("", "group", "key", "distinct", "sum", "avg", "min", "max", "field", "having")
"""What an aggregation is made of; the empty one is the aggregation itself."""
MATCH, RANGE, COMPARISON = "Match", "Range", "Comparison"


@dataclass(frozen=True, slots=True)
class RootNames:
    """The names a resource takes among the root fields."""

    by_key: str
    listing: str
    verify: str
    aggregate: str

    def all(self) -> tuple[str, str, str, str]:
        """Return the four names."""
        return (self.by_key, self.listing, self.verify, self.aggregate)


def root_names(type_name: str) -> RootNames:
    """Return the root fields of a type: `person`, `persons`, `personVerify`, `personsAggregate`."""
    singular = type_name[0].lower() + type_name[1:]
    many = plural(singular)
    many = many if many != singular else f"{singular}List"
    return RootNames(singular, many, f"{singular}Verify", f"{many}Aggregate")


def plural(noun: str) -> str:
    """Return the English plural of a name in camel case: abnormalEntry, abnormalEntries."""
    if noun.endswith("y") and noun[-2:-1] not in VOWELS:
        return f"{noun[:-1]}ies"
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return f"{noun}es"
    return f"{noun}s"


def capitalised(name: str) -> str:
    """Return a field's name as part of a type's name: `kind`, `Kind`."""
    return name[0].upper() + name[1:]


def enum_name(type_name: str, field: str) -> str:
    """Return the name of the enum of a field: `MarriagePartyKind`."""
    return f"{type_name}{capitalised(field)}"


def connection_name(type_name: str) -> str:
    """Return the name of the type that holds a page of rows."""
    return f"{type_name}Connection"


def edge_name(type_name: str) -> str:
    """Return the name of the type that holds one row of a page and its cursor."""
    return f"{type_name}Edge"


def paged_name(link: str) -> str:
    """Return the name of the twin of a to-many link that is read page by page: `permitsConnection`."""
    return f"{link}Connection"


def summed_name(link: str) -> str:
    """Return the name of the twin of a to-many link that sums its rows up: `permitsAggregate`."""
    return f"{link}Aggregate"


def aggregation_name(type_name: str, part: str = "") -> str:
    """Return the name of a type of an aggregation: `PersonAggregation`, `PersonAggregationSum`."""
    return f"{type_name}Aggregation{capitalised(part) if part else ''}"


def where_name(type_name: str) -> str:
    """Return the name of the input type that chooses rows."""
    return f"{type_name}Where"


def many_where_name(type_name: str) -> str:
    """Return the name of the input type that chooses by the rows of a to-many link."""
    return f"{type_name}ListWhere"


def order_name(type_name: str) -> str:
    """Return the name of the input type that orders rows."""
    return f"{type_name}Order"


def verification_name(type_name: str) -> str:
    """Return the name of the type that answers a verification."""
    return f"{type_name}Verification"


def operators_name(type_name: str, matches: bool, ranges: bool) -> str:
    """Return the name of the input type that holds a value against others of its type."""
    if matches and ranges:
        return f"{type_name}{COMPARISON}"
    return f"{type_name}{MATCH if matches else RANGE}"


def type_names(type_name: str, enums: Iterable[str]) -> Sequence[str]:
    """Return every type name a resource can take in some caller's schema; `enums` are its enum fields."""
    companions = (connection_name, edge_name, where_name, many_where_name, order_name, verification_name)
    named = [type_name, *(companion(type_name) for companion in companions)]
    named += [aggregation_name(type_name, part) for part in AGGREGATION_PARTS]
    for field in enums:
        named += [f"{enum_name(type_name, field)}{suffix}" for suffix in ("", MATCH, RANGE, COMPARISON)]
    return named


def platform_types(scalars: Iterable[str]) -> frozenset[str]:
    """Return the type names that no resource may take; `scalars` are those of the semantic types."""
    suffixes = ("", MATCH, RANGE, COMPARISON)
    return RESERVED_TYPES | {f"{scalar}{suffix}" for scalar in scalars for suffix in suffixes}


@dataclass(frozen=True, slots=True)
class Clash:
    """Two resources that would take one name; the first to take it keeps it."""

    name: str
    taken_by: str
    wanted_by: str


def clashes(resources: Mapping[str, Sequence[str]], reserved: Iterable[str]) -> Sequence[Clash]:
    """Return the clashes among types; `resources` holds each type's enum fields, in order of age."""
    types = dict.fromkeys(reserved, "the platform")
    roots: dict[str, str] = {}
    found: list[Clash] = []
    for type_name, enums in resources.items():
        wanted = [(types, name) for name in type_names(type_name, enums)]
        wanted += [(roots, name) for name in root_names(type_name).all()]
        for taken, name in wanted:
            if taken.setdefault(name, type_name) != type_name:
                found.append(Clash(name, taken[name], type_name))
    return found
