"""What a cell means: how it is shown, compared, joined and ordered, and what a mask leaves of it."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from hmac import new as hmac
from typing import Any

from auth.masking.masks import MASKS
from auth.masking.rule import VALUE
from auth.rights import Rights
from govgraph.expressions.days import BLANKS
from govgraph.expressions.python import compile_python
from schema.catalog import CatalogField
from schema.types import normalise, variants

NUMBERS = ("Int", "Long", "Decimal")
READ_WHOLE = (*NUMBERS, "Boolean", "Date", "DateTime")
"""Types whose every spelling is compared; of the others only those that the source is known to hold."""
LARGEST_INT = 2**31 - 1
CITY = timezone(timedelta(hours=8))


def normal(field: CatalogField, cell: str | None) -> str | None:
    """Return the normal form of a cell; codes have no other than what is stored."""
    return cell if cell is None or field.codes else normalise(field.type, cell)


def meant(field: CatalogField, cell: str | None) -> Any:  # noqa: PLR0911 - one type, one branch
    """Return the value that a cell is compared, ordered and summed up as; None for dirt.

    Text is what the source spells, so that order is by code point and an index can serve.
    """
    if field.type not in READ_WHOLE:
        return cell
    form = normal(field, cell)
    if form is None:
        return None
    match field.type:
        case "Int" | "Long":
            return int(form)
        case "Decimal":
            return Decimal(form)
        case "Boolean":
            return form == "true"
        case "DateTime":
            return instant(form)
    return form


def instant(moment: str) -> str:
    """Return the instant of a moment on the city's clock, which is that of a moment without a zone."""
    read = datetime.fromisoformat(moment)
    return (read.astimezone(CITY) if read.tzinfo else read.replace(tzinfo=CITY)).isoformat()


def shown(field: CatalogField, cell: str | None) -> Any:
    """Return a cell as a caller sees it whole: its normal form, null where its type does not allow it."""
    if field.codes:
        return next((code.name for code in field.codes if code.stored == cell), None)
    form = normal(field, cell)
    if form is None or field.type in ("Decimal", "Date"):
        return form
    whole = field.type in READ_WHOLE and field.type != "DateTime"
    return as_answered(field, meant(field, cell) if whole else form)


def grouped(field: CatalogField, cell: str | None) -> Any:
    """Return what rows are grouped by, as an answer shows it: of moments the instant, else as shown whole."""
    return meant(field, cell) if field.type == "DateTime" else shown(field, cell)


def as_answered(field: CatalogField, value: Any) -> Any:
    """Return a value as JSON has it: an `Int` of 32 bits, decimals as text, moments with their zone."""
    if value is None:
        return None
    match field.type:
        case "Int":
            return value if abs(value) <= LARGEST_INT else None
        case "Decimal":
            return format(value, "f")
        case "DateTime":
            zoned = value.endswith("Z") or value[-6] in "+-"
            return value.replace("Z", "+00:00") if zoned else f"{value}+08:00"
    return value


def key_of(field: CatalogField, cell: str | None) -> str | None:
    """Return a cell as a key that can be looked for: none where nobody declared its spelling."""
    form = normal(field, cell)
    return form if form is not None and cell in variants(field.type, field.variants, form) else None


def trimmed(field: CatalogField, cell: str | None) -> str | None:
    """Return the text of which a part is looked for."""
    return cell if cell is None or field.codes or field.type == "Text" else cell.strip(BLANKS)


def masked(code: str, field: CatalogField, cell: str | None, rights: Rights) -> Any:
    """Return what a mask shows of a cell. Of an amount it reads the digits, of the rest the normal form."""
    read = trimmed(field, cell) if field.type == "Decimal" else normal(field, cell)
    left = compile_python(MASKS[code].expression, (VALUE,))((read,), {})
    if not MASKS[code].keyed or left is None:
        return left
    return hmac(rights.grant.encode(), str(left).encode(), sha256).hexdigest()[:32]


def sized(field: CatalogField, cell: str | None) -> Any:
    """Return what is greater or less than a value: of identifiers the normal form, however spelled."""
    return meant(field, cell) if field.type in READ_WHOLE else normal(field, cell)


def placed(field: CatalogField, cell: str | None) -> Any:
    """Return what rows are ordered by: the normal form only where a source holds several spellings."""
    return normal(field, cell) if field.variants else meant(field, cell)


def fits(code: str, other: str) -> bool:
    """Return whether a stricter mask can stand in the place of another: it shows the same kind of value."""
    return (MASKS[code].output, MASKS[code].keyed) == (MASKS[other].output, MASKS[other].keyed)
