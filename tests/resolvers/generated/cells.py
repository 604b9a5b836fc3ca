"""Cells of every type, clean and dirty, and values that callers state, few enough to meet each other."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from schema.catalog import Code

ONE, TWO, THREE = "330799199003071013", "33079919910522106X", "330799201809011044"
FIRM, SHOP = "91330799T0000001XP", "91330799T0000002RC"
CODES = (Code("1", "OPEN", "开业"), Code("2", "SHUT", "歇业"))
CELLS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "Text": ["a", "b", "B", "ab", "", " a", "%", "华", "\U00020bb7", "\uffee", "e\u0301"],
        "Int": ["1", "-2", "10", "007", "-0", " 7 ", "1.5", "", "x", "3000000000"],
        "Long": ["1", "-2", "10", "900719925474099300", "９", "1e3", "1234567890123456789"],
        "Decimal": ["1", "1.50", "1.5", "-2.5", "10", "2.", ".5", "x", "", "-0.0", "2400.125"],
        "Boolean": ["1", "0", "true", "否", "是", "maybe", "", "Y"],
        "Date": ["2024-02-29", "20240301", "2023-02-29", "2024/03/01", " 2024-03-02 ", "2024-3-1", "x", ""],
        "DateTime": [
            "2024-02-29 08:00", "2024-02-29T08:00:00.5Z", "2024-02-29", "2024-02-30 08:00:00", "soon",
            "2024-02-29T08:00:00+09:00", "2024-02-29 00:00:00Z", "",
        ],
        "Enum": ["1", "2", "9", "", " 1"],
        "IdNumber": [
            ONE, TWO, THREE, f"{ONE} ", f"{ONE}  ", TWO.lower(), "３３０７９９２０１８０９０１１０４４",
            "330799900307101", f" {ONE}", "none", "",
        ],
        "UnifiedSocialCreditCode": [FIRM, SHOP, f"{FIRM} ", FIRM.lower(), "91330799T000000", ""],
        "Phone": ["13800135678", "138 0013 5678", "+8613800135678", "057985550000", "none", ""],
        "PlateNumber": ["浙G12345", "浙G·12345", "浙gd00145", "无牌", ""],
        "PersonName": ["陈志远", "陈志远 ", "李", "李四", "\U00020bb7野", "", "　"],
        "Address": ["浙江省金华市婺城区城东街道桃园社区5号", "城东镇", "某乡3号 ", "某处", ""],
        "BankAccount": ["6222020200112233445", "6222 0202 0011 2233 445", "12", "x-y", ""],
        "DivisionCode": ["330702001002", "330702", "33", "3307", "婺城", ""],
    }
)  # fmt: skip
"""What a source may hold for each type, as text; null comes beside it."""

NATIVE: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "Int": ["1", "-2", "10", "7", "3000000000"],
        "Long": ["1", "-2", "10", "900719925474099300"],
        "Decimal": ["1", "1.5", "-2.5", "10", "2400.125"],
        "Boolean": ["true", "false"],
        "Date": ["2024-02-29", "2024-03-01", "2024-03-02"],
        "DateTime": ["2024-02-29T08:00:00", "2024-02-29T00:00:00", "2024-02-29T16:00:00"],
    }
)
"""What a column of a source's own type holds, as the text it is read as."""

VARIANTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "IdNumber": ["TRAILING_BLANKS", "LOWER_X", "FULL_WIDTH", "FIFTEEN_DIGITS"],
        "UnifiedSocialCreditCode": ["TRAILING_BLANKS"],
    }
)
"""Spellings of keys that a source may be known to hold."""

KEYS = ("Text", "Int", "IdNumber", "UnifiedSocialCreditCode", "Date", "Enum")
"""Types by which rows are told apart and links are followed."""

MASKS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "IdNumber": ["ID", "ID2", "HS", "RD", "NU"],
        "PersonName": ["NM", "RD", "HS", "NU"],
        "Phone": ["PH", "RD", "NU"],
        "Address": ["AD", "RD", "NU"],
        "DivisionCode": ["AD", "RD", "NU"],
        "PlateNumber": ["PL", "RD", "NU"],
        "BankAccount": ["AC", "RD", "NU"],
        "Date": ["YR", "RD", "NU"],
        "DateTime": ["YR", "RD", "NU"],
        "Decimal": ["BK", "RD", "NU"],
        "Int": ["BK", "RD", "NU"],
    }
)
"""Masks that mean something on a type; any other is hidden whole, or takes a pseudonym."""
ANY_MASK = ("RD", "NU", "HS")

STATED: Mapping[str, Sequence[Any]] = MappingProxyType(
    {
        "Text": ["a", "b", "B", "ab", "", "%", "华", "\U00020bb7", " a"],
        "Int": [-2, 0, 1, 7, 10],
        "Long": [-2, 1, 10, 900719925474099300],
        "Decimal": ["1", "1.50", "-2.5", "10"],
        "Boolean": [True, False],
        "Date": ["2024-02-29", "2024-03-01", "2024-03-02"],
        "DateTime": ["2024-02-29T08:00:00Z", "2024-02-29T00:00:00", "2024-02-29T08:00:00+09:00"],
        "IdNumber": [ONE, TWO, THREE, TWO.lower()],
        "UnifiedSocialCreditCode": [FIRM, SHOP, FIRM.lower()],
        "Phone": ["13800135678", "0579-85550000"],
        "PlateNumber": ["浙G12345", "浙gd00145"],
        "PersonName": ["陈志远", "李", "李四", "陈", ""],
        "Address": ["城东镇", "某处", "浙江", ""],
        "BankAccount": ["6222020200112233445", "12", "x-y"],
        "DivisionCode": ["330702", "33", "婺城"],
    }
)
"""What callers and grants hold fields against."""
PARTS: Sequence[str] = ("", "a", "1", "3", "33", "\U00020bb7", "浙", "陈", "%", " ")
"""What callers look for at the beginning of a field or within it."""
