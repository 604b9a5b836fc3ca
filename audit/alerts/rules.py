"""When an alert is raised: the bounds of each rule, with defaults that a city can start with."""

from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

MINUTE: Final = 60


class AlertRules(BaseModel):
    """Bounds of the rules; counts are of one client, or of one end user of it, within `window` seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: int = Field(10 * MINUTE, ge=10, le=86_400, description="Seconds that are counted together.")
    person_limit: int = Field(100, ge=1, description="Most distinct persons that one end user reads.")
    client_person_limit: int = Field(5000, ge=1, description="Most distinct persons that one client reads.")
    row_limit: int = Field(20_000, ge=1, description="Most rows that one client reads.")
    miss_limit: int = Field(50, ge=1, description="Most keys that are looked up and found nothing.")
    key_limit: int = Field(300, ge=1, description="Most different keys that one end user looks up.")
    sequence_limit: int = Field(
        20, ge=1, description="Most keys of one end user that follow closely on one tried before."
    )
    denial_limit: int = Field(20, ge=1, description="Most requests of one client that are refused.")
    night_begins: int = Field(22, ge=0, le=24, description="Hour of the city from which it is night.")
    night_ends: int = Field(
        6, ge=0, le=24, description="Hour of the city until which it is night; that it begins with: none."
    )
    rest_days: frozenset[int] = Field(
        frozenset({5, 6}), description="Days of the week on which nobody is at work; Monday is 0."
    )
    holidays: frozenset[date] = Field(frozenset(), description="Further days on which nobody is at work.")
    working_days: frozenset[date] = Field(
        frozenset(), description="Days of rest on which people work all the same."
    )
    dormant_days: int = Field(60, ge=1, description="Days after which a client that asks again is told.")
    settled_records: int = Field(
        200, ge=1, description="Records of a client after which a new combination of fields is told."
    )
    clock_seconds: int = Field(
        600,
        ge=10,
        description="Seconds that a record's time may be behind an earlier one's, or ahead of now.",
    )
