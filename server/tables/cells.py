"""What stands in a cell: which texts a spreadsheet would take for a formula, and which are numbers."""

import re
import unicodedata
from typing import Final

BEGINNINGS: Final = frozenset("=+-@\u2212|%")
"""What begins a formula, or a command to another program, in one spreadsheet or another."""
CONTROLS: Final = frozenset("\t\r\n")
UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories of signs that nobody sees and that spreadsheets leave away."""
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
NUMBERS: Final = frozenset({"Int", "Long", "Decimal"})
"""Types of the graph whose values are numbers; a `Decimal` comes as text."""


def is_number(kind: str, value: object) -> bool:
    """Return whether a value of a column is a number, whatever it begins with."""
    return kind in NUMBERS and not isinstance(value, bool) and NUMBER.fullmatch(str(value)) is not None


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a text for a formula (OWASP, CSV Injection).

    Blanks and signs without a width before it do not count, and full-width signs are like their ASCII ones.
    """
    if text[:1].isalnum():  # letters and digits of every script, which most texts begin with
        return False
    if text[:1] in CONTROLS:
        return True
    for sign in text:
        if unicodedata.category(sign) not in UNSEEN:
            return unicodedata.normalize("NFKC", sign)[:1] in BEGINNINGS
    return False
