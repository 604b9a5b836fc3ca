"""What a seat is shown of a record leads no further than the seat."""

from audit.shown import for_security


def test_security_is_told_no_case_of_an_access_a_search_or_a_hold() -> None:
    access = {"receipt": "r", "kind": "access", "case_number": "case-7", "purpose": "P"}
    search = {
        "receipt": "s",
        "kind": "management",
        "event": "audit.search",
        "detail": {"case_number": "case-7", "client": "app-one", "records": "3"},
    }
    assert "case-7" not in str(for_security(access))
    assert for_security(search)["detail"] == {"client": "app-one", "records": "3"}
