"""Conditions as clerks write them, in masks (`when`) and in grants (`rows`)."""

from collections.abc import Mapping

from auth.filters import Attribute, Condition, ConditionValue, Operator, YearsBeforeToday
from schema.catalog import CatalogField
from schema.marked_yaml import Items, Table
from schema.place import Place

ATTRIBUTES = ("department", "subject")


def read_condition(place: Place, target: CatalogField, operator: Operator) -> Condition:
    """Return a condition on a field; `place` holds its value, which must suit field and operator."""
    return Condition(target.name, operator, _value(place, target, operator))


def known_field(place: Place, name: str, fields: Mapping[str, CatalogField]) -> CatalogField | None:
    """Return the field of that name, or None with a problem that lists the fields."""
    if name not in fields:
        place.refuse_unknown(name, fields)
    return fields.get(name)


def known_code(place: Place, target: CatalogField, name: str) -> None:
    """Refuse a name that is no code of an enum field; other fields take any text."""
    if target.codes and name and name not in {code.name for code in target.codes}:
        place.refuse_unknown(name, (code.name for code in target.codes))


def _value(place: Place, target: CatalogField, operator: Operator) -> ConditionValue:
    if operator is Operator.IS_NULL:
        return place.truth()
    if operator in {Operator.IN, Operator.NOT_IN}:
        return tuple(_text(item, target) for item in place.items())
    if isinstance(place.node, Table):
        return _computed(place)
    if isinstance(place.node, Items):
        place.refuse("This operator takes one value", "Use `in` or `notIn` for a list.")
        return ""
    return _text(place, target)


def _text(place: Place, target: CatalogField) -> str:
    text = place.text()
    known_code(place, target, text)
    return text


def _computed(place: Place) -> ConditionValue:
    """Return `{caller: department}` or `{yearsBeforeToday: 14}`."""
    entries = place.table(known=("caller", "yearsBeforeToday"))
    if len(entries) != 1:
        place.refuse("One computed value is expected", "Write `{caller: …}` or `{yearsBeforeToday: …}`.")
    elif "caller" in entries:
        return Attribute(entries["caller"].one_of(ATTRIBUTES))
    else:
        return YearsBeforeToday(entries["yearsBeforeToday"].whole_number())
    return ""
