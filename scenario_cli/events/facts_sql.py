"""The queries that collect facts about a staged log. Runs nothing.

A property is in cells of its event's rows (see `slots`); a property read without a declared type is a JSON text in one
cell. All events are queried cell by cell in one pass, since they share the columns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from scenario_cli.events.casts import CELL_TYPES
from scenario_cli.events.zones import local_offset_sql
from scenario_cli.model.inspection import DAY, ValueKind, Windows

# Names for the forms of timestamps; see `timestamps.form_sql`.
FORMS = {
    1: "UTC", 4: "UTC", 2: "with an offset", 3: "since 1970", -1: "without a zone", -2: "compact, without a zone",
    -3: "day number, without a zone",
}  # fmt: skip

KINDS: tuple[ValueKind, ...] = ("string", "integer", "number", "boolean", "date", "datetime", "array", "object")

_SQL_TYPES: dict[str, str] = dict(CELL_TYPES.items())  # by the first letter of a column

# Numbers with leading zeros or a plus are names of things: telephone numbers, postcodes.
_INTEGER = r"-?(0|[1-9]\d{0,17})"
_DECIMAL = r"-?(0|[1-9]\d*)?\.\d+([eE][+-]?\d+)?|-?[1-9](\.\d+)?[eE][+-]?\d+"
_DAY = r"\d{4}-\d{2}-\d{2}"
_MOMENT = rf"{_DAY}[T ]\d{{1,2}}:\d{{2}}(:\d{{2}}([.,]\d+)?)?( ?(Z|UTC|GMT|[+-]\d{{2}}(:?\d{{2}})?))?"


def macros(typed: bool) -> tuple[str, ...]:
    """Macros for the kind of a JSON text. In files without types, a text that reads as a number counts as a number."""
    text_cases = "" if typed else (
        f" WHEN regexp_full_match(t, '{_INTEGER}') THEN 'integer' WHEN regexp_full_match(t, '{_DECIMAL}') THEN 'number'"
        " WHEN lower(t) IN ('true', 'false') THEN 'boolean'"
        " WHEN left(t, 1) = '[' AND json_valid(t) THEN 'array' WHEN left(t, 1) = '{' AND json_valid(t) THEN 'object'"
    )  # fmt: skip
    return (
        f"CREATE OR REPLACE TEMP MACRO text_kind(t) AS CASE WHEN regexp_full_match(t, '{_DAY}')"
        f" AND TRY_CAST(t AS DATE) IS NOT NULL THEN 'date' WHEN regexp_full_match(t, '{_MOMENT}') THEN 'datetime'"
        f"{text_cases} ELSE 'string' END",
        "CREATE OR REPLACE TEMP MACRO json_kind(j) AS CASE ascii(j) WHEN 34 THEN text_kind(json_scalar(j))"
        " WHEN 123 THEN 'object' WHEN 91 THEN 'array' WHEN 116 THEN 'boolean' WHEN 102 THEN 'boolean'"
        " ELSE CASE WHEN regexp_matches(j, '[.eE]') THEN 'number' ELSE 'integer' END END",
    )


def events_sql(table: str, windows: Windows | None) -> str:
    """Rows, contacts, first, last, and the rows of both windows, by event."""
    return (
        "SELECT code, count(*), count(DISTINCT contact), min(instant), max(instant),"
        f" {_in_windows('true', windows)} FROM {table} WHERE code IS NOT NULL GROUP BY code ORDER BY code"
    )


def days_sql(table: str, timezone: str) -> str:
    """Rows by event and day on the zone's clock. A day is a number of days since 1970."""
    return (
        f"SELECT code, {_local(timezone)} // {DAY} AS day, count(*) FROM {table}"
        " WHERE code IS NOT NULL AND instant IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )


def clock_sql(table: str, timezone: str) -> str:
    """Rows, and those of them exactly at midnight, by hour on the zone's clock and form of the timestamp."""
    local = _local(timezone)
    return (
        f"SELECT ({local} % {DAY} + {DAY}) % {DAY} // 3600000000 AS hour, form, count(*),"
        f" count(*) FILTER ({local} % {DAY} = 0) FROM {table} WHERE instant IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )


def repeats_sql(table: str, columns: Sequence[str]) -> str:
    """Rows that equal an earlier one in all that was read, and those that repeat an event id, by event."""
    # The hash has 64 bits: among ten million rows two that differ share one with a chance of 3 in a million.
    everything = ", ".join(("contact", "instant", "event_id", *columns))
    return (
        f"SELECT code, count(*) - count(DISTINCT hash({everything})), count(event_id)"
        " - count(DISTINCT CASE WHEN event_id IS NOT NULL THEN hash(contact, instant, event_id) END)"
        f" FROM {table} WHERE code IS NOT NULL GROUP BY code"
    )


def cells_sql(table: str, columns: Sequence[str], windows: Windows | None, *, exact: bool) -> str:
    """Facts of each column by its place and by event, for those with a value: rows with one, distinct values (`exact`
    or estimated), first, last, smallest, largest, rows of both windows.
    """
    distinct = "count(DISTINCT value)" if exact else "approx_count_distinct(value)"
    facts = (
        f"count(*), {distinct}, min(instant), max(instant), CAST(min(value) AS VARCHAR), CAST(max(value) AS VARCHAR),"
        f" {_in_windows('true', windows)}"
    )
    types = dict.fromkeys(_SQL_TYPES[column[0]] for column in columns)
    return " UNION ALL ".join(
        f"SELECT place, code, {facts} FROM ({_values_of(table, columns, sql_type)}) GROUP BY place, code"
        for sql_type in types
    )


# Column -> the numbers of the events that need it.
Questions = Mapping[tuple[str, ...], Collection[int]]


def kinds_sql(table: str, columns: Sequence[str]) -> str:
    """The number of values by the place of a column, event and kind, for columns of JSON texts and for plain ones."""
    cells = dict.fromkeys(column[0] for column in columns)
    return " UNION ALL ".join(
        f"SELECT place, code, {'json_kind' if cell == 'j' else 'text_kind'}(value), count(*)"
        f" FROM ({_values_of(table, columns, cell)}) GROUP BY ALL"
        for cell in cells
    )


def _values_of(table: str, columns: Sequence[str], kind: str) -> str:
    """The values in the columns of a cell or an SQL type, each in a row with the place of its column.

    An expression over these rows is planned once, not for each column.
    """
    return " UNION ALL ".join(
        f"SELECT {place} AS place, code, instant, {column} AS value FROM {table}"
        f" WHERE code IS NOT NULL AND {column} IS NOT NULL"
        for place, column in enumerate(columns)
        if kind in (column[0], _SQL_TYPES[column[0]])
    )


def values_sql(table: str, questions: Questions, limit: int) -> str:
    """The values in the requested cells with their counts, by place in the request and by event, most frequent
    first.
    """
    values = " UNION ALL ".join(
        f"SELECT {place} AS place, code, {_either(columns)} AS value FROM {table}"
        f" WHERE {_code_in(codes)} AND {_any_filled(columns)}"
        for place, (columns, codes) in enumerate(questions.items())
    )
    counts = f"SELECT place, code, value, count(*) AS n FROM ({values}) GROUP BY ALL"
    return (
        "SELECT place, code, value, n FROM (SELECT *,"
        f" row_number() OVER (PARTITION BY place, code ORDER BY n DESC, value) AS turn FROM ({counts}))"
        f" WHERE turn <= {limit} ORDER BY place, code, turn"
    )


def sample_sql(table: str, code: int, columns: Sequence[str], limit: int) -> str:
    """One event's first rows."""
    return f"SELECT {', '.join(columns)} FROM {table} WHERE code = {code} LIMIT {limit}"


def examples_sql(table: str, questions: Questions, limit: int) -> str:
    """The first values of properties that the first rows do not have, by place in the request and by event."""
    parts = [
        f"SELECT {index}, code, arg_min({_either(columns)}, rowid, {limit}) FROM {table}"
        f" WHERE {_code_in(codes)} AND {_any_filled(columns)} GROUP BY code"
        for index, (columns, codes) in enumerate(questions.items())
    ]
    return " UNION ALL ".join(parts)


def bounds_sql(table: str, questions: Questions) -> str:
    """The smallest and largest of numbers in columns of JSON texts, by place in the request and by event."""
    texts = " UNION ALL ".join(
        f"SELECT {place} AS place, code, {column} AS text FROM {table} WHERE {_code_in(codes)} AND {column} IS NOT NULL"
        for place, ((column,), codes) in enumerate(questions.items())
    )
    numbers = f"SELECT place, code, TRY_CAST(json_scalar(text) AS DOUBLE) AS number FROM ({texts})"
    return (
        f"SELECT place, code, number_text(min(number)), number_text(max(number)) FROM ({numbers}) GROUP BY place, code"
    )


def rows_since_sql(table: str, earliest: Mapping[int, int]) -> str:
    """The number of an event's rows after an instant, for two lists of events and instants that are given as
    parameters. `earliest` has the first of the instants of each event.
    """
    cases = " ".join(f"WHEN {code} THEN {instant}" for code, instant in earliest.items())
    counts = (
        f"SELECT code, instant, count(*) AS n FROM {table}"
        f" WHERE {_code_in(earliest)} AND instant >= CASE code {cases} END GROUP BY ALL"
    )
    later = "sum(n) OVER (PARTITION BY code ORDER BY instant DESC) - n"
    return (
        f"SELECT code, instant, rows FROM (SELECT code, instant, ({later})::BIGINT AS rows FROM ({counts}))"
        " SEMI JOIN (SELECT unnest(?) AS code, unnest(?) AS instant) USING (code, instant)"
    )


def _code_in(codes: Collection[int]) -> str:
    return f"code IN ({', '.join(map(str, sorted(codes)))})"


def _any_filled(columns: Sequence[str]) -> str:
    return f"({' OR '.join(f'{column} IS NOT NULL' for column in columns)})"


def _either(columns: Sequence[str]) -> str:
    """The value of the cell that has one, as text."""
    return f"coalesce({', '.join(f'CAST({column} AS VARCHAR)' for column in columns)})"


def _in_windows(condition: str, windows: Windows | None) -> str:
    if windows is None:
        return "0, 0"
    recent, before = windows.recent_from, windows.before_from
    return (
        f"count(*) FILTER (instant > {recent} AND {condition}),"
        f" count(*) FILTER (instant > {before} AND instant <= {recent} AND {condition})"
    )


def _local(timezone: str) -> str:
    return f"(instant + {local_offset_sql(timezone, 'instant')})"
