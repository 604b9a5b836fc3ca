"""The types of the control graph that are about searching the log, and the search they become."""

from collections.abc import Mapping
from typing import Final

import strawberry
from strawberry.scalars import JSON

from audit.errors import SearchRefusedError
from audit.search import NAMED, Search
from audit.subjects import SubjectSeal
from schema.types import names_a_person, normalise

LONGEST: Final = 300
"""Signs of the longest part of a search."""


@strawberry.input(description="What records are looked for; every part that is given must hold.")
class RecordSearch:
    """Parts of a search; `person` is an ID number, and only of digests of it the log knows."""

    since: str = ""
    until: str = ""
    kind: str = ""
    event: str = ""
    decision: str = ""
    code: str = ""
    level: str = ""
    client: str = ""
    end_user: str = ""
    department: str = ""
    source: str = ""
    grant: str = ""
    purpose: str = ""
    case_number: str = ""
    resource: str = ""
    field: str = ""
    changed: str = ""
    receipt: str = ""
    text: str = ""
    person: str = ""


@strawberry.input(description="What a department looks for among the records of its own fields.")
class OwnRecordSearch:
    """Parts of a search by a department; `field` and `resource` are its own."""

    since: str = ""
    until: str = ""
    client: str = ""
    end_user: str = ""
    purpose: str = ""
    case_number: str = ""
    resource: str = ""
    field: str = ""


@strawberry.type(description="Some records, the newest first, and where to go on.")
class RecordPage:
    """Records as JSON; `cursor` leads to older ones, `behind` counts records that the index lacks yet."""

    records: list[JSON]
    cursor: str | None
    behind: int


def parts_of(search: RecordSearch | OwnRecordSearch) -> dict[str, str]:
    """Return the parts of a search by name; those that are not given are empty."""
    return {part: str(value) for part, value in strawberry.asdict(search).items()}


def search_of(parts: Mapping[str, str], seal: SubjectSeal, resources: tuple[str, ...] = ()) -> Search:
    """Return the search that parts stand for. Raises `SEARCH_REFUSED`; the text repeats none of them."""
    for part, value in parts.items():
        if len(value) > LONGEST or "\0" in value:
            raise SearchRefusedError("A part of the search is too long, or holds a zero sign", where=part)
        if part != "person" and names_a_person(value):
            raise SearchRefusedError(
                "A part of the search holds what reads as an identity number",
                where=part,
                remedy="Look for a person by `person` alone: it is turned into a digest and kept nowhere.",
            )
    return Search(
        since=parts.get("since", ""),
        until=parts.get("until", ""),
        named={part: parts[part] for part in NAMED if parts.get(part)},
        persons=digests_of(parts.get("person", ""), seal),
        resources=resources,
        text=parts.get("text", ""),
    )


def digests_of(person: str, seal: SubjectSeal) -> tuple[bytes, ...]:
    """Return the digests of an ID number under every key, of none none. Raises `SEARCH_REFUSED`."""
    if not person:
        return ()
    normal = normalise("IdNumber", person)
    if normal is None:
        raise SearchRefusedError(
            "What was given as a person is no identity number",
            where="person",
            remedy="Give the 18 signs of the number, or the 15 of an old one.",
        )
    return tuple(seal.digests_of(normal).values())


def told(parts: Mapping[str, str], count: int) -> dict[str, str]:
    """Return what is recorded of a search: its parts, of a person or text only that there was one."""
    hidden = {"person", "text"}
    given = {part: "given" if part in hidden else value for part, value in parts.items() if value}
    return {**given, "records": str(count)}
