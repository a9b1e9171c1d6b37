"""SQL that reads an instant from whatever a timestamp column holds, value by value. Reads no rows itself.

Understood: ISO 8601 with or without zone, also with a blank, ` UTC` or `GMT`; a date alone; `19970101` and
`19970101103000`; seconds, milliseconds, microseconds and nanoseconds since 1970 by their magnitude.
"""

from __future__ import annotations

from scenario_cli.events.zones import utc_offset_sql

_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d*)?)?"
_READING = rf"{_DATE}[T ]{_TIME}"
_OFFSET = r"[+-]\d{2}(?::?\d{2})?"

_LOCAL = rf"{_DATE}(?:[T ]{_TIME})?"
_UTC = rf"{_READING} ?(?:Z|UTC|GMT)"
_SHIFTED = rf"{_READING} ?{_OFFSET}(?: UTC)?"
_COMPACT = r"(?:19|20)\d{6}(?:\d{6})?"
_NUMBER = r"[+-]?\d+(?:\.\d*)?(?:E[+-]?\d+)?"

# An event outside these years is a slip of the exporter (year 1, year 9999) that would stretch a replay
# over millennia. Microseconds of 1900-01-01 and 2100-01-01.
FIRST_INSTANT = -2_208_988_800_000_000
END_OF_INSTANTS = 4_102_444_800_000_000

MACROS = (
    # The database's own cast from text drops a numeric offset without a word: the two are read apart.
    f"CREATE TEMP MACRO reading_us(t) AS epoch_us(TRY_CAST(replace(regexp_extract(t, '^{_READING}'), ',', '.')"
    " AS TIMESTAMP))",
    "CREATE TEMP MACRO offset_us(t) AS CASE regexp_extract(t, '([+-])\\d{2}(?::?\\d{2})?(?: UTC)?$', 1)"
    " WHEN '-' THEN -60000000 ELSE 60000000 END"
    " * (60 * CAST(regexp_extract(t, '[+-](\\d{2})(?::?\\d{2})?(?: UTC)?$', 1) AS BIGINT)"
    " + coalesce(TRY_CAST(regexp_extract(t, '[+-]\\d{2}:?(\\d{2})(?: UTC)?$', 1) AS BIGINT), 0))",
    "CREATE TEMP MACRO compact_us(t) AS epoch_us(CASE WHEN length(t) = 8 THEN try_strptime(t, '%Y%m%d')"
    " ELSE try_strptime(t, '%Y%m%d%H%M%S') END)",
    "CREATE TEMP MACRO whole_epoch_us(n) AS CASE WHEN abs(n) < 100000000000 THEN n * 1000000"
    " WHEN abs(n) < 100000000000000 THEN n * 1000 WHEN abs(n) < 100000000000000000 THEN n ELSE n // 1000 END",
    "CREATE TEMP MACRO epoch_us_of(t) AS CASE WHEN CAST(TRY_CAST(t AS BIGINT) AS DOUBLE) = TRY_CAST(t AS DOUBLE)"
    " THEN whole_epoch_us(TRY_CAST(t AS BIGINT)) WHEN abs(TRY_CAST(t AS DOUBLE)) < 1e17"
    " THEN CAST(round(TRY_CAST(t AS DOUBLE) * CASE WHEN abs(TRY_CAST(t AS DOUBLE)) < 1e11 THEN 1e6"
    " WHEN abs(TRY_CAST(t AS DOUBLE)) < 1e14 THEN 1e3 ELSE 1 END) AS BIGINT) END",
)

# The likeliest first. A form that reads a local clock is negative. The commonest are told by their shape alone,
# which takes a tenth of the time of a regular expression; whether its blanks hold digits the cast then says.
FORM_SQL = (
    "CASE WHEN moment LIKE '____-__-__ __:__:__' OR moment LIKE '____-__-__T__:__:__' THEN -1"
    " WHEN moment LIKE '____-__-__T__:__:__.___Z' OR moment LIKE '____-__-__T__:__:__Z' THEN 4"
    f" WHEN regexp_full_match(moment, '{_UTC}') THEN 1 WHEN regexp_full_match(moment, '{_LOCAL}') THEN -1"
    f" WHEN regexp_full_match(moment, '{_SHIFTED}') THEN 2 WHEN regexp_full_match(moment, '{_COMPACT}') THEN -2"
    f" WHEN regexp_full_match(moment, '{_NUMBER}') THEN 3 END"
)
READING_SQL = (
    "CASE form WHEN 1 THEN reading_us(moment) WHEN -1 THEN epoch_us(TRY_CAST(replace(moment, ',', '.') AS TIMESTAMP))"
    " WHEN 2 THEN reading_us(moment) - offset_us(moment) WHEN -2 THEN compact_us(moment)"
    " WHEN 4 THEN epoch_us(TRY_CAST(left(moment, -1) AS TIMESTAMP)) WHEN 3 THEN epoch_us_of(moment) END"
)


def utc_sql(timezone: str) -> str:
    """Microseconds UTC from a `reading` and its `form`."""
    offset = utc_offset_sql(timezone, "reading")
    return "reading" if offset == "0" else f"reading - CASE WHEN form < 0 THEN {offset} ELSE 0 END"


def within_bounds_sql(utc: str) -> str:
    """The instant, NULL outside the years 1900 to 2099."""
    return f"CASE WHEN {utc} >= {FIRST_INSTANT} AND {utc} < {END_OF_INSTANTS} THEN {utc} END"
