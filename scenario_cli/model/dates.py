"""Dates and date-times as data writes them. Knows no clock: what is written without a zone stays without one."""

from __future__ import annotations

from datetime import datetime


def read_date(text: str) -> datetime | None:
    """The date or date-time that a text is, in ISO 8601, with a zone where one is written; None where it is neither."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None
