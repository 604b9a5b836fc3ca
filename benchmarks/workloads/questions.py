"""The six questions that every server is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.workloads.numbers import identity_number
from benchmarks.workloads.scale import DISTRICT, STATES, Scale, division

FOLDER = Path(__file__).resolve().parent / "questions"
MOST_VARIANTS = 100

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Workload:
    """One question: its name, what it is, and the variables it is asked with, one after the other."""

    name: str
    title: str
    variants: Sequence[Variables]

    def document(self, folder: Path = FOLDER) -> str:
        """Return the text of the question; a peer whose graph is spelled otherwise keeps its own folder."""
        own = folder / f"{self.name}.graphql"
        return (own if own.is_file() else FOLDER / own.name).read_text(encoding="utf-8")


def workloads(scale: Scale) -> Sequence[Workload]:
    """Return all questions, for data of a scale."""
    step = scale.persons // MOST_VARIANTS
    persons = [identity_number(1 + number * step) for number in range(MOST_VARIANTS)]
    return (
        Workload("W1", "one person by key, 6 fields", [{"idNo": number} for number in persons]),
        Workload("W2", "100 enterprises by district and status, 8 fields", in_districts(scale, wide=True)),
        Workload("W3", "20 enterprises, their legal person, 5 permits each", in_districts(scale, wide=False)),
        Workload(
            "W4", "20 persons, 12 months each from the other database, enterprises", in_divisions(scale, True)
        ),
        Workload("W5", "5,000 persons, 10 fields", in_divisions(scale, False)),
        Workload("W6", "20 services over REST, their department", [{}]),
    )


def in_districts(scale: Scale, *, wide: bool) -> Sequence[Variables]:
    """Return districts with each status: all of them, or those whose enterprises hold permits."""
    count = scale.enterprises // DISTRICT if wide else scale.permitted_districts
    found = [
        {"district": division(number), "status": f"S{status}"}
        for status in range(STATES)
        for number in range(count)
    ]
    return found[:MOST_VARIANTS]


def in_divisions(scale: Scale, insured: bool) -> Sequence[Variables]:
    """Return divisions: those whose persons are insured, or all of them."""
    count = scale.insured_divisions if insured else scale.divisions
    return [{"division": division(number)} for number in range(count)][:MOST_VARIANTS]
