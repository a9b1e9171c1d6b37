"""SQL that reads an instant from any content of a timestamp column, value by value. Reads no rows itself.

Understood: ISO 8601 with or without zone, also with a blank, ` UTC` or `GMT`; a date alone; `19970101`, also with
hours, minutes and seconds; seconds, milliseconds, microseconds and nanoseconds since 1970 by their magnitude; the
day number of a spreadsheet. `date_forms` brings other forms into these.
"""

from __future__ import annotations

from typing import Literal

from scenario_cli.events.zones import utc_offset_sql

_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d*)?)?"
_READING = rf"{_DATE}[T ]{_TIME}"
_OFFSET = r"[+-]\d{2}(?::?\d{2})?"

_LOCAL = rf"{_DATE}(?:[T ]{_TIME})?"
_UTC = rf"{_READING} ?(?:Z|UTC|GMT)"
_SHIFTED = rf"{_READING} ?{_OFFSET}(?: UTC)?"
# With an hour or minutes only if these are possible: 2025030310 would otherwise be an instant in 2034.
_COMPACT = (
    r"(?:19|20)\d{6}(?:\d{6})?|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d)?"
)
# Days since 1899-12-30, from 1990 to 2099: seconds since 1970 so small would be on its first day.
_SPREADSHEET = r"(?:3[3-9]|[4-6]\d|7[0-2])\d{3}(?:\.\d+)?"
_NOTHING = r"[+-]?0+(?:\.0*)?"
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?"
_NUMBER = r"[+-]?\d+(?:\.\d*)?(?:E[+-]?\d+)?"

# An event outside these years is a slip of the exporter (year 1, year 9999) that would stretch a replay
# over millennia. Microseconds of 1900-01-01 and 2100-01-01.
FIRST_INSTANT = -2_208_988_800_000_000
END_OF_INSTANTS = 4_102_444_800_000_000

MACROS = (
    # The database's own cast from text drops a numeric offset without a word: the two are read apart.
    f"CREATE MACRO reading_us(t) AS epoch_us(TRY_CAST(replace(regexp_extract(t, '^{_READING}'), ',', '.')"
    " AS TIMESTAMP))",
    "CREATE MACRO offset_us(t) AS CASE regexp_extract(t, '([+-])\\d{2}(?::?\\d{2})?(?: UTC)?$', 1)"
    " WHEN '-' THEN -60000000 ELSE 60000000 END"
    " * (60 * CAST(regexp_extract(t, '[+-](\\d{2})(?::?\\d{2})?(?: UTC)?$', 1) AS BIGINT)"
    " + coalesce(TRY_CAST(regexp_extract(t, '[+-]\\d{2}:?(\\d{2})(?: UTC)?$', 1) AS BIGINT), 0))",
    "CREATE MACRO compact_us(t) AS epoch_us(CASE length(t) WHEN 8 THEN try_strptime(t, '%Y%m%d')"
    " WHEN 10 THEN try_strptime(t, '%Y%m%d%H') WHEN 12 THEN try_strptime(t, '%Y%m%d%H%M')"
    " ELSE try_strptime(t, '%Y%m%d%H%M%S') END)",
    "CREATE MACRO spreadsheet_us(t) AS CAST(round((CAST(t AS DOUBLE) - 25569) * 86400) AS BIGINT) * 1000000",
    "CREATE MACRO whole_epoch_us(n) AS CASE WHEN abs(n) < 100000000000 THEN n * 1000000"
    " WHEN abs(n) < 100000000000000 THEN n * 1000 WHEN abs(n) < 100000000000000000 THEN n ELSE n // 1000 END",
    "CREATE MACRO epoch_us_of(t) AS CASE WHEN CAST(TRY_CAST(t AS BIGINT) AS DOUBLE) = TRY_CAST(t AS DOUBLE)"
    " THEN whole_epoch_us(TRY_CAST(t AS BIGINT)) WHEN abs(TRY_CAST(t AS DOUBLE)) < 1e17"
    " THEN CAST(round(TRY_CAST(t AS DOUBLE) * CASE WHEN abs(TRY_CAST(t AS DOUBLE)) < 1e11 THEN 1e6"
    " WHEN abs(TRY_CAST(t AS DOUBLE)) < 1e14 THEN 1e3 ELSE 1 END) AS BIGINT) END",
)


# What is known of every instant of a column: nothing, or that all are dates of ISO 8601 with a zone, or that all are
# numbers. With fewer forms a query takes less time to plan.
Kinds = Literal["any", "zoned", "numbers"]


def form_sql(text: str, kinds: Kinds = "any") -> str:
    """SQL for the form of an instant in upper case, the likeliest first. A form that reads a local clock is negative.

    The commonest are recognised by their shape alone, which takes a tenth of the time of a regular expression; the
    cast then finds out whether the blanks hold digits.
    """
    local = f" WHEN {text} LIKE '____-__-__ __:__:__' OR {text} LIKE '____-__-__T__:__:__' THEN -1"
    utc = f" WHEN {text} LIKE '____-__-__T__:__:__.___Z' OR {text} LIKE '____-__-__T__:__:__Z' THEN 4"
    dates = (
        f" WHEN regexp_full_match({text}, '{_UTC}') THEN 1 WHEN regexp_full_match({text}, '{_LOCAL}') THEN -1"
        f" WHEN regexp_full_match({text}, '{_SHIFTED}') THEN 2"
    )
    numbers = (
        f" WHEN regexp_full_match({text}, '{_COMPACT}') THEN -2"
        f" WHEN regexp_full_match({text}, '{_NOTHING}') THEN NULL"
        f" WHEN regexp_full_match({text}, '{_SPREADSHEET}') THEN -3"
    )
    match kinds:
        case "zoned":
            forms = f"{utc} WHEN {text} LIKE '%Z' THEN 1 ELSE 2"
        case "numbers":
            forms = f"{numbers} ELSE 3"
        case "any":
            forms = f"{local}{utc}{dates}{numbers} WHEN regexp_full_match({text}, '{_NUMBER}') THEN 3"
    return f"CASE WHEN {text} IS NULL THEN NULL{forms} END"


def reading_sql(text: str, form: str, kinds: Kinds = "any") -> str:
    """SQL for the microseconds of an instant of that form, those of a local form on its clock."""
    zoned = (
        f" WHEN 1 THEN reading_us({text}) WHEN 2 THEN reading_us({text}) - offset_us({text})"
        f" WHEN 4 THEN epoch_us(TRY_CAST(left({text}, -1) AS TIMESTAMP))"
    )
    local = f" WHEN -1 THEN epoch_us(TRY_CAST(replace({text}, ',', '.') AS TIMESTAMP))"
    numbers = f" WHEN -2 THEN compact_us({text}) WHEN 3 THEN epoch_us_of({text}) WHEN -3 THEN spreadsheet_us({text})"
    forms = {"zoned": zoned, "numbers": numbers, "any": f"{zoned}{local}{numbers}"}
    return f"CASE {form}{forms[kinds]} END"


def moment_text_sql(text: str, form: str, original: str, kinds: Kinds = "any") -> str:
    """SQL for an instant or a local reading as ISO 8601, `written` unchanged if it is one already; NULL: neither.

    A date alone stays one.
    """
    reading = reading_sql(text, form, kinds)
    full_text = f"rtrim(rtrim(strftime(make_timestamp({reading}), '%Y-%m-%dT%H:%M:%S.%f'), '0'), '.')"
    day = f"{form} = -1 AND {text} NOT LIKE '%:%' OR {form} = -2 AND length({text}) = 8"
    return (
        f"CASE WHEN ({reading}) IS NULL THEN NULL"
        f" WHEN regexp_full_match({original}, '{_ISO}') THEN {original}"
        f" WHEN {day} OR {form} = -3 AND {text} NOT LIKE '%.%' THEN strftime(make_timestamp({reading}), '%Y-%m-%d')"
        f" ELSE {full_text} || CASE WHEN {form} > 0 THEN 'Z' ELSE '' END END"
    )


def day_text_sql(text: str, form: str, kinds: Kinds = "any") -> str:
    """SQL for the day of an instant or a local time as written: a day has no zone."""
    reading = f"CASE {form} WHEN 2 THEN reading_us({text}) ELSE {reading_sql(text, form, kinds)} END"
    return f"strftime(make_timestamp({reading}), '%Y-%m-%d')"


def utc_sql(timezone: str) -> str:
    """Microseconds UTC from a `reading` and its `form`."""
    offset = utc_offset_sql(timezone, "reading")
    return "reading" if offset == "0" else f"reading - CASE WHEN form < 0 THEN {offset} ELSE 0 END"


def within_bounds_sql(utc: str) -> str:
    """The instant, NULL outside the years 1900 to 2099."""
    return f"CASE WHEN {utc} >= {FIRST_INSTANT} AND {utc} < {END_OF_INSTANTS} THEN {utc} END"
