"""The page on metrics, from their table in the code."""

from server.metrics.families import METRICS

HEAD = """# Metrics

`/metrics` in the text format of Prometheus, for the operator; who may read it says `GOVGRAPH_METRICS`.
Counts begin with the process, those of a source with its last publication.

No label names a client, a grant, a person, a request or a path: such labels have no bound, and who asked
what stands in the log. `source` is the key of a department, `outcome` an error code of
[errors.md](errors.md), `address` one of a handful of beginnings. Besides these there are the metrics
`process_…` of the Prometheus client: memory, processor time, open files, start."""


def written() -> str:
    """Return the page."""
    lines = [HEAD]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        told = f"by {labels}" if labels else "without labels"
        lines += ["", f"## `{metric.name}`", "", metric.meaning, "", f"A {metric.kind}, {told}."]
    return "\n".join(lines) + "\n"
