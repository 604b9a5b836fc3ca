"""Names made by chance from short lists; whoever is called so in life is a coincidence."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
DOUBLE_SURNAMES = ("欧阳", "诸葛", "上官", "司徒", "东方")
MALE = (
    "伟强磊军勇杰涛超明刚平辉鹏飞波斌宇浩凯鑫俊峰宁龙林栋翔志远国良建华文博子轩浩然嘉诚景天承泽永康福生金水"
)
FEMALE = "芳娜敏静丽艳娟霞玲燕红梅莉萍丹琳慧颖雪倩婷洁怡悦欣妍秋月春兰桂英秀珍美琴雅诗雨涵梓若思琪晓彤佩云素"
RARE = ("𬱖", "𠅤", "㛃", "𫍽")
UYGHUR = (("买买提·艾山", "艾力·吐尔逊"), ("阿依古丽·买买提", "古丽娜尔·艾山"))
UYGHUR_NATION = "05"

NATIONS = ("01",) * 194 + ("22", "22", "06", "15", "03", UYGHUR_NATION)
"""Chances of the codes of GB/T 3304, as in this part of the country."""

BRANDS_FIRST = "恒金宏瑞华盛泰永鼎嘉锦旭博远东浙安凯诚正丰隆腾飞万通天成新星"
BRANDS_SECOND = "源达美康力拓昌和信祥润泽宇航阳晟邦联创科汇利艺林海川岳峰"
TRADES = (
    ("五金制品", "金属制品制造、销售"),
    ("电动工具", "电动工具研发、制造、销售"),
    ("针织服饰", "服装、针织品制造、销售"),
    ("饰品", "工艺饰品制造、批发、零售"),
    ("玩具", "玩具制造、销售,货物进出口"),
    ("供应链管理", "供应链管理,国内货运代理"),
    ("食品", "食品生产、销售"),
    ("建材", "建筑材料批发、零售"),
    ("机电设备", "机电设备制造、维修"),
    ("信息技术", "软件开发,信息系统集成"),
    ("物流", "道路普通货物运输,仓储"),
    ("贸易", "日用百货批发,货物进出口"),
)
ROADS = ("人民", "解放", "八一", "宾虹", "双龙", "工人", "丹溪", "稠州", "望春", "丽州", "金山", "明堂")


def surname(chance: Random) -> str:
    """Return a surname, one in fifty of two characters."""
    return chance.choice(DOUBLE_SURNAMES) if chance.random() < 0.02 else chance.choice(SURNAMES)


def given_name(chance: Random, *, male: bool) -> str:
    """Return a given name of one or two characters, one in five hundred beyond the first plane of Unicode."""
    marks = MALE if male else FEMALE
    if chance.random() < 0.002:
        return chance.choice(RARE)
    return "".join(chance.choice(marks) for _ in range(1 if chance.random() < 0.15 else 2))


def uyghur_name(chance: Random, *, male: bool) -> str:
    """Return a name that carries the middle dot."""
    return chance.choice(UYGHUR[0 if male else 1])


def road(chance: Random) -> str:
    """Return a road, such as `人民东路`."""
    return chance.choice(ROADS) + chance.choice(("东路", "西路", "南路", "北路", "路", "街"))
