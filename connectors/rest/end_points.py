"""What a manifest says of a REST source's end points: lists with their pages, look-ups and details."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connectors.registry import SettingsPart

PATH = r"^/[A-Za-z0-9/_.~%:@!$'()*+,;=-]*$"
DETAIL_PATH = r"^/[A-Za-z0-9/_.~%:@!$'()*+,;={}-]*$"
HEADER = r"^[A-Za-z0-9-]+$"


def members(value: object) -> object:
    """Return the names that `data.rows` leads through; a list, for names that hold a dot, as it is."""
    return tuple(part for part in value.split(".") if part) if isinstance(value, str) else value


Member = Annotated[tuple[str, ...], BeforeValidator(members)]
Names = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)
]


class PageSettings(SettingsPart):
    """How a list is asked for page by page."""

    style: Literal["page", "offset", "cursor", "link"] = Field(
        "page",
        description="page (its number), offset (rows before it), cursor or link (the source names the next)",
    )
    parameter: str = Field("", description="name of the query parameter that holds number, offset or cursor")
    size_parameter: str = Field("", description="name of the query parameter that holds the page's size")
    size: int = Field(200, ge=1, le=10_000, description="rows of one page, 1 to 10000")
    first: int | None = Field(
        None, ge=0, le=1, description="number of the first page (absent: 1) or of the first row (absent: 0)"
    )
    next: Member = Field(
        (), description="member that holds the next cursor or link; link: absent, the Link header"
    )
    total: Member = Field(
        (), description="member that holds the number of all rows; the list is held against it"
    )

    @model_validator(mode="after")
    def _said_of_its_style(self) -> Self:
        counted = self.style in ("page", "offset")
        if (self.style == "link") == bool(self.parameter) or (counted and self.next):
            raise ValueError
        if (self.style == "cursor" and not self.next) or (not counted and self.first is not None):
            raise ValueError
        return self

    @property
    def begin(self) -> int:
        """Return what the first page is asked for with."""
        return int(self.style == "page") if self.first is None else self.first


class EndPointSettings(SettingsPart):
    """What every end point may say."""

    path: str = Field(pattern=PATH, description="path below the url, beginning with `/`")
    items: Member = Field(
        (), description="member that holds the rows, such as `data.rows`; empty: the answer itself"
    )
    query: dict[str, str] = Field(
        default_factory=dict, description="query parameters that every request carries"
    )
    headers: dict[Annotated[str, Field(pattern=HEADER)], str] = Field(
        default_factory=dict, description="headers that every request carries"
    )


class ListSettings(EndPointSettings):
    """The end point that lists an entity."""

    page: PageSettings | None = Field(None, description="how pages are asked for; absent: one answer is all")
    one: bool = Field(False, description="whether the answer is one row rather than a list of rows")
    keep: bool = Field(
        False,
        description="whether answers stay in memory, asked anew with If-None-Match; no fields from L3 on",
    )


class LookupSettings(EndPointSettings):
    """The end point that answers a batch of keys."""

    method: Literal["POST", "GET"] = Field(
        "POST", description="POST, so that keys stand in no address, or GET"
    )
    key: str = Field(description="column that the keys are values of")
    body: Member = Field((), description="POST: member that holds the keys; empty: the body is the list")
    parameter: str = Field("", description="GET: name of the query parameter that holds the keys")
    separator: str = Field(",", description="GET: what stands between keys; empty: the parameter is repeated")
    batch: int = Field(
        500, ge=1, le=10_000, description="keys of one request, 1 to 10000; more are asked side by side"
    )

    @model_validator(mode="after")
    def _said_of_its_method(self) -> Self:
        if (self.method == "GET") != bool(self.parameter) or (self.method == "GET" and self.body):
            raise ValueError
        return self


class DetailSettings(EndPointSettings):
    """The end point that answers one key, which stands as `{column}` in path, query or headers."""

    path: str = Field(pattern=DETAIL_PATH, description="path below the url; a key's value as `{column}`")
    key: Names = Field(min_length=1, description="columns of the key, each in braces somewhere")
    absent: tuple[int, ...] = Field((404,), description="HTTP statuses that mean: no such row")
    most: int = Field(500, ge=1, le=10_000, description="most requests that one read may take, 1 to 10000")

    @model_validator(mode="after")
    def _keys_stand_somewhere(self) -> Self:
        text = " ".join((self.path, *self.query.values(), *self.headers.values()))
        if not all(f"{{{name}}}" in text for name in self.key) or "{" in _without(self.path, self.key):
            raise ValueError
        return self


def _without(path: str, names: tuple[str, ...]) -> str:
    for name in names:
        path = path.replace(f"{{{name}}}", "")
    return path
