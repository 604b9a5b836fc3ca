"""What one column holds, and how carefully it is handled until a clerk says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from connectors.model import ColumnType, EntityColumn
from schema.discovery import shapes
from schema.discovery.births import told_by_cells, told_by_name
from schema.discovery.cells import Cells
from schema.discovery.coding import Coded, coded_by_comment, coded_by_standard, seems_coded
from schema.discovery.naming import Named, named_column
from schema.discovery.signs import Sign, mostly_different, proved, sign_of
from schema.discovery.words import Word
from schema.types import SEMANTIC_TYPES, VARIANTS, names_a_person, normalise, variants

STRICTEST = ("L3", "RD")
NONE = "none"
ENUM = "Enum"
STORED: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "Long",
    ColumnType.DECIMAL: "Decimal",
    ColumnType.BOOLEAN: "Boolean",
    ColumnType.DATE: "Date",
    ColumnType.DATETIME: "DateTime",
    ColumnType.BYTES: "Bytes",
}
"""The semantic type of a column of which nothing is known but how it is stored."""
SPELLED = (ColumnType.TEXT, ColumnType.OTHER, ColumnType.INTEGER, ColumnType.DECIMAL)
"""Columns whose cells may prove a type."""
MIXED = 0.05
FITS = 0.5
BY_TITLE = 4
"""A title that says what a column is needs so much less to bear it out than a guess at letters."""
LOOSE_NAMES = frozenset({"name", "remark", "content", "code"})
"""Meanings so wide that cells of any type may stand behind them."""
FEWEST_NAMES, MANY_NAMES = 8, 0.4
"""Names of persons among others, as in a list of shareholders, that make a column one of persons."""
LOW = frozenset({"L1", "L2"})
KEYS = frozenset({"IdNumber", "UnifiedSocialCreditCode", "PlateNumber", "UnitNumber", "DivisionCode"})


NAMES: Mapping[str, str] = MappingProxyType(
    {
        "IdNumber": "idNo",
        "UnifiedSocialCreditCode": "uscc",
        "UnitNumber": "unitNo",
        "PlateNumber": "plateNo",
        "EmailAddress": "email",
        "Phone": "phone",
        "BankAccount": "account",
        "VehicleIdentificationNumber": "vin",
        "DivisionCode": "divCode",
        "Address": "address",
        "PersonName": "name",
    }
)
"""What a column is called that only its cells tell the type of."""


@dataclass(frozen=True, slots=True)
class Classified:
    """What a column holds: a field to be, and why.

    `mask` is a code or `none`. `known` is whether its name or title says anything. `coded` is its code
    table; `variants` are the spellings of keys that were met; `birth` marks days of birth.
    """

    name: str
    title: str
    type: str
    level: str
    mask: str
    reasons: tuple[str, ...]
    known: bool = True
    coded: Coded | None = None
    variants: tuple[str, ...] = ()
    birth: bool = False


def classify(column: EntityColumn, cells: Cells, same_day: float = 0.0) -> Classified:
    """Return what a column holds by its name, its comment and its cells.

    `same_day` is the share of rows in which it holds the day of birth of the row's identity number.
    """
    named = named_column(column.name, column.comment)
    word, fitting = _believed(named, cells)
    begun = Classified(
        word.name if word else named.name, named.title, "Text", *STRICTEST, (named.why,), word is not None
    )
    sensitive = _sensitive(begun, column, cells, named, word if fitting else None)
    if sensitive is not None:
        return sensitive
    coded = _coded(begun, column, cells, word)
    if coded is not None:
        return coded
    return _plain(begun, column, cells, word if fitting else None, same_day)


def _believed(named: Named, cells: Cells) -> tuple[Word | None, bool]:
    """Return the meaning that the cells bear out, or the first there is, and whether they bear it out."""
    fitting = [word for word in named.words if borne_out(word, cells, sure=named.sure)]
    if fitting and not named.sure and cells.filled:  # what cells can speak for comes before what they cannot
        fitting.sort(key=lambda word: word.type in ("", "Bytes") and not word.codes)
    if fitting:
        return fitting[0], True
    return (named.words[0], False) if named.words else (None, False)


def borne_out(word: Word, cells: Cells, *, sure: bool) -> bool:
    """Return whether cells can be what a word says; without cells they can."""
    if not cells.filled:
        return True
    sign = sign_of(word.type)
    if sign is not None:
        scattered = sure or word.type != "PersonName" or mostly_different(cells)
        return scattered and cells.share(sign.loose) >= sign.confirms / (BY_TITLE if sure else 1)
    if word.codes:
        return coded_by_standard(word.codes, cells) is not None or sure
    if word.type in ("Date", "DateTime"):
        return cells.share(lambda value: shapes.day(value) is not None) >= FITS
    if word.type in ("Int", "Long", "Decimal", "Boolean"):
        return cells.share(lambda value: normalise(word.type, value) is not None) >= FITS
    return True


def _sensitive(
    begun: Classified, column: EntityColumn, cells: Cells, named: Named, word: Word | None
) -> Classified | None:
    """Return the column as one of the types that cells can prove; None where it is none of them."""
    if column.type not in SPELLED:
        return None
    persons, others = cells.share(shapes.id_number), cells.share(shapes.credit_code)
    if persons >= MIXED and others >= MIXED:
        why = "its cells are numbers of persons and of organisations"
        return replace(begun, mask="ID2", reasons=(*begun.reasons, why))
    found = proved(cells)
    if found is not None and not _gives_way(found[0], named, word):
        sign, share = found
        return _typed(begun, sign.type, word, f"{_amount(share)} of its cells {sign.proof}", cells)
    sign_by_name = sign_of(word.type) if word else None
    if word and sign_by_name:
        share = cells.share(sign_by_name.loose)
        why = f"{_amount(share)} of its cells bear it out" if cells.filled else "no cell was seen"
        return _typed(begun, word.type, word, why, cells)
    return None


def _gives_way(sign: Sign, named: Named, word: Word | None) -> bool:
    """Return whether a name that means something else outweighs what the cells look like."""
    if not sign.weak or word is None or word.type == sign.type:
        return False
    if word.name in LOOSE_NAMES:
        return False
    return bool(word.type) or named.sure or sign.type not in ("PersonName", "Address")


def _typed(begun: Classified, type_name: str, word: Word | None, why: str, cells: Cells) -> Classified:
    """Return the column as a field of a semantic type, whose level and mask it takes."""
    semantic = SEMANTIC_TYPES[type_name]
    own = word if word and word.type == type_name else None
    level = own.level if own and own.level else str(semantic.level or STRICTEST[0])
    mask = own.mask if own and own.mask else semantic.mask or NONE
    reasons = (*begun.reasons, why, f"{semantic.title} brings {level}, mask {mask}")
    met = variants_met(type_name, cells) if type_name in KEYS else ()
    if met:
        reasons = (*reasons, f"spellings met beside the normal form: {', '.join(met)}")
    name, title = begun.name, begun.title
    if not begun.known:
        name, title = NAMES[type_name], title if title != name else semantic.title
    return Classified(name, title, type_name, level, mask, reasons, variants=met)


def variants_met(type_name: str, cells: Cells) -> tuple[str, ...]:
    """Return the spellings beside the normal form in which keys were met."""
    met: set[str] = set()
    for raw in set(cells.raw):
        normal = normalise(type_name, raw)
        if normal is not None and normal != raw:
            met.update(name for name in VARIANTS if raw in variants(type_name, (name,), normal))
    return tuple(name for name in VARIANTS if name in met)


def _coded(begun: Classified, column: EntityColumn, cells: Cells, word: Word | None) -> Classified | None:
    """Return the column with its code table, where a standard or its comment has one."""
    if column.type in (ColumnType.DATE, ColumnType.DATETIME, ColumnType.BYTES):
        return None
    found = coded_by_comment(column.comment, cells)
    if found is None and word and word.codes:
        found = coded_by_standard(word.codes, cells)
    if found is None:
        return None
    level, mask = (word.level, word.mask or NONE) if word and word.level else STRICTEST
    reasons = (*begun.reasons, found.why, f"level {level}, mask {mask}")
    return replace(begun, type=ENUM, level=level, mask=mask, coded=found, reasons=reasons)


def _plain(
    begun: Classified, column: EntityColumn, cells: Cells, word: Word | None, same_day: float
) -> Classified:
    """Return the column as a date, a number or a text; one that nothing is known of is hidden."""
    type_name = plain_type(column, cells, word)
    why = told_by_name(word, begun.title, type_name) or told_by_cells(cells, word, same_day, type_name)
    if type_name == "Date" or why:
        begun = replace(begun, reasons=(*begun.reasons, *_lost_days(cells)))
    if why:
        reasons = (*begun.reasons, why, "a day of birth is L3, mask YR")
        return replace(begun, type="Date", level="L3", mask="YR", reasons=reasons, birth=True)
    if type_name == "Bytes":
        reasons = (*begun.reasons, "bytes may be a picture or a feature of a person: L4, mask NU")
        return replace(begun, type=type_name, level="L4", mask="NU", reasons=reasons)
    if word is None or not word.level:
        if begun.known:
            begun = replace(begun, reasons=(*begun.reasons, "its cells do not bear that out"))
        return replace(begun, type=type_name, reasons=(*begun.reasons, *_unclassified(cells)))
    level, mask = word.level, word.mask or NONE
    coded = (_few(cells),) if type_name == "Text" and seems_coded(cells) else ()
    reasons = (*begun.reasons, *coded, f"such a field is {level}, mask {mask}")
    shows = betrays(cells) if type_name == "Text" and level in LOW else ""
    if shows:
        (level, mask), reasons = STRICTEST, (*reasons, f"but {shows}: L3, mask RD")
    return replace(begun, type=type_name, level=level, mask=mask, reasons=reasons)


def _unclassified(cells: Cells) -> tuple[str, ...]:
    hidden = "nobody has classified it yet: L3, hidden whole"
    return (_few(cells), hidden) if seems_coded(cells) else (hidden,)


def _few(cells: Cells) -> str:
    return f"{cells.distinct} different values, which may be codes: write them as `codes`"


def plain_type(column: EntityColumn, cells: Cells, word: Word | None) -> str:
    """Return the type a column has by its storage, its meaning and its cells, in this order of weight."""
    stored = STORED.get(column.type)
    said = word.type if word else ""
    if stored in ("Boolean", "Bytes", "Decimal", "DateTime"):
        return "Date" if stored == "DateTime" and said == "Date" else stored
    if stored == "Long":
        return said if said in ("Int", "Long", "Decimal", "Boolean", "Date") else stored
    if stored == "Date" or said in ("Int", "Long", "Decimal", "Boolean", "Bytes"):
        return stored or said
    if not said and cells.filled and cells.share(_is_truth) == 1 and cells.distinct == 2:
        return "Boolean"
    days = cells.share(lambda value: normalise("Date", value) is not None)
    if said in ("Date", "DateTime"):
        return said if days >= FITS or not cells.filled else "Text"
    return "Date" if days >= 0.9 and cells.share(_has_separator) >= FITS else "Text"


def _lost_days(cells: Cells) -> tuple[str, ...]:
    lost = 1 - cells.share(lambda value: normalise("Date", value) is not None)
    return (
        (f"{lost:.0%} of its cells have no normal form as a day",) if cells.filled and lost >= 0.005 else ()
    )


def _is_truth(value: str) -> bool:
    return normalise("Boolean", value) is not None


def _has_separator(value: str) -> bool:
    return any(mark in value for mark in "-/.年")


def betrays(cells: Cells) -> str:
    """Return what cells of a text show of persons among other things; '' where nothing."""
    found = [value for value in cells.trimmed if names_a_person(value) or shapes.MOBILE_INSIDE.search(value)]
    if len(found) >= 2 and len(found) >= 0.02 * cells.filled:
        return "some cells hold identity or telephone numbers"
    many = cells.filled >= FEWEST_NAMES and cells.share(shapes.person_name) >= MANY_NAMES
    return "many cells are built like names of persons" if many and mostly_different(cells) else ""


def _amount(share: float) -> str:
    return "all" if share == 1 else f"{share:.0%}"
