"""Values that other tools and spreadsheets write without quotes: dates, decimal commas, durations, shares, amounts.

Finds them in the text of an expression, by their form alone. Parses nothing.
"""

from __future__ import annotations

import re

from scenario_cli.model.value_class import dataclass

_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_DATE = re.compile(
    r"(?<![\w.])(?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?Z?)?)(?![\w.-])"
    r"|(?<![\w.])(?P<other>[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,2}(?P<sign>[./])[0-9]{1,2}(?P=sign)[0-9]{4})(?![\w.-])"
)
_SINCE_FAILED = (
    (re.compile(r"(?<![\w.,])([0-9]{1,3})(?:\.([0-9]{3}),|,([0-9]{3})\.)([0-9]+)(?![\w.,])"),
     "write a number without thousands separators, and with a decimal point", r"write \1\2\3.\4"),
    (re.compile(r"(?<![\w.,])([0-9]{1,3}),([0-9]{3})(?![\w.,])"), "write a number without thousands separators",
     r"write \1\2"),
    (re.compile(r"(?<![\w.,])([0-9]+),([0-9]+)(?![\w.,])"), "a decimal number has a point, not a comma",
     r"write \1.\2"),
    (re.compile(r"(?<=within=)([0-9]+(?:s|min|h|d|w|mo|y))\b"), "write a duration in quotes", r"write within='\1'"),
    (re.compile(r"(?<![\w.])([0-9]+(?:s|min|h|d|w|mo|y))\b"), "write a duration in quotes",
     r"write duration('\1')"),
    (re.compile(r"(?<![\w.])([0-9.]+) ?%(?!\s*[\w(])"), "'%' is the remainder of a division here, not a percentage",
     "write the percentage as a number: 10% is 0.1"),
    (re.compile(r"(?<![\w.])([0-9.]+) ?(€|EUR\b|USD\b|\$|£)"), "an amount is a number, without its currency",
     r"write \1"),
    (re.compile(r"(€|\$|£) ?([0-9.]+)(?![\w.])"), "an amount is a number, without its currency", r"write \2"),
    (re.compile(r"(?<![\w.])([0-9]{1,2}):([0-9]{2})(?![\w.:])"), "a time of day is not a value in an expression",
     r"compare its parts: now.hour >= \1"),
    (re.compile(r"(?<![\w.])([0-9]{1,3})[ '’]([0-9]{3})(?![\w.])"), "write a number without thousands separators",
     r"write \1\2"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unquoted:
    """The written text, from `start` characters in, and the text to write."""

    start: int
    length: int
    message: str
    hint: str


def date_of(source: str) -> Unquoted | None:
    """A date without quotes. If it reads as a subtraction, no other finding describes it."""
    match = _DATE.search(_without_texts(source))
    if match is None:
        return None
    if match["iso"]:
        day, _, time = match["iso"].partition("T" if "T" in match["iso"] else " ")
        date = "-".join(part.zfill(2) for part in day.split("-")) + (f"T{time}" if time else "")
        hint = f"write date('{date}')"
    else:
        hint = "write it as year-month-day: date('2025-03-01')"
    return Unquoted(match.start(), len(match[0]), f"the date {match[0]} needs quotes", hint)


def unquoted(source: str) -> Unquoted | None:
    """Other texts without quotes in an expression that cannot be read."""
    without_texts = _without_texts(source)
    for pattern, message, hint in _SINCE_FAILED:
        match = pattern.search(without_texts)
        if match is not None:
            return Unquoted(match.start(), len(match[0]), message, match.expand(hint))
    return None


def _without_texts(source: str) -> str:
    return _TEXT.sub(lambda match: "'" + " " * (len(match[0]) - 2) + "'", source)
