"""Grants, masks and filters as plain JSON values: how they are stored and what a fingerprint covers.

The spelling of conditions is that of the grants file, so that a stored grant reads like a written one.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from auth.disclosure import disclosure_document, read_disclosure
from auth.filters import Attribute, Condition, ConditionValue, Operator, RowFilter, YearsBeforeToday
from auth.grants import FieldGrant, Grant
from auth.masking.rule import MaskException, MaskRule
from auth.rights import Quota, Right


def grant_document(grant: Grant) -> dict[str, Any]:
    """Return a grant as a JSON value; `read_grant` gives back an equal one."""
    return {
        "id": grant.id,
        "client": grant.client,
        "purpose": grant.purpose,
        "resource": grant.resource,
        "department": grant.department,
        "legalBasis": grant.legal_basis,
        "agreement": grant.agreement,
        "valid": {"from": grant.valid_from.isoformat(), "to": grant.valid_to.isoformat()},
        "quota": {"lookupsPerDay": grant.quota.lookups_per_day},
        "bulk": grant.bulk,
        "suspended": grant.suspended,
        "disclosure": disclosure_document(grant.disclosure),
        "rows": filter_document(grant.rows),
        "fields": {
            name: {"rights": rights_document(given.rights), "mask": mask_document(given.mask)}
            for name, given in grant.fields.items()
        },
    }


def read_grant(document: Mapping[str, Any]) -> Grant:
    """Return the grant that `grant_document` wrote; an older one lacks `bulk` and `suspended`."""
    return Grant(
        id=document["id"],
        client=document["client"],
        purpose=document["purpose"],
        resource=document["resource"],
        department=document["department"],
        legal_basis=document["legalBasis"],
        agreement=document["agreement"],
        valid_from=date.fromisoformat(document["valid"]["from"]),
        valid_to=date.fromisoformat(document["valid"]["to"]),
        quota=Quota(document["quota"]["lookupsPerDay"]),
        bulk=document.get("bulk", False),
        suspended=document.get("suspended", False),
        disclosure=read_disclosure(document.get("disclosure")),
        rows=_read_filter(document["rows"]),
        fields={
            name: FieldGrant(frozenset(map(Right, given["rights"])), _read_mask(given["mask"]))
            for name, given in document["fields"].items()
        },
    )


def rights_document(rights: frozenset[Right]) -> list[str]:
    """Return rights in the order in which the enumeration names them."""
    return [right.value for right in Right if right in rights]


def mask_document(rule: MaskRule | None) -> dict[str, Any] | None:
    """Return a mask rule as a JSON value."""
    if rule is None:
        return None
    when = [{"mask": one.mask, **_condition_document(one.condition)} for one in rule.exceptions]
    return {"default": rule.mask, "when": when}


def filter_document(rows: RowFilter | None) -> list[dict[str, Any]] | None:
    """Return a row filter as a JSON value."""
    return None if rows is None else [_condition_document(one) for one in rows.conditions]


def _condition_document(condition: Condition) -> dict[str, Any]:
    return {
        "field": condition.field,
        "operator": condition.operator.value,
        "value": _value_document(condition.value),
    }


def _value_document(value: ConditionValue) -> Any:
    match value:
        case Attribute(name):
            return {"caller": name}
        case YearsBeforeToday(years):
            return {"yearsBeforeToday": years}
        case tuple():
            return list(value)
        case _:
            return value


def _read_mask(document: Mapping[str, Any] | None) -> MaskRule | None:
    if document is None:
        return None
    exceptions = tuple(MaskException(_read_condition(one), one["mask"]) for one in document["when"])
    return MaskRule(document["default"], exceptions)


def _read_filter(document: list[Mapping[str, Any]] | None) -> RowFilter | None:
    return None if document is None else RowFilter(tuple(_read_condition(one) for one in document))


def _read_condition(document: Mapping[str, Any]) -> Condition:
    return Condition(document["field"], Operator(document["operator"]), _read_value(document["value"]))


def _read_value(value: Any) -> ConditionValue:
    match value:
        case {"caller": str(name)}:
            return Attribute(name)
        case {"yearsBeforeToday": int(years)}:
            return YearsBeforeToday(years)
        case list():
            return tuple(value)
        case bool() | str():
            return value
        case _:
            raise ValueError("not a condition value")
