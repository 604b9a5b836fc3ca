"""How well discovery tells what a column holds, on labelled legacy columns; and how long it takes.

Usage: python -m benchmarks.classifier. The held-out columns were not looked at while the rules were tuned.
"""

from time import perf_counter

from tests.schema.discovery.labelled_columns import Verdict, figures, labelled, verdict

SETS = (("tuned", "tuned on"), ("later", "tuned on later"), ("held_out", "held out"))
WAYS = ((True, "name, comment and cells"), (False, "cells alone"))


def row(title: str, way: str, verdicts: list[Verdict]) -> str:
    """Return one line of the table."""
    found = figures(verdicts)
    return f"| {title} | {found.columns} | {way} | {found.recall:.1%} | {found.precision:.1%} |"


def main() -> None:
    """Print the table, what went wrong, and the time that a column takes."""
    print("| columns | | told by | recall | precision |\n| --- | --- | --- | --- | --- |")
    wrong: list[Verdict] = []
    begun, judged = perf_counter(), 0
    for name, title in SETS:
        for named, way in WAYS:
            verdicts = [verdict(one, named=named) for one in labelled(name)]
            judged += len(verdicts)
            print(row(title, way, verdicts))
            wrong += [one for one in verdicts if named and not one.right]
    for one in wrong:
        print(f"wrong: `{one.labelled.column}` is {one.labelled.label}, was said to be {one.said}")
    print(f"{(perf_counter() - begun) / judged * 1000:.1f} ms a column of 200 cells, made and judged")


if __name__ == "__main__":
    main()
