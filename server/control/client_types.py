"""The types of the control graph that are about clients and their settings."""

import strawberry

from auth.client_settings import ClientSettings, read_settings
from auth.clients import Client


@strawberry.type(description="Settings of one client; null is as for everybody.")
class ClientSettingsView:
    """Whether the client asks registered operations only, and its own limits."""

    only_persisted: bool
    body: int | None
    tokens: int | None
    fields: int | None
    depth: int | None
    page: int | None
    deadline: float | None


@strawberry.type(description="A client; its secret is shown once, when it is made.")
class ClientView:
    """A client without its secret."""

    id: str
    title: str
    role: str
    department: str | None
    revoked: bool
    settings: ClientSettingsView


@strawberry.input(description="A client to make.")
class ClientDraft:
    """A client: role, and what belongs to the role."""

    id: str
    title: str
    role: str
    department: str | None = None
    subject: str | None = None


@strawberry.input(description="Settings of one client; what is left out is as for everybody.")
class ClientSettingsDraft:
    """Whether the client asks registered operations only, and its own limits."""

    only_persisted: bool = False
    body: int | None = None
    tokens: int | None = None
    fields: int | None = None
    depth: int | None = None
    page: int | None = None
    deadline: float | None = None


def client_view(client: Client) -> ClientView:
    """Return a client without its secret and without its subject."""
    given = client.settings
    return ClientView(
        id=client.id,
        title=client.title,
        role=client.role.value,
        department=client.department,
        revoked=client.revoked,
        settings=ClientSettingsView(
            only_persisted=given.only_persisted,
            body=given.body,
            tokens=given.tokens,
            fields=given.fields,
            depth=given.depth,
            page=given.page,
            deadline=given.deadline,
        ),
    )


def settings_of(draft: ClientSettingsDraft) -> ClientSettings:
    """Return the settings that a draft holds, not yet held against the platform's bounds."""
    return read_settings(strawberry.asdict(draft))
