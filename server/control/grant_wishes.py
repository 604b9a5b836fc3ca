"""A grant said in words instead of a file: it takes the same way, and the platform fills in the days."""

import secrets
from datetime import timedelta

import orjson
import strawberry

from auth.roles import Duty
from schema.grant_file import read_grants_text
from server.control.access import At
from server.control.files import read_files
from server.control.granting import put_in_force
from server.control.types import FileText, GrantView, grant_view

YEAR = timedelta(days=365)


@strawberry.input(description="What a grant gives of one field.")
class FieldWish:
    """A field, its rights, and a mask where it is not the owner's default."""

    name: str
    rights: list[str]
    mask: str = ""


@strawberry.input(description="A grant to put in force; without days it counts for a year from today.")
class GrantWish:
    """Client, purpose, resource as `department.Type`, fields; the number is given where none is named."""

    client: str
    purpose: str
    resource: str
    fields: list[FieldWish]
    id: str = ""
    legal_basis: str = ""
    agreement: str = ""
    valid_from: str = ""
    valid_to: str = ""


async def create_grant(at: At, grant: GrantWish) -> GrantView:
    """Return the grant; everything that is wrong with it is told at once, as of a file."""
    session = at.context
    department = grant.resource.partition(".")[0]
    await session.allow(Duty.GRANT, department)
    catalog, today = session.platform.publisher.snapshot().catalog, session.platform.clock.today()
    clients = [client.id for client in await session.platform.auth.clients() if not client.revoked]
    item = {
        "id": grant.id or f"G-{today.year}-{secrets.token_hex(4)}",
        "resource": grant.resource,
        "fields": {one.name: _field(one) for one in grant.fields},
    }
    stated = {"legalBasis": grant.legal_basis, "agreement": grant.agreement}
    text = orjson.dumps(
        {
            "grants": "1",
            "client": grant.client,
            "purpose": grant.purpose,
            **{name: one for name, one in stated.items() if one},
            "valid": {
                "from": grant.valid_from or today.isoformat(),
                "to": grant.valid_to or (today + YEAR).isoformat(),
            },
            "items": [item],
        }
    ).decode()
    given = [FileText(name="grant", text=text)]
    read = await read_files(given, lambda file: read_grants_text(file.text, file.name, catalog, clients))
    await put_in_force(session, read[0])
    return grant_view(read[0][0])


def _field(field: FieldWish) -> dict[str, object]:
    return {"rights": field.rights} | ({"mask": field.mask} if field.mask else {})


@strawberry.type
class GrantMutation:
    """Grants in words."""

    create_grant: GrantView = strawberry.mutation(
        resolver=create_grant, description="Put one sharing grant in force, said without a file."
    )
