"""The labelled columns, and how well the classifier does on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from connectors.model import ColumnType, EntityColumn
from schema.discovery.cells import cells_of
from schema.discovery.classifying import Classified, classify
from tests.schema.discovery.dirt import cells

LOOKED_FOR = frozenset(
    {"IdNumber", "UnifiedSocialCreditCode", "Phone", "PlateNumber", "BankAccount", "UnitNumber"}
    | {"EmailAddress", "Address", "PersonName", "BirthDate"}
)
NONE = "none"
FOLDER = Path(__file__).parent / "labelled"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A column, what it is, and how its cells are made."""

    column: str
    comment: str
    label: str
    values: str
    dirt: tuple[str, ...]
    rows: int
    stored: ColumnType

    @property
    def seed(self) -> str:
        """Return what its cells are made from."""
        return f"{self.column}/{self.comment}/{self.values}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the classifier said of a column."""

    labelled: Labelled
    said: str
    classified: Classified

    @property
    def right(self) -> bool:
        """Return whether that is what the column is."""
        return self.said == self.labelled.label


@dataclass(frozen=True, slots=True)
class Figures:
    """Recall is the found part of what is looked for, precision the right part of what was said."""

    columns: int
    recall: float
    precision: float


def labelled(name: str) -> list[Labelled]:
    """Return the columns of a file, `tuned` or `held_out`."""
    written = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        Labelled(
            entry["column"],
            entry.get("comment", ""),
            str(entry["is"]),
            entry["values"],
            tuple(entry.get("dirt", ())),
            entry.get("rows", 200),
            ColumnType(entry.get("type", "text")),
        )
        for entry in written
    ]


def verdict(one: Labelled, *, named: bool = True) -> Verdict:
    """Return what is said of a column; not `named`, it is judged by its cells alone."""
    rows = [{"c": cell} for cell in cells(one.values, one.dirt, one.rows, one.seed)]
    column = EntityColumn(one.column if named else "c", one.stored, comment=one.comment if named else "")
    found = classify(column, cells_of("c", rows))
    said = "BirthDate" if found.birth else found.type
    return Verdict(one, said if said in LOOKED_FOR else NONE, found)


def figures(verdicts: Sequence[Verdict]) -> Figures:
    """Return recall and precision over all kinds together."""
    right = sum(one.right for one in verdicts if one.labelled.label != NONE)
    wanted = sum(one.labelled.label != NONE for one in verdicts)
    said = sum(one.said != NONE for one in verdicts)
    return Figures(len(verdicts), right / wanted, right / said if said else 1.0)
