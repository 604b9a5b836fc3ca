"""Cells as legacy columns hold them, made by chance from a seed; no number belongs to anybody."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from types import MappingProxyType

from schema import normal_forms as forms

Chance = Random
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯"
    "邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈章盛楼金骆虞"
)
GIVEN = (
    "伟强磊军勇杰涛超明刚平辉鹏飞波斌宇浩凯鑫俊峰龙翔志远国良"
    "建华文博芳娜敏静丽艳娟霞玲燕红梅莉萍丹琳慧颖雪倩婷洁怡悦欣"
)
COUNTIES = ("婺城区", "金东区", "兰溪市", "义乌市", "东阳市", "永康市", "武义县", "浦江县", "磐安县")
STREETS = (
    "城东街道",
    "城中街道",
    "江北街道",
    "苏孟乡",
    "汤溪镇",
    "佛堂镇",
    "横店镇",
    "古山镇",
    "白洋街道",
    "浦南街道",
)
VILLAGES = (
    "桃园社区",
    "前进村",
    "王家村",
    "上陈村",
    "金桥社区",
    "马宅村",
    "方山村",
    "高塘村",
    "下叶村",
    "黄山头村",
    "柳湖社区",
    "石塘徐村",
)
ROADS = (
    "人民东路",
    "解放西路",
    "八一南街",
    "宾虹路",
    "双龙北街",
    "丹溪路",
    "稠州中路",
    "望春东路",
    "丽州北路",
    "金山大道",
)
BRANDS = ("恒源", "宏达", "瑞丰", "华盛", "泰和", "永固", "鼎新", "嘉禾", "锦绣", "旭日", "博雅", "远航")
TRADES = ("化工", "五金制品", "针织服饰", "玩具", "食品", "建材", "机电设备", "信息技术", "物流", "贸易")


def id_number(chance: Chance) -> str:
    born = date(1935, 1, 1) + timedelta(days=chance.randrange(30000))
    plain = f"330799{born:%Y%m%d}{chance.randrange(1000):03}"
    total = sum(int(digit) * weight for digit, weight in zip(plain, forms.ID_WEIGHTS, strict=True))
    return plain + forms.ID_CHECK_DIGITS[total % 11]


def credit_code(chance: Chance) -> str:
    alphabet = forms.CREDIT_CODE_ALPHABET
    plain = "91330799" + "".join(chance.choice(alphabet) for _ in range(9))
    total = sum(alphabet.index(sign) * pow(3, place, 31) for place, sign in enumerate(plain))
    return plain + alphabet[-total % 31]


def mobile(chance: Chance) -> str:
    return chance.choice(
        ("135", "136", "138", "139", "150", "158", "159", "177", "186", "189", "199")
    ) + digits(chance, 8)


def landline(chance: Chance) -> str:
    number = chance.choice("28") + digits(chance, 7)
    return chance.choice((f"0579-{number}", f"0579{number}", f"(0579){number}", number))


def any_phone(chance: Chance) -> str:
    return mobile(chance) if chance.random() < 0.6 else landline(chance)


def plate(chance: Chance) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return "浙" + chance.choice("GGGAVD") + "".join(chance.choice(letters) for _ in range(5))


def new_plate(chance: Chance) -> str:
    return "浙G" + chance.choice("DF") + digits(chance, 5)


def trailer_plate(chance: Chance) -> str:
    return "浙G" + digits(chance, 4) + "挂"


def card(chance: Chance) -> str:
    plain = chance.choice(("622202", "621700", "622848", "621661", "623091")) + digits(chance, 12)
    doubled = [int(one) * 2 if place % 2 == 0 else int(one) for place, one in enumerate(reversed(plain))]
    return plain + str(-sum(part - 9 if part > 9 else part for part in doubled) % 10)


def public_account(chance: Chance) -> str:
    return chance.choice(("1208", "3300", "1967", "8110")) + digits(chance, chance.choice((11, 13, 15)))


def any_account(chance: Chance) -> str:
    return card(chance) if chance.random() < 0.5 else public_account(chance)


def unit_number(chance: Chance) -> str:
    return f"330702{digits(chance, 6)}GB{digits(chance, 5)}F{digits(chance, 8)}"


def email(chance: Chance) -> str:
    user = "".join(
        chance.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(chance.randrange(5, 12))
    )
    return f"{user}@{chance.choice(('mail', 'post', 'city'))}.example"


def address(chance: Chance) -> str:
    house = (
        f"{chance.choice(ROADS)}{chance.randrange(1, 900)}号{building(chance)}{chance.randrange(101, 2500)}室"
    )
    place = chance.choice((house, f"{chance.choice(VILLAGES)}{chance.randrange(1, 300)}号"))
    return f"浙江省金华市{chance.choice(COUNTIES)}{chance.choice(STREETS)}{place}"


def building(chance: Chance) -> str:
    return f"{chance.randrange(1, 40)}幢"


def short_address(chance: Chance) -> str:
    return chance.choice(
        (
            f"{chance.choice(STREETS)}{chance.choice(VILLAGES)}{chance.randrange(1, 300)}号",
            f"{chance.choice(ROADS)}{chance.randrange(1, 900)}号",
            f"{chance.choice(COUNTIES)}{chance.choice(('锦绣', '丽泽'))}花园{building(chance)}2单元",
        )
    )


def road_place(chance: Chance) -> str:
    first, second = chance.sample(ROADS, 2)
    return chance.choice(
        (
            f"{first}与{second}交叉口",
            f"{first}{chance.randrange(1, 600)}号门前",
            f"{chance.choice(COUNTIES)}{first}路段",
        )
    )


def name(chance: Chance) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(1 + (chance.random() < 0.8)))


def holder(chance: Chance) -> str:
    return name(chance) if chance.random() < 0.6 else company(chance)


def company(chance: Chance) -> str:
    place, brand, trade = (
        chance.choice(("金华", "义乌市", "永康市", "浙江")),
        chance.choice(BRANDS),
        chance.choice(TRADES),
    )
    form = chance.choice(("有限公司", "股份有限公司", "厂", "经营部", "商行"))
    return f"{place}{brand}{chance.choice(GIVEN)}{trade}{form}"


def office(chance: Chance) -> str:
    return chance.choice(COUNTIES) + chance.choice(
        ("民政局", "市场监督管理局", "公安局", "税务局", "行政服务中心")
    )


def birth(chance: Chance) -> str:
    return f"{date(1935, 1, 1) + timedelta(days=chance.randrange(31000))}"


def birth_plain(chance: Chance) -> str:
    return birth(chance).replace("-", "")


def birth_slashed(chance: Chance) -> str:
    year, month, day = birth(chance).split("-")
    return f"{year}/{int(month)}/{int(day)}"


def birth_chinese(chance: Chance) -> str:
    year, month, day = birth(chance).split("-")
    return f"{year}年{month}月{day}日"


def digits(chance: Chance, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def recent_day(chance: Chance) -> str:
    return f"{date(1998, 1, 1) + timedelta(days=chance.randrange(10000))}"


def order_18(chance: Chance) -> str:
    return recent_day(chance).replace("-", "") + digits(chance, 10)


def clock_11(chance: Chance) -> str:
    return str(17_600_000_000 + chance.randrange(300_000_000))


def remark(chance: Chance) -> str:
    return chance.choice(
        (
            "已电话告知，当事人同意。",
            "材料不全，已一次性告知补正；",
            "按规定办理",
            "经核实情况属实，已转相关部门处理。",
        )
    )


def remark_with_address(chance: Chance) -> str:
    told = f"反映{address(chance)}有违章搭建，要求处理。"
    return told if chance.random() < 0.5 else remark(chance)


def remark_with_phone(chance: Chance) -> str:
    return (
        f"来电人{mobile(chance)}反映路灯不亮，{remark(chance)}" if chance.random() < 0.5 else remark(chance)
    )


def chosen(*options: str) -> Callable[[Chance], str]:
    return lambda chance: chance.choice(options)


VALUES: Mapping[str, Callable[[Chance], str]] = MappingProxyType(
    {
        made.__name__: made
        for made in (
            id_number,
            credit_code,
            mobile,
            landline,
            any_phone,
            plate,
            new_plate,
            trailer_plate,
            card,
        )
    }
    | {
        made.__name__: made
        for made in (
            public_account,
            any_account,
            unit_number,
            email,
            address,
            short_address,
            road_place,
            name,
        )
    }
    | {
        made.__name__: made
        for made in (
            holder,
            company,
            office,
            birth,
            birth_plain,
            birth_slashed,
            birth_chinese,
            recent_day,
            order_18,
        )
    }
    | {made.__name__: made for made in (clock_11, remark, remark_with_address, remark_with_phone)}
    | {
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
"""What makes one clean cell, by name."""

DIRT: Mapping[str, Callable[[Chance, str], str | None]] = MappingProxyType(
    {
        "blanks": lambda chance, text: text + " " * chance.randrange(1, 4),
        "lower_x": lambda _, text: text.replace("X", "x"),
        "small": lambda _, text: text.lower(),
        "full_width": lambda _, text: text.translate(forms.TO_FULL_WIDTH),
        "fifteen": lambda _, text: text[:6] + text[8:17] if text[6:8] == "19" else text,
        "nothing": lambda chance, _: chance.choice((None, "", "无", "-", "不详", "NULL", "/", "0")),
        "wrong": lambda chance, _: chance.choice(("待核实", "见附件", "1", "测试", "同上")),
        "broken": lambda chance, text: text[:-1] + chance.choice("0123456789"),
        "apostrophe": lambda _, text: f"'{text}",
        "grouped": lambda _, text: f"{text[:3]} {text[3:7]} {text[7:]}",
        "grouped_card": lambda _, text: " ".join(text[place : place + 4] for place in range(0, len(text), 4)),
        "grouped_unit": lambda _, text: f"{text[:6]} {text[6:12]} {text[12:19]} {text[19:]}",
        "pointed": lambda _, text: f"{text[:2]}·{text[2:]}",
        "abroad": lambda _, text: f"+86{text}",
        "extension": lambda chance, text: f"{text}-{chance.randrange(100, 999)}",
        "two_numbers": lambda chance, text: f"{text};{mobile(chance)}",
        "titled": lambda chance, text: text[0] + chance.choice(("先生", "女士", "经理")),
        "spaced": lambda _, text: text[0] + "　" + text[1:],
    }
)
"""What happens to a cell, by name; None where it is lost."""
SHARE = 0.15
"""The part of the cells that each kind of dirt befalls."""


def cells(values: str, dirt: tuple[str, ...], rows: int, seed: str) -> list[str | None]:
    """Return the cells of a column, the same for the same seed."""
    chance = Random(seed)
    made: list[str | None] = []
    for _ in range(rows):
        cell: str | None = VALUES[values](chance)
        for kind in dirt:
            if cell and chance.random() < SHARE:
                cell = DIRT[kind](chance, cell)
        made.append(cell)
    return made
