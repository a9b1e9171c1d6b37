"""Waits by cron, and waits that use a value from data: a date, a length, a time of day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.worlds import run
from tests.rows import rows


def ends(
    waits: str,
    contact: dict[str, Any] | None = None,
    events: list[Any] | None = None,
    start: str = "2025-03-03 10:00",
) -> list[str]:
    scenario = f"""
scenario: s
trigger: {{event: started}}
states:
  waiting:
    on: {{stopped: {{end: stopped}}}}
    after:
{waits}
  other: {{end: other}}
"""
    profile = {"timezone": "Europe/Paris", **(contact or {})}
    story = run(scenario, [(start, "started"), *(events or [])], profile, "2025-12-30 00:00")
    return [line for line in story.lines if " end " in line]


@rows(
    ("fields", "expected"),
    [
        ("0 9 * * *", "2025-03-04 09:00"),
        ("30 10 * * *", "2025-03-03 10:30"),
        ("0 10 * * *", "2025-03-04 10:00"),
        ("0 9 * * mon", "2025-03-10 09:00"),
        ("0 9 1 * *", "2025-04-01 09:00"),
        ("*/15 * * * *", "2025-03-03 10:15"),
        ("0 0 31 12 *", None),
    ],
)
def test_cron_is_the_next_match_on_the_local_clock_strictly_later(fields: str, expected: str | None) -> None:
    assert ends(f"      cron {fields}: {{end: over}}") == ([f"{expected} end over"] if expected else [])


@pytest.mark.parametrize(
    ("start", "fields", "expected"),
    [
        ("2025-03-29 12:00", "30 2 30 3 *", "2025-03-30 03:30"),  # skipped: the skipped half hour is added
        ("2025-03-30 03:10", "30 2 * * *", "2025-03-30 03:30"),  # the skipped time is still to come
        ("2025-10-26 02:10", "30 2 * * *", "2025-10-26 02:30"),  # occurs twice: the first
        ("2025-10-26 02:31", "30 2 * * *", "2025-10-27 02:30"),  # occurs once
    ],
)
def test_cron_over_a_change_of_the_clock(start: str, fields: str, expected: str) -> None:
    assert ends(f"      cron {fields}: {{end: over}}", start=start) == [f"{expected} end over"]


@pytest.mark.parametrize("written", ["2025-03-10", "2025-03-10T00:00:00Z", "2025-03-10T23:30:00-08:00", "20250310"])
def test_a_date_is_a_day_and_has_no_zone(written: str) -> None:
    assert ends(LONG % ("date contact.birthday at 09:00", ""), {"birthday": written}) == ["2025-03-10 09:00 end over"]


LONG = "      - {wait: '%s', to: {end: over}%s}"


@rows(
    ("wait", "value", "expected"),
    [
        ("date contact.renewal", "2025-03-10 15:00", "2025-03-10 15:00"),
        ("1d before date contact.renewal", "2025-03-10 15:00", "2025-03-09 15:00"),
        ("1d before date contact.renewal at 10:00", "2025-03-10 15:00", "2025-03-09 10:00"),
        ("2h before date contact.renewal", "2025-03-10 15:00", "2025-03-10 13:00"),
        ("1mo after date contact.renewal at 08:00", "2025-03-31", "2025-04-30 08:00"),
        ("date contact.renewal", "2025-03-10", "2025-03-10 00:00"),
        ("date contact.renewal", "2025-03-10T15:00:00Z", "2025-03-10 16:00"),
        ("1d before date contact.renewal", "2025-03-31 10:00", "2025-03-30 10:00"),
    ],
)
def test_a_date_from_data_is_waited_for(wait: str, value: str, expected: str) -> None:
    assert ends(LONG % (wait, ""), {"renewal": value}) == [f"{expected} end over"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", []),
        (", if_past: never", []),
        (", if_past: now", ["2025-03-03 10:00 end over"]),
        (", if_past: other", ["2025-03-03 10:00 end other"]),
        (", if_past: {end: too_late}", ["2025-03-03 10:00 end too_late"]),
    ],
)
def test_a_past_date_takes_the_branch_if_past(message: str, expected: list[str]) -> None:
    assert ends(LONG % ("date contact.birthday", message), {"birthday": "2025-03-01"}) == expected


@rows("value", [None, "soon", True, 12])
@rows(
    ("message", "expected"),
    [
        ("", []),
        (", if_missing: now", ["2025-03-03 10:00 end over"]),
        (", if_missing: other", ["2025-03-03 10:00 end other"]),
    ],
)
def test_a_missing_or_unreadable_date_takes_the_branch_if_missing(
    value: Any, message: str, expected: list[str]
) -> None:
    assert ends(LONG % ("date contact.flag", message), {"flag": value}) == expected


def test_a_date_that_moves_takes_its_wait_along() -> None:
    moved = [("2025-03-05 10:00", "profile_updated", {"birthday": "2025-03-20"})]
    back = [("2025-03-05 10:00", "profile_updated", {"birthday": "2025-03-01"})]
    appears = [("2025-03-05 10:00", "profile_updated", {"birthday": "2025-03-12"})]
    wait = LONG % ("1d before date contact.birthday at 10:00", ", if_past: now")
    assert ends(wait, {"birthday": "2025-03-10"}, moved) == ["2025-03-19 10:00 end over"]
    assert ends(wait, {"birthday": "2025-03-10"}, back) == ["2025-03-05 10:00 end over"]
    assert ends(wait, {}, appears) == ["2025-03-11 10:00 end over"]


@rows(
    ("value", "expected"),
    [
        ("3d", "2025-03-06 10:00"),
        ("2d at 18:00", "2025-03-05 18:00"),
        ("at 09:00 on sat", "2025-03-08 09:00"),
        (3_600, "2025-03-03 11:00"),
        (90.5, "2025-03-03 10:01:30"),
        ("2025-03-10 12:00", "2025-03-10 12:00"),
        (-5, None),
        (0, None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_length_from_data_is_a_wait_seconds_or_a_date_time(value: Any, expected: str | None) -> None:
    lines = ends("      - {for: contact.flag, to: {end: over}, if_missing: {end: missing}}", {"flag": value})
    assert lines == [f"{expected} end over" if expected else "2025-03-03 10:00 end missing"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("18:30", "2025-03-03 18:30"), (9, "2025-03-04 09:00"), (9.5, "2025-03-04 09:30"), (24, None), ("noon", None)],
)
def test_a_time_of_day_from_data_is_the_next_such_time(value: Any, expected: str | None) -> None:
    lines = ends("      - {at: contact.flag, to: {end: over}, if_missing: {end: missing}}", {"flag": value})
    assert lines == [f"{expected} end over" if expected else "2025-03-03 10:00 end missing"]


def test_a_time_of_day_from_data_sets_the_time_on_the_day_that_the_wait_reaches() -> None:
    assert ends("      - {wait: 2d, at: contact.flag, to: {end: over}}", {"flag": 18}) == ["2025-03-05 18:00 end over"]


def test_waits_from_data_race_with_others() -> None:
    waits = LONG % ("date contact.birthday", "") + "\n      - {wait: 30d, to: {end: gave_up}}"
    assert ends(waits, {"birthday": "2025-03-10"}) == ["2025-03-10 00:00 end over"]
    assert ends(waits, {"birthday": "2025-06-10"}) == ["2025-04-02 10:00 end gave_up"]


def test_a_contact_who_moves_while_waiting_waits_on_the_new_clock() -> None:
    moved = [("2025-03-03 11:00", "profile_updated", {"timezone": "Asia/Tokyo"})]
    assert ends("      cron 0 9 * * *: {end: over}", None, moved) == ["2025-03-04 01:00 end over"]
    assert ends(LONG % ("date contact.birthday", ""), {"birthday": "2025-03-10"}, moved) == [
        "2025-03-09 16:00 end over"
    ]


SINCE_ENTRY = """
scenario: s
trigger: {event: started}
states:
  first: {on: {changed: second}, after: {90d: {end: silent}}}
  second: {after: [WAIT]}
  other: {end: other}
"""


@rows(
    ("wait", "changed", "expected"),
    [
        # Counted from Monday's entry; the time at which the state is settled makes no difference.
        ("{wait: 3d at 09:00, since: journey.entered_at, to: {end: over}}", "2025-03-04 18:00", "2025-03-06 09:00"),
        ("{wait: 90min, since: trigger.timestamp, to: {end: over}}", "2025-03-03 11:00", "2025-03-03 11:30"),
        ("{wait: 1d on weekdays, since: trigger.d, to: {end: over}, if_missing: never}", "2025-03-14 09:00",
         "2025-03-17 00:00"),
        ("{for: contact.points, since: journey.entered_at, to: {end: over}, if_missing: never}", "2025-03-03 10:30",
         "2025-03-03 11:00"),
        ("{at: 18.5, since: journey.entered_at, to: {end: over}, if_missing: never}", "2025-03-03 12:00",
         "2025-03-03 18:30"),
        ("{wait: cron 0 9 * * *, since: journey.entered_at, to: {end: over}}", "2025-03-03 12:00", "2025-03-04 09:00"),
        # Calendar days keep the time of day over the clock change, hours do not.
        ("{wait: 27d, since: journey.entered_at, to: {end: over}}", "2025-03-20 12:00", "2025-03-30 10:00"),
        ("{wait: 648h, since: journey.entered_at, to: {end: over}}", "2025-03-20 12:00", "2025-03-30 11:00"),
        # Already over: taken at once, unless `if_past` names something else.
        ("{wait: 1d, since: journey.entered_at, to: {end: over}}", "2025-03-05 12:00", "2025-03-05 12:00"),
        ("{wait: 1d, since: journey.entered_at, to: {end: over}}", "2025-03-04 10:00", "2025-03-04 10:00"),
        ("{wait: 1d, since: journey.entered_at, to: {end: over}, if_past: other}", "2025-03-05 12:00",
         "2025-03-05 12:00 end other"),
        ("{wait: 1d, since: journey.entered_at, to: {end: over}, if_past: never}", "2025-03-05 12:00", None),
        # A wait can also count from a future instant.
        ("{wait: 1d, since: contact.renewal, to: {end: over}, if_missing: never}", "2025-03-05 12:00",
         "2025-04-02 08:00"),
        ("{wait: 1d, since: contact.birthday, to: {end: over}, if_missing: other}", "2025-03-05 12:00",
         "2025-03-05 12:00 end other"),
        ("{wait: 1d, since: contact.flag, to: {end: over}, if_missing: other}", "2025-03-05 12:00",
         "2025-03-05 12:00 end other"),
    ],
)  # fmt: skip
def test_a_wait_since_an_earlier_instant(wait: str, changed: str, expected: str | None) -> None:
    profile = {
        "timezone": "Europe/Paris",
        "points": 3_600,
        "renewal": "2025-04-01 08:00",
        "flag": "soon",
    }
    happens: list[Any] = [("2025-03-03 10:00", "started", {"d": "2025-03-14"}), (changed, "changed")]
    story = run(SINCE_ENTRY.replace("WAIT", wait), happens, profile, "2025-05-30 00:00")
    ended = expected if expected is None or "end" in expected else f"{expected} end over"
    assert [line for line in story.lines if " end " in line] == ([ended] if ended else [])


def test_a_wait_since_a_date_that_moves_moves_with_it_and_with_the_clock() -> None:
    wait = "{wait: 2d at 10:00, since: contact.renewal, to: {end: over}, if_missing: never}"
    happens: list[Any] = [
        ("2025-03-03 10:00", "started"),
        ("2025-03-03 11:00", "changed"),
        ("2025-03-04 10:00", "profile_updated", {"renewal": "2025-03-10 08:00"}),
        ("2025-03-05 10:00", "profile_updated", {"timezone": "America/New_York"}),
    ]
    story = run(SINCE_ENTRY.replace("WAIT", wait), happens, {"timezone": "Europe/Paris"}, "2025-05-30 00:00")
    # 10:00 in New York is 15:00 in Paris in these weeks.
    assert [line for line in story.lines if " end " in line] == ["2025-03-12 15:00 end over"]


@rows("value", ["9999-12-31T23:59:59", "9999-12-31T23:59:59-12:00", "9999-12-31"])
@rows("zone", ["Pacific/Apia", "America/New_York"])
@rows("wait", [
    "{wait: 1y after date contact.renewal at 10:00 on first mon, to: other, if_past: now, if_missing: now}",
    "{wait: 1y on day 31, since: contact.renewal, to: other, if_missing: now}",
    "{wait: cron 0 9 * * *, since: contact.renewal, to: other, if_missing: now}",
    "{for: contact.renewal, to: other, if_past: now, if_missing: now}",
])  # fmt: skip
def test_a_date_that_means_no_end_never_comes(wait: str, zone: str, value: str) -> None:
    scenario = SINCE_ENTRY.replace("WAIT", wait)
    happens: list[Any] = [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "changed")]
    assert " end " not in str(run(scenario, happens, {"timezone": zone, "renewal": value}, "2100-01-01 00:00").lines)


@rows("value", ["0001-01-01", "0001-01-01T00:00:00+14:00"])
@rows("wait", [
    "{wait: 1y before date contact.renewal at 10:00 before on first mon, to: other, if_past: now, if_missing: never}",
    "{wait: 1y on day 31, since: contact.renewal, to: other, if_missing: never}",
    "{wait: cron 0 9 * * *, since: contact.renewal, to: other, if_missing: never}",
])  # fmt: skip
def test_a_date_at_the_beginning_of_the_calendar_is_past(wait: str, value: str) -> None:
    scenario = SINCE_ENTRY.replace("WAIT", wait)
    happens: list[Any] = [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "changed")]
    story = run(scenario, happens, {"timezone": "Europe/Paris", "renewal": value}, "2026-01-01 00:00")
    assert story.lines[-1] == "2025-03-03 11:00 end other"


@rows("value", ["9999-12-31T23:59:59-12:00", "0001-01-01", "9999-12-31T23:59:59"])
@rows("every", ["", ", every: year"])
def test_a_date_trigger_takes_dates_at_the_ends_of_the_calendar(value: str, every: str) -> None:
    trigger = f"{{date: contact.renewal, offset: +1y, at: '10:00'{every}}}"
    scenario = f"scenario: s\ntrigger: {trigger}\nstates: {{in: {{end: x}}}}\n"
    profile = {"timezone": "America/New_York", "renewal": value}
    story = run(scenario, [("2025-03-03 10:00", "changed")], profile, "2026-06-01 00:00")
    assert len([line for line in story.lines if " end " in line]) == (1 if every and value[0] == "0" else 0)
