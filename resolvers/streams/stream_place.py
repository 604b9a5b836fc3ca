"""Which answers may leave batch by batch: one list at the root, read forward, its rows shown in one place.

Everything below its rows is fetched for each batch, by the steps that fetch it for a whole answer. Sums
below rows are kept back for all rows together (docs/decisions/0020), so no batch may tell them alone.
"""

from collections.abc import Sequence

from resolvers.documents.selection import Asked
from resolvers.planning.plan import Branch, Plan, StreamPlace, Way
from schema.meaning import Edges, Listing, Nodes, PageFacts


def stream_place(roots: Sequence[Asked], plan: Plan) -> StreamPlace | None:
    """Return the list of a plan that may leave batch by batch; None where the answer is made whole."""
    if len(roots) != 1 or not isinstance(roots[0].meaning, Listing):
        return None
    [root] = roots
    shown = [below.name for below in root.below if isinstance(below.meaning, Nodes | Edges)]
    branch = next(one for one in plan.branches if one.way is Way.LIST)
    if len(shown) != 1 or not streams(branch, plan):
        return None
    [rows] = shown
    names = [below.name for below in root.below]
    late = {below.name for below in root.below if isinstance(below.meaning, PageFacts)}
    before = tuple(name for name in names[: names.index(rows)] if name not in late)
    return StreamPlace(branch.number, root.name, rows, before)


def streams(branch: Branch, plan: Plan) -> bool:
    """Return whether each row of a list can be told when it comes, and its source lets them come so."""
    if any(one.summary is not None for one in plan.branches):
        return False
    step = plan.steps[branch.step]
    return step.streams and step.cut is not None and not step.cut.backward
