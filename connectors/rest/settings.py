"""What a manifest says of a REST source."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from connectors.model import ColumnType
from connectors.registry import Duration, SettingsPart, SourceSettings

PATH = r"^/[A-Za-z0-9/_.~%-]*$"


class PageSettings(SettingsPart):
    """How a list is asked for page by page; counting begins at `first`."""

    parameter: str = Field(description="name of the query parameter that holds the page's number")
    size_parameter: str = Field("", description="name of the query parameter that holds the page's size")
    size: int = Field(200, ge=1, le=10_000, description="rows of one page, 1 to 10000")
    first: int = Field(1, ge=0, le=1, description="number of the first page, 0 or 1")


class ListSettings(SettingsPart):
    """The end point that lists an entity."""

    path: str = Field(pattern=PATH, description="path below the url, beginning with `/`")
    items: str = Field("", description="name of the member that holds the rows; empty: the answer itself")
    page: PageSettings | None = Field(None, description="how pages are asked for; absent: one answer is all")


class LookupSettings(SettingsPart):
    """The end point that answers a batch of keys."""

    path: str = Field(pattern=PATH, description="path below the url, beginning with `/`")
    method: Literal["POST"] = Field("POST", description="POST, so that keys stand in no address")
    key: str = Field(description="column that the keys are values of")
    body: str = Field("", description="name of the member that holds the keys; empty: the body is the list")
    items: str = Field("", description="name of the member that holds the rows; empty: the answer itself")


class EntitySettings(SettingsPart):
    """One kind of row that the source offers."""

    columns: dict[str, ColumnType] = Field(min_length=1, description="name and type of each column")
    key: tuple[str, ...] = Field((), description="columns that name one row")
    list_: ListSettings | None = Field(None, alias="list", description="the end point that lists all rows")
    lookup: LookupSettings | None = Field(None, description="the end point that answers a batch of keys")

    @model_validator(mode="after")
    def _names_stand(self) -> Self:
        named = {*self.key, *([self.lookup.key] if self.lookup else [])}
        if self.list_ is None and self.lookup is None:
            raise ValueError
        if not named <= self.columns.keys():
            raise ValueError
        return self


class RestSettings(SourceSettings):
    """A REST source: JSON over HTTP, asked with GET for lists and POST for batches of keys."""

    url: str = Field(
        description="address of the source, such as https://host:port/path, without query or user"
    )
    secret: str = Field("", description="reference of the sealed API key")
    api_key_header: str = Field(
        "X-Api-Key", pattern=r"^[A-Za-z0-9-]+$", description="header that carries the API key"
    )
    entities: dict[str, EntitySettings] = Field(
        min_length=1, description="the entities: columns, key and a `list` or `lookup` that speak of them"
    )
    max_connections: int = Field(4, ge=1, le=256, description="most connections at one time, 1 to 256")
    timeout: Duration = Field(3.0, gt=0, le=300, description="longest time for one request, such as 3s")
    max_answer_bytes: int = Field(
        16_000_000, ge=1024, le=1_000_000_000, description="most bytes of one answer of the source"
    )

    @model_validator(mode="after")
    def _plain_address(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError
        if parts.username is not None or parts.port == 0:
            raise ValueError
        return self
