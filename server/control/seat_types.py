"""The types of the control graph that speak of clients just made, copied keys and proposals."""

import strawberry


@strawberry.type(description="A client just made, with its secret; or a seat just proposed.")
class NewClient:
    """The only moment at which a secret is shown; a proposal has a number and no secret yet."""

    client_id: str
    client_secret: str | None
    proposal: str | None


@strawberry.type(description="Keys just copied, or the number under which copying them waits.")
class KeysBackup:
    """The names of the keys; none while a second seat must approve."""

    keys: list[str]
    proposal: str | None


@strawberry.type(description="What one seat proposed and another must approve.")
class ProposalView:
    """A proposal: a seat to fill, or keys to copy into a folder; of a citizen's number its two ends."""

    number: str
    act: str
    client: str | None
    title: str | None
    role: str | None
    department: str | None
    subject: str | None
    target: str | None
    asked_by: str
    asked_at: str
