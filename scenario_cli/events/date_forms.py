"""SQL that rewrites dates as people and programs write them into the forms that `timestamps` reads. Reads no rows.

Understood: `14/03/2025`, `14.03.2025`, `22-04-2014 03:53`, `3/14/2025 10:20 AM`, `14-Mar-2025`, `Mar 14, 2025`,
`Oct  5 2025  3:04AM`, RFC 2822, `Fri Mar 14 10:20:30 2025`, `20250314T102030Z`, also with `CET` or `[Europe/Paris]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenario_cli.events.casts import Kind, text_sql
from scenario_cli.events.sql_text import constant_list, text_literal
from scenario_cli.events.timestamps import Kinds

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
# If `timestamps` reads every date unchanged, no other form is tried; if each has a zone, no local clock; if each is a
# number, no date.
PLAIN, ZONED, NUMBERS = "plain", "plain, with a zone", "numbers"
SETTLED_FORMS = frozenset({PLAIN, ZONED, NUMBERS})

_TIME = r"(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(?: ?([AP])\.?M\.?)?"
_ZONE = r"(?: ?((?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?|[A-Z]{1,4}))?(?: ?\([^)]*\))?"
_CLOCK = rf"(?:,?(?: +|T)(?:AT +)?{_TIME}{_ZONE})?"
_WEEKDAY = r"(?:[A-ZÀ-Ý]{2,10}\.?,? +)?"
_MONTH = r"([A-ZÀ-Ý]{3,10})\.?"

_NUMERIC = rf"{_WEEKDAY}(\d{{1,2}})([/.-])(\d{{1,2}})[/.-](\d{{4}}){_CLOCK}"
_DAY_MONTH = (
    rf"{_WEEKDAY}(\d{{1,2}})(?:ST|ND|RD|TH|\.)?(?: +|-|/)(?:DE +)?{_MONTH},?(?: +|-|/)(?:DE +)?(\d{{4}}){_CLOCK}"
)
_MONTH_DAY = rf"{_WEEKDAY}{_MONTH} +(\d{{1,2}})(?:ST|ND|RD|TH)?,? +(\d{{4}}){_CLOCK}"
_C_TIME = rf"[A-Z]{{3}} {_MONTH} +(\d{{1,2}}) {_TIME}{_ZONE} +(\d{{4}})"
_BASIC = r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?([.,]\d+)?(Z|[+-]\d{2}:?(?:\d{2})?)?"
_NUMBER = r"-?\d+(?:\.\d*)?"
_PLAIN = rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?:Z|[+-]\d{{2}}:\d{{2}})?)?|{_NUMBER}"
_ZONED = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})"
_ISO = rf"(\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}})(?: +|T){_TIME}{_ZONE}"

# By their first letters, in the languages that exports come in; JUIN and JUIL share three.
_MONTHS = (
    "JAN ENE GEN", "FEB FEV FÉV", "MAR MÄR MRZ", "APR AVR ABR", "MAY MAI MAG", "JUN GIU JUIN", "JUL LUG JUIL",
    "AUG AOÛ AOU AGO", "SEP SET", "OCT OKT OTT OUT", "NOV", "DEC DEZ DÉC DIC",
)  # fmt: skip
# RFC 2822 and the zones of Europe; hours and minutes. An abbreviation of several zones is not read.
_ZONES = {
    "Z": "Z", "UT": "Z", "UTC": "Z", "GMT": "Z", "WET": "Z", "WEST": "+01:00", "BST": "+01:00", "CET": "+01:00",
    "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00",
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00",
    "PST": "-08:00", "PDT": "-07:00", "JST": "+09:00",
}  # fmt: skip


def kinds_of(date_format: str | None) -> Kinds:
    """The forms that dates of this format can have."""
    return "zoned" if date_format == ZONED else "numbers" if date_format == NUMBERS else "any"


def _lookup_sql(subject: str, values: Mapping[str, str]) -> str:
    """SQL for the value of a text, NULL for any other. A CASE of as many branches takes ten times as long to plan."""
    keys, results = (
        constant_list(f"[{', '.join(listed)}]", "VARCHAR[]") for listed in (values.keys(), values.values())
    )
    return f"{results}[list_position({keys}, {subject})]"


_MONTH_NUMBERS = {name: f"{number:02}" for number, names in enumerate(_MONTHS, 1) for name in names.split()}

MACROS = (
    f"CREATE MACRO month_number(m) AS coalesce({_lookup_sql('left(m, 4)', _MONTH_NUMBERS)},"
    f" {_lookup_sql('left(m, 3)', _MONTH_NUMBERS)})",
    # An empty zone is a local clock; an unknown zone makes the whole text unreadable.
    f"CREATE MACRO zone_suffix(z) AS CASE WHEN z = '' THEN '' WHEN regexp_matches(z, '\\d')"
    f" THEN regexp_replace(z, '^(UTC|GMT)', '') ELSE {_lookup_sql('z', _ZONES)} END",
    "CREATE MACRO clock_text(c, half) AS CASE WHEN c = '' THEN ' 00:00' WHEN half = '' THEN ' ' || c"
    " WHEN TRY_CAST(split_part(c, ':', 1) AS INTEGER) BETWEEN 1 AND 12 THEN ' ' || lpad(CAST("
    "TRY_CAST(split_part(c, ':', 1) AS INTEGER) % 12 + CASE half WHEN 'P' THEN 12 ELSE 0 END AS VARCHAR), 2, '0')"
    " || substring(c, strpos(c, ':')) END",
    # A date without a time stays a date: a day has no clock.
    "CREATE MACRO joined(y, m, d, c, half, z) AS y || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') ||"
    " CASE WHEN c = '' THEN '' ELSE clock_text(c, half) || zone_suffix(z) END",
    "CREATE MACRO numeric_date(p, o) AS CASE"
    f" WHEN p.sep = '.' OR o = '{DAY_FIRST}' OR (o IS NULL AND CAST(p.first AS INTEGER) > 12)"
    " OR CAST(p.first AS INTEGER) = CAST(p.second AS INTEGER)"
    " THEN joined(p.y, p.second, p.first, p.c, p.half, p.z)"
    f" WHEN o = '{MONTH_FIRST}' OR (o IS NULL AND CAST(p.second AS INTEGER) > 12)"
    " THEN joined(p.y, p.first, p.second, p.c, p.half, p.z) END",
    f"CREATE MACRO numeric_parts(t) AS regexp_extract(t, '^{_NUMERIC}$',"
    " ['first', 'sep', 'second', 'y', 'c', 'half', 'z'])",
    f"CREATE MACRO day_month(t) AS regexp_extract(t, '^{_DAY_MONTH}$', ['d', 'm', 'y', 'c', 'half', 'z'])",
    f"CREATE MACRO month_day(t) AS regexp_extract(t, '^{_MONTH_DAY}$', ['m', 'd', 'y', 'c', 'half', 'z'])",
    f"CREATE MACRO c_time(t) AS regexp_extract(t, '^{_C_TIME}$', ['m', 'd', 'c', 'half', 'z', 'y'])",
    f"CREATE MACRO basic_time(t) AS regexp_extract(t, '^{_BASIC}$', ['y', 'm', 'd', 'h', 'min', 's', 'f', 'z'])",
    f"CREATE MACRO iso_parts(t) AS regexp_extract(t, '^{_ISO}$', ['d', 'c', 'half', 'z'])",
    # `o` is the order of day and month, NULL if it is unknown. A text that is not a date is returned unchanged. Each
    # form is taken apart once, inside a lambda: an expression that a macro repeats is planned as often as it is
    # written.
    "CREATE MACRO rewritten_date(t, o) AS CASE"
    f" WHEN regexp_full_match(t, '{_NUMERIC}')"
    " THEN list_transform([numeric_parts(t)], lambda p: numeric_date(p, o))[1]"
    f" WHEN regexp_full_match(t, '{_ISO}') THEN list_transform([iso_parts(t)],"
    " lambda p: p.d || clock_text(p.c, p.half) || zone_suffix(p.z))[1]"
    f" WHEN regexp_full_match(t, '{_BASIC}') THEN list_transform([basic_time(t)], lambda p: p.y || '-' || p.m || '-'"
    " || p.d || ' ' || p.h || ':' || p.min || CASE WHEN p.s = '' THEN '' ELSE ':' || p.s || p.f END || p.z)[1]"
    + "".join(
        f" WHEN regexp_full_match(t, '{form}') THEN list_transform([{macro}(t)],"
        " lambda p: joined(p.y, month_number(p.m), p.d, p.c, p.half, p.z))[1]"
        for form, macro in ((_MONTH_DAY, "month_day"), (_DAY_MONTH, "day_month"), (_C_TIME, "c_time"))
    )
    + " ELSE t END",
)


def ambiguous_sql(text: str) -> str:
    """SQL for whether a date could be read both ways: neither number is past 12, and they differ.

    Dots are in day-first dates alone.
    """
    first, second = (f"CAST(numeric_parts({text}).{part} AS INTEGER)" for part in ("first", "second"))
    return (
        f"(regexp_full_match({text}, '{_NUMERIC}') AND numeric_parts({text}).sep <> '.'"
        f" AND {first} <= 12 AND {second} <= 12 AND {first} <> {second})"
    )


def numeric_sql(columns: Sequence[tuple[Kind, str]], relation: str) -> str:
    """SQL with a row if some date in these columns of a relation has its day and month in figures."""
    condition = " OR ".join(f"regexp_full_match(t{number}, '{_NUMERIC}')" for number in range(len(columns)))
    return f"SELECT 1 FROM {_trimmed_sql(columns, relation)} WHERE {condition}"


def forms_sql(columns: Sequence[tuple[Kind, str]], relation: str) -> str:
    """SQL that counts the rows of a relation, and of the dates in each column how many are not plain, how many have no
    zone or are not plain, and how many are not numbers. With a blank around it a date has none of these forms: it is
    not read in all columns."""
    counts = "".join(
        f", count(*) FILTER (NOT regexp_full_match(u{number}, '{form}'))"
        for number in range(len(columns))
        for form in (_PLAIN, _ZONED, _NUMBER)
    )
    return f"SELECT count(*){counts} FROM {_upper_sql(columns, relation)}"


def figures_sql(columns: Sequence[tuple[Kind, str]], relation: str) -> str:
    """SQL for whether any date of each column of a relation has its day and month in figures."""
    columns_sql = ", ".join(
        f"coalesce(bool_or(regexp_full_match(t{number}, '{_NUMERIC}')), false)" for number in range(len(columns))
    )
    return f"SELECT {columns_sql} FROM {_trimmed_sql(columns, relation)}"


def _trimmed_sql(columns: Sequence[tuple[Kind, str]], relation: str) -> str:
    """A relation with the texts of the columns in upper case and without blanks around them, named `t0` and so on."""
    trimmed = ", ".join(f"trimmed(u{number}) AS t{number}" for number in range(len(columns)))
    return f"(SELECT {trimmed} FROM {_upper_sql(columns, relation)})"


def _upper_sql(columns: Sequence[tuple[Kind, str]], relation: str) -> str:
    """A relation with the texts of the columns in upper case, named `u0` and so on."""
    # Layer by layer: an expression that a macro repeats is planned as often as it is written.
    layers = (
        [f"{sql} AS v{number}" for number, (_, sql) in enumerate(columns)],
        [f"upper({text_sql(kind, f'v{number}')}) AS u{number}" for number, (kind, _) in enumerate(columns)],
    )
    for layer in layers:
        relation = f"(SELECT {', '.join(layer)} FROM {relation})"
    return relation


def order_evidence_sql(texts: str) -> str:
    """SQL over a relation of `text` in upper case: a day-first date, a month-first one, and an ambiguous one."""
    parts = "SELECT text, numeric_parts(text) AS p FROM (" + texts + f") WHERE regexp_full_match(text, '{_NUMERIC}')"
    return (
        "SELECT min(text) FILTER (CAST(p.first AS INTEGER) > 12), min(text) FILTER (CAST(p.second AS INTEGER) > 12),"
        " min(text) FILTER (CAST(p.first AS INTEGER) <= 12 AND CAST(p.second AS INTEGER) <= 12"
        f" AND CAST(p.first AS INTEGER) <> CAST(p.second AS INTEGER)) FROM ({parts}) WHERE p.sep <> '.'"
    )


def bare_sql(text: str, timezone: str) -> str:
    """The date in upper case without the name of its zone, if it possibly needs rewriting; else NULL."""
    quick = (
        f"{text} IS NULL OR {text} LIKE '____-__-__T__:__:__%Z' OR {text} LIKE '____-__-__ __:__:__'"
        f" OR {text} LIKE '____-__-__'"
        f" OR regexp_full_match({text}, '-?\\d+(?:\\.\\d*)?')"
    )
    # An offset goes before the name of a zone in brackets; the project's own zone is the local clock.
    offset = f"regexp_matches({text}, '(Z|[+-]\\d{{2}}:?\\d{{2}}) ?\\[[^\\[]*\\]$')"
    return (
        f"CASE WHEN {quick} THEN NULL WHEN {text} LIKE '%]' AND ({offset}"
        f" OR {text} LIKE {text_literal('%[' + timezone.upper() + ']')})"
        f" THEN rtrim(regexp_replace({text}, '\\[[^\\[]*\\]$', '')) ELSE {text} END"
    )


def standard_sql(text: str, bare: str, date_format: str | None) -> str:
    """The date in upper case in a form that `timestamps` reads; an unreadable date stays unchanged.

    `bare` is the result of `bare_sql`, a column or a parameter: rewriting it takes long to plan. `date_format` is an
    order of day and month, or a pattern of strptime; None: read only if a single reading fits.
    """
    if date_format not in (None, DAY_FIRST, MONTH_FIRST):
        # The pattern comes first: the user knows the export. Other epoch or ISO dates are read as usual.
        parsed = f"strftime(try_strptime({text}, {text_literal(str(date_format))}), '%Y-%m-%d %H:%M:%S.%f')"
        return f"coalesce({parsed}, rewritten_date({bare}, NULL), {text})"
    order = "NULL" if date_format is None else text_literal(date_format)
    return f"coalesce(rewritten_date({bare}, {order}), {text})"
