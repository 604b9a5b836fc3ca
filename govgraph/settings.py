"""Settings of the process: read once from the environment (`GOVGRAPH_…`), checked together."""

from datetime import date
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each field is one environment variable: `GOVGRAPH_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="GOVGRAPH_", frozen=True, extra="ignore")

    home: Path = Field(
        Path(".govgraph"), description="Folder of all state: stores, keys, clients, demo data."
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server listens on; 0 takes a free one.")
    database_url: str = Field(
        "",
        repr=False,
        description="Store of catalog, clients and grants: empty for SQLite under the home folder, "
        "or `postgresql://user:password@host:port/name`.",
    )
    log_url: str = Field(
        "",
        repr=False,
        description="Store of the log: empty for the embedded one under the home folder, or "
        "`postgresql://user:password@host:port/name`, the same for every replica; its role need only insert.",
    )
    log_sequencer_url: str = Field(
        "",
        repr=False,
        description="The log's store under the role that puts records in order and signs; empty on a replica "
        "that is never to be elected, or where the role of `GOVGRAPH_LOG_URL` may do both.",
    )
    redis_url: str = Field(
        "",
        repr=False,
        description="Shared state of several replicas: empty for one process, which keeps it in memory, or "
        "`redis://user:password@host:port/0`; `rediss://` for TLS, `?ssl_ca_certs=FILE` for its authority.",
    )
    local_quota: int = Field(
        0,
        ge=0,
        le=100,
        description="Percent of a grant's look-ups of a day that each replica may give by itself while Redis "
        "is away; 0: none are given then.",
    )
    public_url: str = Field(
        "",
        description="Address clients use, without a trailing slash; issuer of the tokens. Empty: http://host:port.",
    )
    audience: str = Field(
        "govgraph", description="Audience that access tokens are issued for and must carry."
    )
    root_path: str = Field("", description="Path prefix a proxy strips before it passes a request on.")
    trusted_proxies: str = Field(
        "",
        description="Addresses whose X-Forwarded-* headers are believed, separated by commas; empty: none.",
    )
    cors_origins: str = Field(
        "", description="Web origins that may call the graph from a browser, separated by commas."
    )
    token_lifetime: int = Field(1800, ge=60, le=86_400, description="Lifetime of an access token in seconds.")
    deadline: float = Field(10.0, gt=0, le=300, description="Seconds within which one request is answered.")
    source_timeout: float = Field(
        3.0, gt=0, le=300, description="Seconds within which one source must answer a read."
    )
    source_look: float = Field(
        60.0,
        gt=0,
        le=86_400,
        description="Seconds between two looks at every source: whether its tables and columns are still "
        "there; notices are sent on in the same turn.",
    )
    egress_allowed: str = Field(
        "",
        description="Private address ranges that sources may stand in, separated by commas, such as "
        "`10.0.0.0/8`; `127.0.0.0/8` for a source on this machine.",
    )
    source_folders: str = Field(
        "",
        description="Folders that departments' source files may lie in, besides the own folder of each, "
        "`GOVGRAPH_HOME/sources/<department>`: `civil-affairs=/data/ca;housing-fund=/data/hf`.",
    )
    page_limit: int = Field(1000, ge=1, le=100_000, description="Most rows of one list in one answer.")
    bulk_limit: int = Field(
        500,
        ge=1,
        le=100_000,
        description="Most rows of one resource in one request for a client whose grant has no `bulk`.",
    )
    stream_from: int = Field(
        5000,
        ge=1,
        le=100_000,
        description="Rows of one list above which its answer leaves batch by batch, in bounded memory.",
    )
    stream_limit: int = Field(
        200_000,
        ge=1,
        le=1_000_000,
        description="Most rows of one list that leaves batch by batch, for a client whose own page allows "
        "as many.",
    )
    stream_wait: float = Field(
        10.0,
        gt=0,
        le=300,
        description="Seconds within which a client must take one batch of an answer; then the answer ends.",
    )
    stream_time: float = Field(
        600.0, gt=0, le=86_400, description="Seconds that one answer may leave batch by batch."
    )
    smallest_group: int = Field(
        5,
        ge=2,
        le=1000,
        description="Fewest persons that a count, sum or group may be about; below, it is left out.",
    )
    body_limit: int = Field(2_000_000, ge=1024, description="Most bytes of one request body.")
    body_timeout: float = Field(
        20.0, gt=0, le=300, description="Seconds within which one request body must have arrived."
    )
    anonymous_limit: int = Field(
        60,
        ge=1,
        le=1_000_000,
        description="Requests per minute and address that are refused with a record though no valid token "
        "stands behind them; more are refused without one.",
    )
    retention_days: int = Field(
        1096,
        description="Days that access records are kept; never below 1096 (three years), they touch persons.",
    )
    retention_days_others: int = Field(
        1096,
        description="Days that records about no person are kept; never below 184 (six months).",
    )
    audit_verify: float = Field(
        24.0,
        ge=0,
        le=720,
        description="Hours between two verifications of the log in this home, each by a process of its own; "
        "0: none. What is found is recorded; what is bad raises an alert.",
    )
    audit_pause: float = Field(
        2.0,
        gt=0,
        le=3600,
        description="Seconds between two readings of new records into the index of the log and by the rules "
        "of alerts.",
    )
    alert_rules: Path | None = Field(
        None, description="File in YAML with the bounds of alerts that differ from the defaults; empty: none."
    )
    demo_today: date | None = Field(
        None, description="Calendar day that rules are decided on, for demonstrations; empty: the real day."
    )
    metrics: str = Field(
        "local",
        pattern="^(local|token|off)$",
        description="Who may read `/metrics`: `local`, whoever asks from this machine and through no proxy, "
        "and others with a token of an operator or administrator; `token`, the latter only; `off`, nobody.",
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least severity that is logged."
    )
