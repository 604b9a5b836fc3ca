"""Writes an operation on 64-bit integers: what is beyond them, or divided by zero, is null."""

from connectors.sql.spellings import Spelling
from govgraph.expressions.terms import Arithmetic, Operation
from govgraph.expressions.walk import LARGEST, SMALLEST, bounds, unclipped


def arithmetic(term: Arithmetic, operands: tuple[str, str], spelling: Spelling) -> str:
    """Return an operation, its operands written already."""
    left, right = operands
    low, high = unclipped(term)
    operator = term.operation.value
    if term.operation in {Operation.DIVIDE, Operation.REMAINDER}:
        return _divide(term, left, right, spelling)
    if low >= SMALLEST and high <= LARGEST:
        return f"({left} {operator} {right})"
    return spelling.within.format(left, operator, right)


def _divide(term: Arithmetic, left: str, right: str, spelling: Spelling) -> str:
    """Return quotient or remainder rounded down; the sources round towards zero."""
    (lowest, _), (least, greatest) = bounds(term.left), bounds(term.right)
    divisor = right if least > 0 or greatest < 0 else f"nullif({right}, 0)"
    remainder = f"({left} % {divisor})"
    quotient = f"({left} {spelling.divide} {divisor})"
    wants_remainder = term.operation is Operation.REMAINDER
    if lowest >= 0 and least > 0:
        return remainder if wants_remainder else quotient
    uneven = f"{remainder} <> 0 AND ({remainder} < 0) <> ({divisor} < 0)"
    # Of the smallest number divided by -1, 64 bits hold no quotient, and engines refuse the rest.
    edge = f"{left} < {SMALLEST + 1} AND {divisor} = -1"
    if wants_remainder:
        first = f"WHEN {edge} THEN 0 " if lowest <= SMALLEST and least <= -1 <= greatest else ""
        return f"CASE {first}WHEN {uneven} THEN {remainder} + {divisor} ELSE {remainder} END"
    return f"CASE WHEN {edge} THEN NULL WHEN {uneven} THEN {quotient} - 1 ELSE {quotient} END"
