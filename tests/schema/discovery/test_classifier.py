"""Columns of legacy stores are told by name, comment and checked cells, and told right."""

import pytest

from connectors.model import EntityColumn
from schema.discovery.cells import cells_of
from schema.discovery.classifying import classify
from tests.schema.discovery.dirt import cells
from tests.schema.discovery.labelled_columns import LOOKED_FOR, NONE, figures, labelled, verdict

RECALL, PRECISION = 0.95, 0.90
PARTS = ("tuned", "later", "held_out")


@pytest.mark.parametrize("name", PARTS)
def test_what_is_looked_for_is_found_and_nothing_else_is_said(name: str) -> None:
    verdicts = [verdict(one) for one in labelled(name)]
    found = figures(verdicts)
    wrong = [(one.labelled.column, one.labelled.label, one.said) for one in verdicts if not one.right]
    assert found.recall >= RECALL, wrong
    assert found.precision >= PRECISION, wrong


def test_the_set_is_large_and_knows_every_kind_clean_and_dirty() -> None:
    every = [one for part in PARTS for one in labelled(part)]
    assert len(every) >= 150
    assert {one.label for one in every} == LOOKED_FOR | {NONE}
    for label in LOOKED_FOR:
        assert any(one.dirt for one in every if one.label == label), label
        assert any(not one.dirt for one in every if one.label == label), label


def test_without_names_precision_stays() -> None:
    verdicts = [verdict(one, named=False) for one in [one for part in PARTS for one in labelled(part)]]
    assert figures(verdicts).precision >= PRECISION


def test_every_column_that_is_looked_for_is_masked() -> None:
    for one in [one for part in PARTS for one in labelled(part)]:
        found = verdict(one)
        if one.label not in (NONE, "UnifiedSocialCreditCode"):
            assert found.classified.mask != "none", one.column


def test_every_unknown_column_is_hidden_whole() -> None:
    column = EntityColumn("qzz9", labelled("tuned")[0].stored)
    for values in ("goods", "digits_18", "hexadecimal", "recent_day", "village"):
        rows = [{"qzz9": cell} for cell in cells(values, (), 40, values)]
        found = classify(column, cells_of("qzz9", rows))
        assert (found.level, found.mask) == ("L3", "RD"), values


@pytest.mark.parametrize("values", ["clock_11", "phone_like_counter", "order_18", "digits_18", "digits_16"])
def test_clocks_counters_and_orders_are_nothing_by_themselves(values: str) -> None:
    rows = [{"wqv": cell} for cell in cells(values, (), 200, values)]
    found = classify(EntityColumn("wqv", labelled("tuned")[0].stored), cells_of("wqv", rows))
    assert (found.type, found.level, found.mask) == ("Text", "L3", "RD")


def test_a_name_the_cells_belie_is_not_believed() -> None:
    rows = [{"sfzh": cell} for cell in cells("goods", (), 40, "belied")]
    found = classify(EntityColumn("sfzh", labelled("tuned")[0].stored), cells_of("sfzh", rows))
    assert (found.type, found.level, found.mask) == ("Text", "L3", "RD")
    assert "its cells do not bear that out" in found.reasons


def test_no_cell_stands_in_a_reason() -> None:
    for one in [one for part in PARTS for one in labelled(part)]:
        made = {
            cell.strip() for cell in cells(one.values, one.dirt, one.rows, one.seed) if cell and len(cell) > 5
        }
        reasons = " ".join(verdict(one).classified.reasons)
        assert not [cell for cell in made if cell in reasons], one.column
