"""Code tables of national standards, by the name a manifest writes: `codes: GB/T 2261.1`."""

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType

from schema.catalog import Code

FILES: Mapping[str, str] = MappingProxyType(
    {
        "GB/T 2261.1": "gb-t-2261.1.csv",  # sex of a person
        "GB/T 2261.2": "gb-t-2261.2.csv",  # marital status
        "GB/T 3304": "gb-t-3304.csv",  # nations of China
        "GB/T 4761": "gb-t-4761.csv",  # relation within a family
        "GB/T 4762": "gb-t-4762.csv",  # political status
    }
)


def code_table(name: str) -> tuple[Code, ...]:
    """Return the entries of a table in the order of the standard; the name is one of `FILES`."""
    text = files("schema").joinpath("codes", FILES[name]).read_text(encoding="utf-8")
    return tuple(Code(row["stored"], row["name"], row["title"]) for row in csv.DictReader(text.splitlines()))


def table_name(codes: Sequence[Code]) -> str | None:
    """Return the name of the standard's table that holds exactly these codes, or None."""
    return next((name for name in FILES if code_table(name) == tuple(codes)), None)
