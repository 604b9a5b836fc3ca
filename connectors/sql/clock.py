"""Texts that tell a moment, as the city's clock shows it, by each source's own functions of time."""

from connectors.sql.collation import MYSQL

LONG, SHORT = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])", "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
LEAP = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
DAY = f"([0-9]{{4}}-({LONG}|{SHORT}|02-(0[1-9]|1[0-9]|2[0-8]))|{LEAP}-02-29)"
ZONE = "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
SECOND = f"{DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]{ZONE}"
"""A second of the calendar with its zone; the casts of PostgreSQL fail for anything else."""

# Only where it has to move a moment does SQLite's `strftime` bring 30 February to a day of the calendar.
SIGHT = "strftime('%Y-%m-%d{1}%H:%M:%S', {0}, '+0 days') = {0} COLLATE BINARY AND {0} > '0001'"
AT_SIGHT = (
    "strftime('%Y-%m-%dT%H:%M:%S', substr({0}, 1, 19), '+0 days') = replace(substr({0}, 1, 19), ' ', 'T') "
    "AND substr({0}, 1, 4) > '0000'"
)
PLAIN = "(substr({0}, 20) = '' OR substr({0}, 20, 1) = '.' AND substr({0}, 21) NOT GLOB '*[^0-9]*')"


def in_city(text: str, dialect: str) -> str:
    """Return a second with its zone as the city's clock shows it, null for any other text (`InCity`)."""
    if dialect == "sqlite":
        return _in_sqlite(text)
    if dialect in MYSQL:
        return _in_mysql(text)
    if dialect == "trino":
        return _in_trino(text)
    if dialect == "duckdb":
        second, clock = f"regexp_full_match({text}, '{SECOND}')", _clock(f"TRY_CAST({text} AS TIMESTAMPTZ)")
        shown = f"strftime({clock}, '%Y-%m-%dT%H:%M:%S+08:00')"
    else:
        second, clock = f"{text} ~ '^{SECOND}$'", _clock(f"CAST({text} AS TIMESTAMPTZ)")
        shown = f"""to_char({clock}, 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')"""
    real = f"{clock} BETWEEN CAST('0001-01-01' AS TIMESTAMP) AND CAST('9999-12-31T23:59:59' AS TIMESTAMP)"
    kept = f"CASE WHEN {real} THEN {shown} END"
    return f"CASE WHEN {second} AND substr({text}, 1, 4) <> '0000' THEN {kept} END"


def read_at_sight(text: str, otherwise: str) -> str:
    """Return the instant of a text in SQLite, by its own functions where it is spelled as nearly all are."""
    sight, plain = AT_SIGHT.format(text), PLAIN.format(text)
    here = f"replace(substr({text}, 1, 19), ' ', 'T') || '+08:00'"
    universal = f"strftime('%Y-%m-%dT%H:%M:%S+08:00', substr({text}, 1, 19), '+8 hours')"
    return (
        f"CASE WHEN {SIGHT.format(text, 'T')} THEN {text} || '+08:00' "
        f"WHEN {SIGHT.format(text, ' ')} THEN replace({text}, ' ', 'T') || '+08:00' "
        f"WHEN {sight} AND {plain} THEN {here} "
        f"WHEN {sight} AND substr({text}, 20) = 'Z' THEN {universal} ELSE {otherwise} END"
    )


def _clock(instant: str) -> str:
    return f"(({instant} AT TIME ZONE 'UTC') + INTERVAL '8 hours')"


def _in_sqlite(text: str) -> str:
    second, zone = f"substr({text}, 1, 19)", f"substr({text}, 20)"
    real = f"strftime('%Y-%m-%dT%H:%M:%S', {second}, '+0 days') = {second}"
    return (
        f"CASE WHEN {real} AND substr({text}, 1, 4) > '0000' "
        f"AND ({zone} = 'Z' OR {zone} GLOB '[+-][01][0-9]:[0-5][0-9]') "
        f"AND strftime('%Y', {text}, '+8 hours') > '0000' "
        f"THEN strftime('%Y-%m-%dT%H:%M:%S+08:00', {text}, '+8 hours') END"
    )


def _in_trino(text: str) -> str:
    sign = f"CASE substr({text}, 20, 1) WHEN 'Z' THEN 0 WHEN '-' THEN -1 ELSE 1 END"
    hours, rest = (f"CAST(substr({text} || '00000', {place}, 2) AS BIGINT)" for place in (21, 24))
    second = f"CAST(replace(substr({text}, 1, 19), 'T', ' ') AS TIMESTAMP(0))"
    clock = f"date_add('minute', 480 - {sign} * ({hours} * 60 + {rest}), {second})"
    shown = f"date_format({clock}, '%Y-%m-%dT%H:%i:%S+08:00')"
    kept = f"CASE WHEN year({clock}) BETWEEN 1 AND 9999 THEN {shown} END"
    matched = f"regexp_like({text}, '\\A{SECOND}\\z') AND substr({text}, 1, 4) <> '0000'"
    return f"CASE WHEN {matched} THEN {kept} END"


def _in_mysql(text: str) -> str:
    sign = f"CASE substr({text}, 20, 1) WHEN 'Z' THEN 0 WHEN '-' THEN -1 ELSE 1 END"
    hours, rest = f"substr(concat({text}, '00000'), 21, 2)", f"substr(concat({text}, '00000'), 24, 2)"
    minutes = f"480 - {sign} * ({hours} * 60 + {rest})"
    clock = f"(CAST(substr({text}, 1, 19) AS DATETIME) + INTERVAL ({minutes}) MINUTE)"
    shown = f"DATE_FORMAT({clock}, '%Y-%m-%dT%H:%i:%s+08:00')"
    second = f"{text} REGEXP '\\A{SECOND}\\z' AND substr({text}, 1, 4) <> '0000'"
    return f"CASE WHEN {second} AND YEAR({clock}) > 0 THEN {shown} END"
