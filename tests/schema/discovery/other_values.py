"""Cells that are none of what is looked for, and those that look so."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from types import MappingProxyType

from schema import normal_forms as forms
from tests.schema.discovery.values import (
    COUNTIES,
    GIVEN,
    STREETS,
    SURNAMES,
    chosen,
    digits,
    recent_day,
)

OTHERS: Mapping[str, Callable[[Random], str]] = MappingProxyType(
    {
        "snowflake": lambda chance: str(1_800_000_000_000_000_000 + chance.randrange(10**17)),
        "digits_16": lambda chance: digits(chance, 16),
        "digits_18": lambda chance: digits(chance, 18),
        "digits_19": lambda chance: digits(chance, 19),
        "digits_20": lambda chance: digits(chance, 20),
        "letters_18": lambda chance: "".join(chance.choice(forms.CREDIT_CODE_ALPHABET) for _ in range(18)),
        "clock_13": lambda chance: str(1_760_000_000_000 + chance.randrange(30_000_000_000)),
        "counter_11": lambda chance: f"2024{chance.randrange(10**7):07}",
        "phone_like_counter": lambda chance: str(13_800_000_000 + chance.randrange(40_000)),
        "village": lambda chance: chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice("村庄里"),
        "town": chosen(*STREETS, *COUNTIES),
        "goods": chosen(
            "高压阀",
            "金属扣",
            "水龙头",
            "毛巾",
            "安全帽",
            "方便面",
            "温度计",
            "石灰石",
            "黄豆酱",
            "白酒",
            "童车",
            "马铃薯",
            "阿莫西林",
            "维生素片",
        ),
        "brand": chosen("金杯", "江淮", "解放", "东风", "福田", "红岩", "高尔夫", "汉兰达", "宋", "秦"),
        "colour": chosen("白色", "黄色", "黑色", "蓝色", "红", "金"),
        "nation_title": chosen("汉族", "汉族", "汉族", "回族", "满族", "苗族", "土家族"),
        "status_title": chosen("正常", "注销", "吊销", "安全", "有效"),
        "occupation": chosen("农民", "教师", "工人", "医生", "司机", "焊工", "高管", "电工", "水手"),
        "project": lambda chance: (
            f"{chance.choice(STREETS)}{chance.choice(('道路', '污水管网', '农田水利'))}改造工程"
        ),
        "recent_moment": lambda chance: (
            f"{recent_day(chance)} {chance.randrange(24):02}:{chance.randrange(60):02}:00"
        ),
        "future_day": lambda chance: f"{date(2024, 1, 1) + timedelta(days=chance.randrange(4000))}",
        "amount": lambda chance: f"{chance.randrange(1, 90000)}.{digits(chance, 2)}",
        "division": lambda chance: (
            chance.choice(("330702", "330703", "330781", "330782")) + chance.choice(("", "001008"))
        ),
        "parcel": lambda chance: f"330702{digits(chance, 6)}GB{digits(chance, 5)}",
        "organisation_code": lambda chance: f"{digits(chance, 8)}-{chance.choice('0123456789X')}",
        "licence": lambda chance: (
            f"浙金许字〔20{chance.randrange(10, 26)}〕第{chance.randrange(1, 9999):04}号"
        ),
        "hexadecimal": lambda chance: f"{chance.getrandbits(128):032x}",
        "ip": lambda chance: ".".join(str(chance.randrange(1, 255)) for _ in range(4)),
        "url": lambda chance: f"https://city.example/{chance.randrange(10**6)}",
        "vehicle": lambda chance: (
            "L"
            + "".join(chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(12))
            + digits(chance, 4)
        ),
        "sex_title": chosen("男", "女"),
        "grade": chosen("1", "2", "3", "A", "B"),
        "longitude": lambda chance: f"119.{digits(chance, 6)}",
        "postcode": lambda chance: f"321{digits(chance, 3)}",
        "bank_name": lambda chance: (
            f"中国{chance.choice(('工商', '农业', '建设'))}银行{chance.choice(COUNTIES)}支行"
        ),
        "latin": lambda chance: "".join(
            chance.choice(("chen", "wang", "li", "ming", "wei")) for _ in range(3)
        ),
        "truth": chosen("0", "1", "是", "否"),
        "user": lambda chance: f"user{chance.randrange(10**6)}",
        "hidden_id_number": lambda chance: f"330799********{digits(chance, 4)}",
        "year": lambda chance: str(1940 + chance.randrange(80)),
        "bank_code": lambda chance: f"10233{digits(chance, 7)}",
        "staff_no": lambda chance: f"33{digits(chance, 4)}",
        "digits_9": lambda chance: digits(chance, 9),
        "digits_15": lambda chance: f"3307{digits(chance, 11)}",
        "social_card": lambda chance: f"{chance.choice('ABCD')}{digits(chance, 8)}",
        "area_prefix": chosen("0579", "0571", "021", "010"),
        "few_credit_codes_by_chance": chosen("91330799T0000001XP", "CODE-A", "CODE-B", "CODE-C"),
    }
)
"""What makes one cell, by name."""
