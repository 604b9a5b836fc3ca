"""What the cells of a column show of its type, whatever it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from schema.discovery import shapes
from schema.discovery.cells import Cells


@dataclass(frozen=True, slots=True)
class Sign:
    """How one type shows in cells.

    `strict` holds for values that hardly anything else has, `loose` for any that the type may have.
    From the share `alone` of strict values on, and `distinct` different ones, the cells prove the type
    without a name; from the share `confirms` of loose ones on they bear out a name that says so. A `weak`
    sign gives way to a name that means something else.
    """

    type: str
    strict: Callable[[str], bool]
    loose: Callable[[str], bool]
    alone: float
    confirms: float
    proof: str
    distinct: int = 3
    weak: bool = False


SIGNS = (
    Sign("IdNumber", shapes.id_number, shapes.id_number, 0.5, 0.2, "pass the check digit of GB 11643"),
    Sign(
        "UnifiedSocialCreditCode",
        shapes.credit_code,
        shapes.numeric_credit_code,
        0.5,
        0.2,
        "pass the check character of GB 32100",
    ),
    Sign(
        "UnitNumber",
        shapes.unit_number,
        shapes.unit_number,
        0.5,
        0.2,
        "are built like numbers of real-estate units",
    ),
    Sign("PlateNumber", shapes.plate, shapes.plate, 0.5, 0.2, "are built like plates"),
    Sign("EmailAddress", shapes.email, shapes.email, 0.5, 0.2, "are addresses of electronic mail", 2),
    Sign(
        "Phone",
        shapes.telephone,
        shapes.phone,
        0.7,
        0.3,
        "are telephone numbers with an allotted prefix",
        6,
        weak=True,
    ),
    Sign(
        "BankAccount",
        shapes.bank_card,
        shapes.account,
        0.75,
        0.4,
        "pass the check digit of bank cards (Luhn)",
        6,
        weak=True,
    ),
    Sign(
        "VehicleIdentificationNumber",
        shapes.vehicle,
        shapes.vehicle_like,
        0.7,
        0.2,
        "are built like vehicles' numbers",
        3,
    ),
    Sign("DivisionCode", shapes.division, shapes.division, 2.0, 0.5, "are built like division codes"),
    Sign("Address", shapes.address, shapes.place, 0.6, 0.1, "tell a place and a house", 4, weak=True),
    Sign(
        "PersonName",
        shapes.person_name,
        shapes.person_name,
        0.75,
        0.3,
        "are built like names of persons",
        8,
        weak=True,
    ),
)
"""The types that cells can prove, the surest first."""

SPREAD = 3
SECOND_DIGITS = 2
"""Different beginnings that real telephone numbers have, and counters and clocks have not."""
REPEATED = 0.5
"""Names and addresses of persons are mostly different from each other; kinds and places repeat."""


def sign_of(type_name: str) -> Sign | None:
    """Return the sign of a type, or None."""
    return next((sign for sign in SIGNS if sign.type == type_name), None)


def proved(cells: Cells) -> tuple[Sign, float] | None:
    """Return the first type that the cells prove by themselves, with the share that does; None for none."""
    for sign in SIGNS:
        if sign.alone > 1:
            continue
        share = cells.share(sign.strict)
        if share >= sign.alone and cells.kinds(sign.strict) >= sign.distinct and _natural(sign, cells):
            return sign, share
    return None


def _natural(sign: Sign, cells: Cells) -> bool:
    """Return whether the values are scattered as those of persons are, not counted up or chosen from few."""
    values = [value for value in dict.fromkeys(cells.trimmed) if sign.strict(value)]
    if sign.type == "Phone":
        scattered = len({value[:3] for value in values}) >= SPREAD
        return scattered and len({value[:2] for value in values}) >= SECOND_DIGITS and not counted_up(values)
    if sign.type == "BankAccount":
        return not counted_up(values)
    return sign.type != "PersonName" or mostly_different(cells)


def mostly_different(cells: Cells) -> bool:
    """Return whether values seldom repeat, as names of persons do and kinds of goods do not."""
    return cells.distinct >= REPEATED * min(cells.filled, 60)


def counted_up(values: list[str]) -> bool:
    """Return whether most values are close to another, as those of counters and clocks are."""
    ordered = sorted(value for value in values if value.isdigit())
    if len(ordered) < SPREAD:
        return False
    near = sum(
        len(one) == len(other) and int(other) - int(one) < 10 ** (len(one) // 2)
        for one, other in pairwise(ordered)
    )
    return float(near) > 0.5 * (len(ordered) - 1)
