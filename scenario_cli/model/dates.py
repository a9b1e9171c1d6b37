"""Dates and date-times in data. Knows no clock: a value written without a zone stays without a zone."""

from __future__ import annotations

from datetime import date, datetime


def read_date(text: str) -> datetime | None:
    """The date or date-time of a text in ISO 8601, with its zone if it has one; None if it is neither."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def looks_dated(text: str) -> bool:
    """Whether a text has the shape of a date: four digits, then a month and a day after hyphens."""
    return text[4:5] == "-" == text[7:8] and text[:4].isdecimal()


def read_day(value: object) -> date | None:
    """The day of a value, without a time of day; None for any other value."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
