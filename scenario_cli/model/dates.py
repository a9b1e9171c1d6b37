"""Dates and date-times as data writes them. Knows no clock: what is written without a zone stays without one."""

from __future__ import annotations

from datetime import date, datetime


def read_date(text: str) -> datetime | None:
    """The date or date-time that a text is, in ISO 8601, with a zone where one is written; None where it is neither."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def looks_dated(text: str) -> bool:
    """Whether a text has the shape of a date: four digits, then a month and a day behind dashes."""
    return text[4:5] == "-" == text[7:8] and text[:4].isdecimal()


def read_day(value: object) -> date | None:
    """The day that a value is, without a time of day; None where it is anything else."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
