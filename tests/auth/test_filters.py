"""Row filters as predicates: exactly the admitted rows make them true."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.documents import grant_document, read_grant
from auth.errors import FilterRefusedError
from auth.filters import (
    Attribute,
    Condition,
    ConditionValue,
    Operator,
    RowFilter,
    YearsBeforeToday,
    bind_name,
    runtime_value_names,
    runtime_values,
    to_expression,
)
from auth.principal import Principal, Role
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import And, Kind
from tests.auth.samples import TODAY, grant

COLUMNS = ("code", "count", "active")
KINDS = {"count": Kind.INTEGER, "active": Kind.BOOLEAN}
CLERK = Principal("clerk", "经办", Role.CLERK, "housing-fund")


def admits(
    condition: Condition, row: Mapping[str, Any], binds: Mapping[str, Any] | None = None
) -> bool | None:
    run = compile_python(to_expression(RowFilter((condition,)), KINDS), COLUMNS)
    answer: bool | None = run([row.get(name) for name in COLUMNS], binds or {})
    return answer


@pytest.mark.parametrize(
    ("operator", "value", "admitted", "refused"),
    [
        (Operator.EQ, "b", ["b"], ["a", "B", "bb", "", None]),
        (Operator.NE, "b", ["a", ""], ["b", None]),
        (Operator.GT, "b", ["c", "ba"], ["b", "a", None]),
        (Operator.GTE, "b", ["b", "c"], ["a", None]),
        (Operator.LT, "b", ["a", ""], ["b", None]),
        (Operator.LTE, "b", ["b", "a"], ["c", None]),
        (Operator.IN, ("a", "b"), ["a", "b"], ["c", None]),
        (Operator.IN, (), [], ["a", None]),
        (Operator.NOT_IN, ("a", "b"), ["c", ""], ["a", "b", None]),
        (Operator.STARTS_WITH, "330702", ["330702", "330702008"], ["33070", "1330702", "", None]),
        (Operator.STARTS_WITH, "", ["", "a"], [None]),
        (Operator.IS_NULL, True, [None], ["", "a"]),
        (Operator.IS_NULL, False, ["", "a"], [None]),
    ],
)
def test_each_operator_admits_its_rows_and_never_a_null(
    operator: Operator, value: ConditionValue, admitted: list[str | None], refused: list[str | None]
) -> None:
    condition = Condition("code", operator, value)
    assert all(admits(condition, {"code": one}) is True for one in admitted)
    assert not any(admits(condition, {"code": one}) for one in refused)


@given(st.text("0123", max_size=4), st.text("0123", max_size=4))
def test_a_prefix_is_a_prefix(text: str, prefix: str) -> None:
    condition = Condition("code", Operator.STARTS_WITH, prefix)
    assert admits(condition, {"code": text}) is text.startswith(prefix)


def test_numbers_are_compared_as_numbers_and_truth_as_truth() -> None:
    assert admits(Condition("count", Operator.GT, "9"), {"count": 10})
    assert admits(Condition("count", Operator.IN, ("-1", "3")), {"count": -1})
    assert admits(Condition("active", Operator.EQ, "true"), {"active": True})
    assert not admits(Condition("active", Operator.EQ, value=False), {"active": True})


@pytest.mark.parametrize(
    "condition",
    [
        Condition("code", Operator.IS_NULL, "true"),
        Condition("code", Operator.IN, "a"),
        Condition("code", Operator.EQ, ("a",)),
        Condition("code", Operator.EQ, value=True),
        Condition("code", Operator.IN, Attribute("department")),
        Condition("count", Operator.EQ, "330799199003071013X"),
        Condition("count", Operator.EQ, "１２"),
        Condition("count", Operator.EQ, "--1"),
        Condition("count", Operator.LT, YearsBeforeToday(14)),
        Condition("count", Operator.STARTS_WITH, "1"),
        Condition("active", Operator.EQ, "yes"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name_without_echo(condition: Condition) -> None:
    with pytest.raises(FilterRefusedError) as caught:
        to_expression(RowFilter((condition,)), KINDS)
    assert condition.field in str(caught.value)
    assert "330799199003071013X" not in str(caught.value)


def test_a_filter_of_several_conditions_needs_all_of_them_and_an_empty_one_none() -> None:
    assert to_expression(RowFilter(()), {}) == And(())
    both = RowFilter((Condition("code", Operator.EQ, "a"), Condition("count", Operator.EQ, "1")))
    run = compile_python(to_expression(both, KINDS), COLUMNS)
    assert [run([code, n, None], {}) for code, n in (("a", 1), ("a", 2), ("b", 1))] == [True, False, False]


def test_what_the_caller_brings_is_bound_by_name() -> None:
    conditions = (
        Condition("code", Operator.EQ, Attribute("department")),
        Condition("code", Operator.GT, YearsBeforeToday(14)),
        Condition("code", Operator.NE, "x"),
    )
    assert bind_name(Attribute("subject")) == "caller.subject"
    assert runtime_value_names(conditions) == {"caller.department", "today-14y"}
    assert runtime_values(conditions, CLERK, TODAY) == {
        "caller.department": "housing-fund",
        "today-14y": "2012-06-30",
    }
    assert runtime_values(conditions[1:2], CLERK, date(2024, 2, 29)) == {"today-14y": "2010-02-28"}


@pytest.mark.parametrize("operator", [Operator.EQ, Operator.NE, Operator.STARTS_WITH, Operator.LTE])
def test_a_caller_without_the_attribute_is_admitted_nowhere(operator: Operator) -> None:
    condition = Condition("code", operator, Attribute("subject"))
    binds = runtime_values((condition,), CLERK, TODAY)
    assert binds == {"caller.subject": None}
    assert not any(admits(condition, {"code": one}, binds) for one in ("", "a", "caller.subject", None))


def test_an_unknown_attribute_brings_nothing() -> None:
    condition = Condition("code", Operator.EQ, Attribute("title"))
    assert runtime_values((condition,), CLERK, TODAY) == {"caller.title": None}


values = st.one_of(
    st.text(max_size=5),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=3).map(tuple),
    st.sampled_from([Attribute("department"), Attribute("subject")]),
    st.integers(0, 150).map(YearsBeforeToday),
)


@given(
    st.lists(st.builds(Condition, st.text(max_size=5), st.sampled_from(list(Operator)), values), max_size=4)
)
def test_every_filter_is_read_back_as_it_was_written(conditions: list[Condition]) -> None:
    one = grant(rows=RowFilter(tuple(conditions)))
    assert read_grant(grant_document(one)) == one


@pytest.mark.parametrize("bulk", [True, False])
def test_the_bulk_right_is_read_back_and_an_older_grant_has_none(bulk: bool) -> None:
    one = grant(bulk=bulk)
    document = grant_document(one)
    assert read_grant(document) == one
    del document["bulk"]
    assert not read_grant(document).bulk
