"""What single values look like: check digits where there are any, forms and words where there are none."""

import re

from schema.discovery.surnames import surnames
from schema.types import normalise, valid_credit_code, valid_id_number

MOBILE = re.compile(r"1(3[0-9]|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])[0-9]{8}")
MOBILE_INSIDE = re.compile(f"(?<![0-9]){MOBILE.pattern}(?![0-9])")
LANDLINE = re.compile(r"(0(10|2[0-9]|[3-9][0-9]{2}))[2-8][0-9]{6,7}")
WRITTEN_LANDLINE = re.compile(r"(\(?0(10|2[0-9]|[3-9][0-9]{2})\)?[- ])?[2-8][0-9]{6,7}([-转][0-9]{1,5})?")
APART = re.compile(r"[,，;；、/ ]+")
PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
PLATE = re.compile(PROVINCE + "[A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]")
UNIT = re.compile(r"[0-9]{12}[A-Z]{2}[0-9]{5}[A-Z][0-9]{8}")
VEHICLE = re.compile(r"(?=.*[A-Z])(?=.*[0-9])[A-HJ-NPR-Z0-9]{13}[0-9]{4}")
EMAIL = re.compile(r"[\w.+-]+[@＠][\w-]+(\.[\w-]+)+", re.ASCII)
CARD = re.compile(r"(62|4|5[1-5]|9[0-9]|3[57]|60|68)[0-9]{13,18}")
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
DIVISION = re.compile(r"(1[1-5]|2[123]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)([0-9]{4}|[0-9]{7}|[0-9]{10})")
PLACES = re.compile(
    "省|自治区|市|区|县|街道|镇|乡|村|社区|路|街|巷|弄|大道|组|园|广场|小区|公寓|花园|新村|大厦"
)
HOUSE = re.compile("[0-9０-９A-Za-z一二三四五六七八九十]+(-[0-9]+)?(号|室|幢|栋|单元|楼|弄|组|座|层|#)")
SENTENCE = re.compile("[。！？!?；;]|，.*，|：|电话|反映|要求|情况|已|因|于")
ORGANISATION = re.compile(
    "(公司|厂|店|部|局|所|院|中心|委员会|合作社|银行|学校|大学|中学|小学|支行|商行|超市|队|办事处|政府"
    "|站|会|馆|集团|分公司|经营户|工作室|企业)$"
)
NUMBERED = re.compile("第[0-9０-９]+号")
"""How certificates are numbered, whose numbers begin with the place that issued them."""
PLAUSIBLE_YEARS = ("1900", "2040")


def id_number(value: str) -> bool:
    """Return whether a text is an identity number whose check digit and day of birth are right."""
    plain = value.replace(" ", "")
    normal = normalise("IdNumber", plain) if len(plain) in (15, 18) else None
    return normal is not None and valid_id_number(normal)


def credit_code(value: str) -> bool:
    """Return whether a text is a unified social credit code whose check character is right."""
    return not value.isdigit() and numeric_credit_code(value)


def numeric_credit_code(value: str) -> bool:
    """Return whether a text is a credit code, digits alone among them."""
    plain = value.replace(" ", "")
    normal = normalise("UnifiedSocialCreditCode", plain) if len(plain) == 18 else None
    return normal is not None and valid_credit_code(normal)


def mobile(value: str) -> bool:
    """Return whether a text is a mobile number with an allotted prefix."""
    return MOBILE.fullmatch(normalise("Phone", value) or "") is not None


def phone(value: str) -> bool:
    """Return whether a text is one telephone number, or several of them in a row."""
    numbers = [value] if mobile(value) else [part for part in APART.split(value) if part]
    return bool(numbers) and all(_one_phone(number) for number in numbers)


def _one_phone(value: str) -> bool:
    normal = normalise("Phone", value) or ""
    return bool(MOBILE.fullmatch(normal) or LANDLINE.fullmatch(normal) or WRITTEN_LANDLINE.fullmatch(value))


def telephone(value: str) -> bool:
    """Return whether a text is a mobile number or one with its area code; seven digits alone are not."""
    normal = normalise("Phone", value) or ""
    return bool(MOBILE.fullmatch(normal)) or bool(LANDLINE.fullmatch(normal) and not value.isdigit())


def plate(value: str) -> bool:
    """Return whether a text is a plate: a province, an office, five or six characters."""
    return PLATE.fullmatch(normalise("PlateNumber", value) or "") is not None


def unit_number(value: str) -> bool:
    """Return whether a text is a number of a real-estate unit: parcel and building in 28 characters."""
    return UNIT.fullmatch(normalise("UnitNumber", value) or "") is not None


def bank_card(value: str) -> bool:
    """Return whether a text is a card number of an issuer, with the check digit of ISO/IEC 7812."""
    normal = normalise("BankAccount", value) or ""
    return CARD.fullmatch(normal) is not None and luhn(normal)


def account(value: str) -> bool:
    """Return whether a text could be an account: 8 to 30 digits."""
    normal = normalise("BankAccount", value) or ""
    return normal.isdigit() and 8 <= len(normal) <= 30


def luhn(digits: str) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(part - 9 if part > 9 else part for part in doubled) % 10 == 0


def vehicle_like(value: str) -> bool:
    """Return whether a text has a vehicle's 17 characters, whatever they are."""
    normal = normalise("VehicleIdentificationNumber", value) or ""
    return bool(normal) and not set(normal) & set("IOQ")


def vehicle(value: str) -> bool:
    """Return whether a text is a vehicle's number: 17 characters, the last four digits (GB 16735)."""
    return VEHICLE.fullmatch(normalise("VehicleIdentificationNumber", value) or "") is not None


def email(value: str) -> bool:
    """Return whether a text is an address of electronic mail."""
    return EMAIL.fullmatch(value) is not None


def division(value: str) -> bool:
    """Return whether a text is a division code of 6, 9 or 12 digits in a province of China."""
    return DIVISION.fullmatch(value) is not None


def address(value: str) -> bool:
    """Return whether a text tells a house: places from large to small, at the end a number."""
    if not 5 <= len(value) <= 80 or any(found.search(value) for found in (SENTENCE, ORGANISATION, NUMBERED)):
        return False
    places = len(set(PLACES.findall(value)))
    return (places >= 1 and HOUSE.search(value) is not None) or places >= 3


def place(value: str) -> bool:
    """Return whether a text names a place at all, a house or only a village."""
    return address(value) or (
        len(value) <= 80 and PLACES.search(value) is not None and not SENTENCE.search(value)
    )


def organisation(value: str) -> bool:
    """Return whether a text ends like the name of an organisation."""
    return len(value) >= 4 and ORGANISATION.search(value) is not None


def person_name(value: str) -> bool:
    """Return whether a text is built like a Chinese name: a surname, then one or two characters."""
    plain = value.replace(" ", "").replace("\u3000", "")
    if "·" in plain:
        return all(HAN.fullmatch(piece) for piece in plain.split("·")) and 4 <= len(plain) <= 20
    known = surnames()
    if not HAN.fullmatch(plain) or plain in known.others or plain[-1] in known.endings:
        return False
    if plain[:2] in known.double:
        return 3 <= len(plain) <= 4
    return plain[0] in known.single and 2 <= len(plain) <= 3


def day(value: str) -> str | None:
    """Return the day a text spells, as ISO 8601, within the years that records speak of; else None."""
    normal = normalise("Date", value) or _loose_day(value)
    return normal if normal and PLAUSIBLE_YEARS[0] <= normal[:4] < PLAUSIBLE_YEARS[1] else None


def _loose_day(value: str) -> str | None:
    """Return the day of a text whose month or day has one digit, which has no normal form but a meaning."""
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", value)
    return normalise("Date", f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}") if found else None
