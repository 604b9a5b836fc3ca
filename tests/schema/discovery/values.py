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
)
"""What makes one clean cell, by name."""
