"""What a manifest says of how the platform proves who it is; the secret itself is sealed elsewhere."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from connectors.registry import SettingsPart
from connectors.rest.end_points import HEADER

Part = Literal["method", "path", "query", "timestamp", "nonce", "keyId", "body"]


class ApiKeySettings(SettingsPart):
    """A key in a header or in the query."""

    style: Literal["apiKey"]
    header: str = Field("", pattern=r"^[A-Za-z0-9-]*$", description="header that carries the key")
    query: str = Field("", description="query parameter that carries the key; a header is safer")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.header) == bool(self.query):
            raise ValueError
        return self


class BasicSettings(SettingsPart):
    """User and password (RFC 7617)."""

    style: Literal["basic"]
    user: str = Field(pattern=r"^[^:\x00-\x1f]+$", description="user; the password is the sealed secret")


class BearerSettings(SettingsPart):
    """A token that does not end (RFC 6750)."""

    style: Literal["bearer"]


class OAuthSettings(SettingsPart):
    """Tokens by client credentials (RFC 6749, section 4.4)."""

    style: Literal["oauth"]
    token_url: str = Field(description="address that gives tokens, such as https://host/token")
    client_id: str = Field(
        min_length=1, description="the platform's client id; its secret is the sealed secret"
    )
    scope: str = Field("", description="scopes to ask for, with blanks between them")
    client_in: Literal["header", "body"] = Field("header", description="where client id and secret stand")

    @model_validator(mode="after")
    def _plain_address(self) -> Self:
        parts = urlsplit(self.token_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError
        return self


class SignatureSettings(SettingsPart):
    """A signature of each request by a shared key (RFC 2104)."""

    style: Literal["signature"]
    key_id: str = Field(pattern=r"^[\x21-\x7e]+$", description="name of the key, as the source knows it")
    algorithm: Literal["HMAC-SHA256", "HMAC-SM3"] = Field(
        "HMAC-SHA256", description="HMAC-SHA256 or HMAC-SM3"
    )
    encoding: Literal["hex", "base64"] = Field(
        "hex", description="how the signature is written: hex or base64"
    )
    parts: tuple[Part, ...] = Field(
        ("method", "path", "query", "timestamp", "nonce", "body"),
        min_length=1,
        description="what is signed, in this order, one a line",
    )
    key_header: str = Field("X-Key-Id", pattern=HEADER, description="header that carries the key's name")
    timestamp_header: str = Field("X-Timestamp", pattern=HEADER, description="header of the moment")
    nonce_header: str = Field("X-Nonce", pattern=HEADER, description="header of the random text")
    signature_header: str = Field("X-Signature", pattern=HEADER, description="header of the signature")
    timestamp: Literal["seconds", "milliseconds"] = Field(
        "seconds", description="unit of the moment, counted from 1970-01-01 UTC: seconds or milliseconds"
    )


CredentialSettings = Annotated[
    ApiKeySettings | BasicSettings | BearerSettings | OAuthSettings | SignatureSettings,
    Field(discriminator="style"),
]


class CertificateSettings(SettingsPart):
    """The platform's own certificate, for sources that ask for one."""

    secret: str = Field(
        min_length=1, description="reference of the sealed PEM text: the certificate, its chain and its key"
    )
