"""Retention: no setting may drop records before the law allows."""

import pytest

from audit.errors import RetentionTooShortError
from audit.retention import check_retention


@pytest.mark.parametrize(("days", "personal"), [(183, False), (0, False), (1095, True), (184, True)])
def test_too_short_a_time_is_refused(days: int, personal: bool) -> None:
    with pytest.raises(RetentionTooShortError) as refusal:
        check_retention(days, personal=personal)
    assert refusal.value.code == "RETENTION_TOO_SHORT"
    assert "GOVGRAPH_RETENTION_DAYS" in refusal.value.text


@pytest.mark.parametrize(("days", "personal"), [(184, False), (1096, True), (9999, True)])
def test_a_lawful_time_passes(days: int, personal: bool) -> None:
    check_retention(days, personal=personal)
