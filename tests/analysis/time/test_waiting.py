"""The shortest and the longest time of waits, compared with the calendar of the executor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.analysis.time.waiting import CLOCK_CHANGE, Bounds, bounds
from scenario_cli.engine.calendar import UTC, due, zone
from scenario_cli.model.days import WEEKDAYS
from scenario_cli.model.source import Span
from scenario_cli.model.wait_grammar import duration_text, parse_wait
from scenario_cli.model.waits import DAY, HOUR, MINUTE, Wait
from tests.rows import rows

NOWHERE = Span("", 1, 1, 1, 1)


def wait(text: str) -> Wait:
    return parse_wait(text, NOWHERE)


@rows(
    ("text", "least", "most"),
    [
        ("45min", 45 * MINUTE, 45 * MINUTE),
        ("3d", 3 * DAY, 3 * DAY),
        ("1mo", 28 * DAY, 31 * DAY),
        ("1y", 365 * DAY, 366 * DAY),
        ("at 18:00", 0, DAY),
        ("at 18:00 on sat", 0, 7 * DAY),
        ("at 18:00 on weekdays", 0, 3 * DAY),
        ("1d at 10:00", 10 * HOUR, DAY + 10 * HOUR),
        ("1d at 10:00 on weekdays", 10 * HOUR, 3 * DAY + 10 * HOUR),
        ("44h at 10:00", 44 * HOUR, 44 * HOUR + DAY),
        ("2d on mon,wed", 2 * DAY, 6 * DAY),
        ("at 18:00 on first tue", 0, 35 * DAY),
        ("at 18:00 on day 15", 0, 31 * DAY),
        ("at 18:00 on day 31", 0, 61 * DAY),
        ("at 18:00 on day 29", 0, 59 * DAY),
        ("2d on last day", 2 * DAY, 32 * DAY),
        ("2d on last day,mon", 2 * DAY, 8 * DAY),
        ("cron 0 9 * * 1", 0, None),
        ("cron 0 9 1 * *", 0, None),
    ],
)
def test_a_wait_has_this_length(text: str, least: int, most: int | None) -> None:
    assert bounds(wait(text)) == Bounds(least, most)


OF_MONTH = ("first tue", "last fri", "day 31", "day 29", "last day", "first weekday")
DAYS = st.sets(st.sampled_from((*WEEKDAYS, *OF_MONTH)), min_size=1).map(lambda days: " on " + ",".join(sorted(days)))
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)).map(lambda text: f" at {text}")
LENGTHS = st.builds("{}{}".format, st.integers(1, 40), st.sampled_from(["min", "h", "d", "w", "mo"])) | st.builds(
    "{}d{}h".format, st.integers(1, 9), st.integers(1, 30)
)
WAITS = st.builds("{}{}{}".format, LENGTHS, TIMES | st.just(""), DAYS | st.just("")) | st.builds(
    "{}{}".format, TIMES, DAYS | st.just("")
)
BEGINS = st.integers(1_577_836_800, 1_893_456_000).map(lambda seconds: seconds * 1_000_000)


@given(WAITS, BEGINS, st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"]))
def test_no_wait_is_shorter_or_longer_than_computed(text: str, begin: int, name: str) -> None:
    parsed = wait(text)
    lasts = due(parsed, begin, zone(name) or UTC) - begin
    bound_texts = bounds(parsed)
    assert bound_texts.least - CLOCK_CHANGE <= lasts
    assert bound_texts.most is not None
    assert lasts <= bound_texts.most + CLOCK_CHANGE


@pytest.mark.parametrize(
    ("length", "text"),
    [(0, "0s"), (90 * MINUTE, "1h30min"), (7 * DAY, "7d"), (DAY + HOUR + MINUTE, "1d1h"), (45_000_000, "45s")],
)
def test_a_length_reads_as_one_writes_it(length: int, text: str) -> None:
    assert duration_text(length) == text
