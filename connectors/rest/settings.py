"""What a manifest says of a REST source."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from connectors.model import ColumnType
from connectors.registry import Duration, SettingsPart, SourceSettings
from connectors.rest.credential_settings import CertificateSettings, CredentialSettings
from connectors.rest.end_points import HEADER, DetailSettings, ListSettings, LookupSettings, Member


class ColumnSettings(SettingsPart):
    """One column: its type, and where in a row it stands."""

    type: ColumnType = Field(description="text, integer, decimal, boolean, date, datetime or other (JSON)")
    at: Member | None = Field(
        None, description="member of the row, such as `person.name`; `.` is the row itself; absent: the name"
    )
    comment: str = Field("", description="what the column holds, in the department's words")
    required: bool = Field(
        False, description="whether every row has it; an answer with a row without it is refused"
    )


Columns = dict[
    str,
    Annotated[
        ColumnSettings, BeforeValidator(lambda given: {"type": given} if isinstance(given, str) else given)
    ],
]


class EntitySettings(SettingsPart):
    """One kind of row that the source offers."""

    columns: Columns = Field(
        min_length=1, description="name of each column with its type, or `{type, at, required}`"
    )
    key: tuple[str, ...] = Field((), description="columns that name one row")
    list_: ListSettings | None = Field(None, alias="list", description="the end point that lists all rows")
    lookup: LookupSettings | None = Field(None, description="the end point that answers a batch of keys")
    detail: DetailSettings | None = Field(None, description="the end point that answers one key")
    strict: bool = Field(
        False, description="whether an answer with a value of another JSON type than its column's is refused"
    )
    comment: str = Field("", description="what a row is, in the department's words")

    @model_validator(mode="after")
    def _names_stand(self) -> Self:
        named = {
            *self.key,
            *([self.lookup.key] if self.lookup else []),
            *(self.detail.key if self.detail else ()),
        }
        if self.list_ is None and self.lookup is None and self.detail is None:
            raise ValueError
        if not named <= self.columns.keys():
            raise ValueError
        return self


class RestSettings(SourceSettings):
    """A REST source: JSON over HTTP; GET for lists and single keys, POST or GET for batches of keys."""

    url: str = Field(
        description="address of the source, such as https://host:port/path, without query or user"
    )
    secret: str = Field("", description="reference of the sealed API key, password, token or signing key")
    api_key_header: str = Field(
        "X-Api-Key",
        pattern=HEADER,
        description="header that carries the API key, where `credentials` is absent",
    )
    credentials: CredentialSettings | None = Field(
        None,
        description="how the platform proves who it is; its `style` is one of "
        "apiKey, basic, bearer, oauth, signature",
    )
    certificate: CertificateSettings | None = Field(
        None, description="the platform's own TLS certificate (mutual TLS)"
    )
    authority: str = Field(
        "",
        repr=False,
        description="certificates (PEM) that the source's own must lead up to; absent: the system's",
    )
    query: dict[str, str] = Field(
        default_factory=dict, description="query parameters that every request carries"
    )
    headers: dict[Annotated[str, Field(pattern=HEADER)], str] = Field(
        default_factory=dict, description="headers that every request carries"
    )
    entities: dict[str, EntitySettings] = Field(
        min_length=1,
        description="the entities: columns, key and a `list`, `lookup` or `detail` that speak of them",
    )
    requests_per_second: float = Field(
        0,
        ge=0,
        le=100_000,
        description="most reads and most requests that begin in one second; 0: any number",
    )
    max_connections: int = Field(4, ge=1, le=256, description="most connections at one time, 1 to 256")
    timeout: Duration = Field(3.0, gt=0, le=300, description="longest time for one request, such as 3s")
    max_answer_bytes: int = Field(
        16_000_000, ge=1024, le=1_000_000_000, description="most bytes of one answer of the source"
    )

    @property
    def kept(self) -> frozenset[str]:
        """The entities whose list is kept, to ask whether it still holds."""
        return frozenset(name for name, one in self.entities.items() if one.list_ and one.list_.keep)

    @model_validator(mode="after")
    def _plain_address(self) -> Self:
        if not plain_address(self.url):
            raise ValueError
        if self.credentials is not None and not self.secret:
            raise ValueError
        return self


def plain_address(url: str) -> bool:
    """Return whether an address is one of http or https, without query, fragment and user."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        return False
    return parts.username is None and parts.port != 0
