"""An explanation for people: as lines of text, and as a picture in Mermaid."""

from collections.abc import Iterator

from resolvers.explaining.explanation import ExplainedField, ExplainedStep, Explanation, Lookups

LONGEST = 240
"""Characters of a statement that the text shows; JSON shows it whole."""


def as_text(one: Explanation) -> str:
    """Return the explanation as lines."""
    return "\n".join(lines(one)) + "\n"


def lines(one: Explanation) -> Iterator[str]:
    """Yield the lines, a part at a time."""
    head = f"{one.client} asks for {one.purpose}"
    yield f"{head} · catalog version {one.catalog} · level {one.level or 'none'}"
    asked = f"statements {one.cost.statements} · sources {one.cost.sources}"
    yield f"{asked} · rows at most {counted(one.cost.rows)} · keys at most {counted(one.cost.keys)}"
    if one.streams:
        yield "Leaves batch by batch, each once its own record is durable"
    yield "Kept ready: " + ", ".join(f"{name} {'yes' if kept else 'no'}" for name, kept in one.kept.items())
    for step in one.steps:
        yield ""
        yield from step_lines(step)
    yield from part("Fields", (field_line(field) for field in one.fields))
    yield from part("Row filters", iter(one.row_filters))
    yield from part("Look-ups", (lookup_line(found) for found in one.lookups))


def part(title: str, entries: Iterator[str]) -> Iterator[str]:
    """Yield a part with its title; nothing where it is empty."""
    shown = [f"  {entry}" for entry in entries]
    if shown:
        yield from ("", title, *shown)


def step_lines(step: ExplainedStep) -> Iterator[str]:
    """Yield the lines of one step."""
    yield f"Step {step.number} · {step.source} {step.title} · {step.resource} · depth {step.depth}"
    yield f"  for: {', '.join(step.places)}"
    if step.feeds:
        yield f"  keys: {'; '.join(step.feeds)}"
    fetched = f" · fetched {counted(step.most.fetched)}" if step.most.fetched != step.most.rows else ""
    keys = f"keys {counted(step.most.keys)} · " if step.feeds else ""
    yield f"  at most: {keys}rows {counted(step.most.rows)}{fetched}"
    for field in step.fields:
        mask = f" through mask {field.mask}, by the {field.masked_by}" if field.mask else ""
        yield f"  reads: {field.field} ({field.use}){mask}"
    for work in step.work:
        yield f"  {work.by}: {work.what}" + (f" — {work.why}" if work.why else "")
    for bind in step.binds:
        yield f"  bind {bind.bind}: {bind.origin}"
    yield from statement_lines(step.statement)


def statement_lines(statement: str) -> Iterator[str]:
    """Yield the statement, cut where it is long."""
    if not statement:
        yield "  statement: kept back with its hidden resource, or the source could not be described yet"
        return
    shown = statement[:LONGEST]
    yield from (f"  | {line.rstrip()}" for line in shown.splitlines())
    if len(statement) > LONGEST:
        yield f"  | … ({len(statement)} characters; --format json shows them all)"


def field_line(field: ExplainedField) -> str:
    """Return the line of one field."""
    mask = f" · mask {field.mask}" if field.mask else ""
    level = f" · {field.level}" if field.level else ""
    rights = f" · may {', '.join(field.rights)}" if field.rights else ""
    return f"{field.field} {field.title}{level} · {', '.join(field.uses)}{mask}{rights} · {field.reason}"


def lookup_line(found: Lookups) -> str:
    """Return the line of one field that values are held against."""
    bound = "no quota" if found.per_day is None else f"{found.per_day} a day"
    return f"{found.field}: {found.values} of {bound}, grant {found.grant}"


def counted(count: int | None) -> str:
    """Return a bound in words; the source decides where there is none."""
    return "any number" if count is None else f"{count:,}"


def as_mermaid(one: Explanation) -> str:
    """Return the picture: a box for each step, an arrow for each feed."""
    drawn = ["flowchart LR", f'  question(["{label(one.purpose)}"])']
    for step in one.steps:
        rows = f"rows at most {counted(step.most.rows)}"
        parts = (f"{step.number} · {step.source}", step.title, step.resource, rows)
        drawn.append(f'  step{step.number}["{"<br/>".join(label(part) for part in parts)}"]')
    for step in one.steps:
        drawn += [f"  step{number} --> step{step.number}" for number in step.fed_by]
        if not step.fed_by or any(not feed.startswith("step ") for feed in step.feeds):
            drawn.append(f"  question --> step{step.number}")
    return "\n".join(drawn) + "\n"


def label(text: str) -> str:
    """Return a text that ends no label: titles are a department's own words."""
    kept = text.replace("&", "&amp;").replace("#", "&num;").replace('"', "&quot;")
    return kept.replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
