"""A leaf of the log, byte for byte, for the page on what it keeps."""

from audit.leaf import leaf_bytes
from audit.record import AccessRecord, Coordinates, Outcome
from audit.tree import leaf_hash


def written() -> list[str]:
    """Return a leaf as it stands in the log, and its hash."""
    fields = Coordinates(asked=("Person.name",), returned=("Person.name",), masked={"Person.name": "NM"})
    sample = leaf_bytes(
        AccessRecord(
            receipt="200eabce8622fa79a6a9c6688e267d53",
            time="2026-06-30T01:02:03.000000Z",
            request="6fac311100a11cfe452aabad78cadbe6",
            outcome=Outcome.ANSWERED,
            client="yiwu-service-hall",
            role="application",
            purpose="ZM-HOUSE-BUY",
            grants=("G-2026-0001",),
            catalog=10,
            coordinates=fields,
            rows={"Person": 1},
            level="L3",
        )
    )
    said = "A record, byte for byte; its leaf hash (RFC 6962: SHA-256 over a zero byte and the leaf) is"
    return ["", f"{said} `{leaf_hash(sample).hex()}`:", "", "```json", sample.decode(), "```"]
