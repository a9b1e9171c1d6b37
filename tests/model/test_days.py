"""Days of the week and of the month: their notation and their dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scenario_cli.model.days import EVERY_DAY, WORKING_DAYS, Day, DayOfMonth, falls_on, weekdays_of
from scenario_cli.model.source import whole_file
from scenario_cli.model.wait_grammar import WaitError, parse_days, parse_wait, split_date_wait
from tests.rows import rows


@rows(
    ("text", "days"),
    [
        ("weekdays", WORKING_DAYS),
        ("wed,mon,mon", (0, 2)),
        ("first tue", (DayOfMonth(1, (1,)),)),
        ("last fri", (DayOfMonth(-1, (4,)),)),
        ("last weekday", (DayOfMonth(-1, WORKING_DAYS),)),
        ("first day", (DayOfMonth(1),)),
        ("day 15,1", (DayOfMonth(1), DayOfMonth(15))),
        ("last day,mon", (0, DayOfMonth(-1))),
    ],
)
def test_days_are_read(text: str, days: tuple[Day, ...]) -> None:
    assert parse_days(text) == days


@rows(
    ("text", "message", "hint"),
    [
        ("1d on mon tue", "'tue' after 'mon' is not understood", "write a comma between days"),
        ("1d on first", "'first' is not a day of the month", "'first' goes with: 'day', 'fri'"),
        ("1d on last friday", "'last friday' is not a day of the month", "did you mean 'fri'?"),
        ("1d on fifth mon", "'fifth mon' is not a day", "'first tue'"),
        ("1d on 15th", "'15th' is not a day", "'day 15'"),
        ("1d on day", "'day' in 'day' is not a day of the month", "from 1 to 31"),
        ("1d on day 0", "'0' in 'day 0' is not a day of the month", "from 1 to 31"),
        ("1d on first tue at 10:00", "'at 10:00' in '1d on first tue at 10:00' is not understood", "'1d at 10:00 on"),
        ("1d on", "'1d on': days are missing after 'on'", "'on first tue'"),
        ("1d before on mon", "'before on' in '1d before on mon' has no date to go back from", "write 'on'"),
        ("3d since now", "'since' in '3d since now' belongs beside 'wait', in the long form", "{wait: 3d, since: "),
        ("date contact.due on", "'date contact.due on': days are missing after 'on'", "'on first tue'"),
        ("date contact.due before on mo", "'mo' is not a day of the week", "did you mean 'mon'?"),
    ],
)
def test_a_wrong_day_is_an_error_with_a_remedy(text: str, message: str, hint: str) -> None:
    with pytest.raises(WaitError) as raised:
        assert split_date_wait(text) is None
        parse_wait(text, whole_file(""))
    assert str(raised.value) == message
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("date contact.due on first tue", "contact.due"),
        ("1d before date contact.due at 10:00 before on mon, last day", "contact.due"),
        ("date lookup('a', 'on b') at 10:00", "lookup('a', 'on b')"),
        ("date contact['due on']", "contact['due on']"),
        ("date (a if b on c)", "(a if b on c)"),
    ],
)
def test_days_after_a_date_are_read_from_its_expression(text: str, expression: str) -> None:
    parts = split_date_wait(text)
    assert parts is not None
    assert text[parts.start : parts.stop] == expression


@rows(
    ("text", "first"),
    [
        ("last day", ["01-31", "02-29", "03-31"]),
        ("day 30", ["01-30", "03-30", "04-30"]),
        ("day 29", ["01-29", "02-29", "03-29"]),
        ("first weekday", ["01-01", "02-01", "03-01"]),
        ("last weekday", ["01-31", "02-29", "03-29"]),
        ("fourth thu", ["01-25", "02-22", "03-28"]),
        ("last thu", ["01-25", "02-29", "03-28"]),
    ],
)
def test_days_of_a_leap_year(text: str, first: list[str]) -> None:
    days = parse_days(text)
    year = (date(2024, 1, 1) + timedelta(days=ahead) for ahead in range(366))
    assert [f"{day:%m-%d}" for day in year if falls_on(day, days)][:3] == first


def test_the_days_of_the_week_on_which_days_can_fall() -> None:
    assert weekdays_of(parse_days("mon,first tue")) == (0, 1)
    assert weekdays_of(parse_days("day 15")) == EVERY_DAY
    assert weekdays_of(()) == EVERY_DAY
