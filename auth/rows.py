"""How clients and grants stand in the rows of their tables."""

import json
from typing import Any

from auth.client_settings import USUAL, ClientSettings, read_settings, settings_document
from auth.clients import Client
from auth.documents import grant_document
from auth.grants import Grant
from auth.principal import Role


def client_of(row: Any) -> Client:
    """Return the client that a row holds."""
    return Client(
        id=row.id,
        title=row.title,
        role=Role(row.role),
        department=row.department,
        subject=row.subject,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        settings=read_settings(json.loads(row.settings)) if row.settings else USUAL,
    )


def settings_text(settings: ClientSettings) -> str | None:
    """Return settings as they are kept; None where nothing is set."""
    return json.dumps(settings_document(settings)) if settings != USUAL else None


def grant_row(grant: Grant) -> dict[str, Any]:
    """Return the row of a grant."""
    return {
        "id": grant.id,
        "client": grant.client,
        "purpose": grant.purpose,
        "resource": grant.resource,
        "valid_from": grant.valid_from.isoformat(),
        "valid_to": grant.valid_to.isoformat(),
        "document": json.dumps(grant_document(grant), ensure_ascii=False, separators=(",", ":")),
    }
