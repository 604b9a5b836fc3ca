"""Columns and tables get the names that a reader of the graph would look for."""

import pytest

from schema.discovery.naming import named_column, table_name, title_of
from schema.discovery.words import pinyin, spelled, words
from schema.naming import FIELD_NAME, TYPE_NAME


@pytest.mark.parametrize(
    ("column", "comment", "name", "title"),
    [
        ("sfzh", "", "idNo", "身份证号"),
        ("XM", "", "name", "姓名"),
        ("xingming", "", "name", "姓名"),
        ("dwmc", "", "organisationName", "单位名称"),
        ("tyshxydm", "", "uscc", "统一社会信用代码"),
        ("fddbr", "", "legalRepName", "法定代表人"),
        ("lxdh", "", "phone", "联系电话"),
        ("lxdh2", "", "phone", "联系电话"),
        ("xb", "", "sex", "性别"),
        ("csrq", "", "birth", "出生日期"),
        ("zcdz", "", "address", "注册地址"),
        ("po_sfzh", "", "partnerIdNo", "配偶身份证号"),
        ("syrsfzh", "", "ownerIdNo", "所有人身份证号"),
        ("gmtModified", "", "changedAt", "更新时间"),
        ("user_name", "", "name", "姓名"),
        ("c7", "买受人身份证号码", "buyerIdNo", "买受人身份证号码"),
        ("c8", "登记状态（1存续 2吊销）", "state", "登记状态"),
        ("月缴存额", "", "amount", "月缴存额"),
        ("c9", "检查合格数量", "jianChaHeGeQuantity", "检查合格数量"),
        ("abc_def", "", "abcDef", "abc_def"),
        ("2024", "", "field2024", "2024"),
        ("停车泊位", "", "tingCheBoWei", "停车泊位"),
    ],
)
def test_a_column_is_named_after_what_it_means(column: str, comment: str, name: str, title: str) -> None:
    found = named_column(column, comment)
    assert (found.name, found.title) == (name, title)
    assert FIELD_NAME.fullmatch(found.name)


@pytest.mark.parametrize(
    ("entity", "comment", "name"),
    [
        ("t_rk_jbxx", "", "Person"),
        ("v_hydj_dsr", "", "MarriageParty"),
        ("T_SCZTJBXX", "", "Enterprise"),
        ("x", "不动产抵押登记表", "Mortgage"),
        ("人口信息", "", "Person"),
        ("dwd_foo_bar", "", "FooBar"),
        ("123", "", "T123"),
    ],
)
def test_a_table_is_named_after_what_its_rows_are(entity: str, comment: str, name: str) -> None:
    found, title, _ = table_name(entity, comment)
    assert found == name
    assert title
    assert TYPE_NAME.fullmatch(found)


@pytest.mark.parametrize(
    "comment", ["330799199003071013", "如：甲乙 13800138000", "经办甲乙13800138000", "ID of the person", "。"]
)
def test_a_comment_that_may_hold_a_value_is_no_title(comment: str) -> None:
    assert title_of(comment) in ("", "如")


def test_every_word_can_name_a_field() -> None:
    every = [word for known in words().titles.values() for word in known]
    assert len({word.name for word in every}) > 120
    assert len(words().titles) + len(words().parts) + len(words().tables) > 1000
    assert not [word.name for word in every if not FIELD_NAME.fullmatch(word.name)]


def test_chinese_is_spelled_whole_and_by_initials() -> None:
    assert spelled("银行账号") == ("yinhangzhanghao", "yhzh")
    assert pinyin("重庆") == ("chong", "qing")
