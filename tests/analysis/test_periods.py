"""Weeks, months and quarters on the project's clock, and the period before a period."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.analysis.periods import (
    EVERY,
    a_year_before,
    earlier_span,
    first_day,
    following,
    midnight,
    period_name,
)

PARIS = "Europe/Paris"


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(PARIS)).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("text", "every", "first", "name", "next_one", "year_before"),
    [
        ("2024-12-31T23:59:59", "week", "2024-12-30", "2025-W01", "2025-01-06", "2024-01-01"),
        ("2024-12-31T23:59:59", "month", "2024-12-01", "2024-12", "2025-01-01", "2023-12-01"),
        ("2024-12-31T23:59:59", "quarter", "2024-10-01", "2024-Q4", "2025-01-01", "2023-10-01"),
        ("2024-04-01T00:00:00", "quarter", "2024-04-01", "2024-Q2", "2024-07-01", "2023-04-01"),
        ("2024-03-31T03:30:00", "week", "2024-03-25", "2024-W13", "2024-04-01", "2023-03-27"),
    ],
)
def test_an_instant_falls_in_a_period(
    text: str, every: str, first: str, name: str, next_one: str, year_before: str
) -> None:
    day = first_day(at(text), every, PARIS)
    assert day.isoformat() == first
    assert period_name(day, every) == name
    assert following(day, every).isoformat() == next_one
    assert a_year_before(day, every).isoformat() == year_before


@given(st.integers(at("2000-01-01T00:00"), at("2040-01-01T00:00")), st.sampled_from(EVERY))
def test_periods_follow_one_another_without_a_gap(instant: int, every: str) -> None:
    day = first_day(instant, every, PARIS)
    assert midnight(day, PARIS) <= instant < midnight(following(day, every), PARIS)
    assert first_day(midnight(day, PARIS) - 1, every, PARIS) == following(day, every, -1)


@pytest.mark.parametrize(
    ("form", "start", "until", "expected"),
    [
        ("previous", "2024-03-01T00:00", "2024-04-01T00:00", ("2024-02-01T00:00", "2024-03-01T00:00")),
        ("previous", "2024-04-01T00:00", "2024-07-01T00:00", ("2024-01-01T00:00", "2024-04-01T00:00")),
        ("previous", "2024-04-02T00:00", "2024-04-09T00:00", ("2024-03-26T00:00", "2024-04-02T00:00")),
        ("previous", "2024-04-01T00:00", "2024-04-11T00:00", ("2024-03-22T00:00", "2024-04-01T00:00")),
        ("last_year", "2024-02-29T00:00", "2024-04-01T00:00", ("2023-02-28T00:00", "2023-04-01T00:00")),
    ],
)
def test_the_span_before_is_as_long_on_the_clock(form: str, start: str, until: str, expected: tuple[str, str]) -> None:
    assert earlier_span(at(start), at(until), form, PARIS) == tuple(map(at, expected))


def test_a_quarter_begins_with_its_first_month() -> None:
    assert [period_name(date(2024, month, 1), "quarter") for month in (1, 4, 7, 10)] == [
        "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4",
    ]  # fmt: skip
