"""The times at which waits are due (section 3.2). Expected instants are calculated by hand from the rules; the comments
give the reason.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Ended
from tests.engine.worlds import UTC, Happening, errors, moment, program_of, run, waiting
from tests.rows import rows

PARIS = "Europe/Paris"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
ASUNCION = "America/Asuncion"
CAIRO = "Africa/Cairo"
KATHMANDU = "Asia/Kathmandu"
APIA = "Pacific/Apia"
ST_JOHNS = "America/St_Johns"
TOKYO = "Asia/Tokyo"
LOS_ANGELES = "America/Los_Angeles"


def written(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(ZoneInfo(zone)).isoformat()


def due(wait: str, begin: str, zone: str) -> str:
    """The time at which a wait that begins at an instant is due, on the contact's clock, with its offset."""
    program = program_of(waiting(wait), timezone="UTC")
    state = new_contact(program, "ana", {"timezone": zone})
    step(program, state, Event("started", moment(begin), {}))
    (end_record,) = (each for each in advance(program, state, moment("2100-01-01 00:00")) if isinstance(each, Ended))
    return written(end_record.at, zone)


HARD_TIMES = [
    # On 30 March 2025 the clocks of Paris go from 02:00 to 03:00, on 26 October from 03:00 to 02:00. 02:30 is skipped:
    # the first valid instant, 03:00, plus the half hour in between.
    (PARIS, "1d", "2025-03-29T02:30:00+01:00", "2025-03-30T03:30:00+02:00"),
    (PARIS, "at 02:30", "2025-03-30T01:00:00+01:00", "2025-03-30T03:30:00+02:00"),
    (PARIS, "1d at 02:30", "2025-03-29T20:00:00+01:00", "2025-03-30T03:30:00+02:00"),
    (PARIS, "1mo", "2025-02-28T02:30:00+01:00", "2025-03-28T02:30:00+01:00"),
    (PARIS, "1mo2d", "2025-02-28T02:30:00+01:00", "2025-03-30T03:30:00+02:00"),
    # 02:00 itself is the first of the skipped times, 03:00 the first valid one.
    (PARIS, "at 02:00", "2025-03-30T01:00:00+01:00", "2025-03-30T03:00:00+02:00"),
    # 02:30 and 03:30 are the same instant, and from that instant the next 02:30 is tomorrow.
    (PARIS, "at 02:30", "2025-03-30T03:30:00+02:00", "2025-03-31T02:30:00+02:00"),
    # Between 03:00 and 03:30 the skipped 02:30 is still to come.
    (PARIS, "at 02:30", "2025-03-30T03:10:00+02:00", "2025-03-30T03:30:00+02:00"),
    # A day keeps the time on the wall, 24 hours do not.
    (PARIS, "1d", "2025-03-29T10:00:00+01:00", "2025-03-30T10:00:00+02:00"),
    (PARIS, "24h", "2025-03-29T10:00:00+01:00", "2025-03-30T11:00:00+02:00"),
    (PARIS, "1d", "2025-10-25T10:00:00+02:00", "2025-10-26T10:00:00+01:00"),
    (PARIS, "24h", "2025-10-25T10:00:00+02:00", "2025-10-26T09:00:00+01:00"),
    # The calendar's part first: to 29 March 23:00, and 12 hours from there end an hour later on the wall.
    (PARIS, "1d12h", "2025-03-28T23:00:00+01:00", "2025-03-30T12:00:00+02:00"),
    # The calendar's part ends in the gap, at 03:30; the hours count from there.
    (PARIS, "1d12h", "2025-03-29T02:30:00+01:00", "2025-03-30T15:30:00+02:00"),
    # 02:30 occurs twice: the first is meant.
    (PARIS, "1d", "2025-10-25T02:30:00+02:00", "2025-10-26T02:30:00+02:00"),
    (PARIS, "at 02:30", "2025-10-26T02:10:00+02:00", "2025-10-26T02:30:00+02:00"),
    # From the first 02:30 the next match is tomorrow: the second 02:30 of the day does not match.
    (PARIS, "at 02:30", "2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"),
    (PARIS, "at 02:30", "2025-10-26T02:45:00+02:00", "2025-10-27T02:30:00+01:00"),
    (PARIS, "at 02:30", "2025-10-26T02:10:00+01:00", "2025-10-27T02:30:00+01:00"),
    # Elapsed time includes the repeated hour.
    (PARIS, "1h", "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"),
    # An hour later it is the first 02:30: a time of day is due at or after that instant.
    (PARIS, "1h at 02:30", "2025-10-26T01:30:00+02:00", "2025-10-26T02:30:00+02:00"),
    # An hour later it is the first 02:45: today's 02:30 is over, although the clock shows it again.
    (PARIS, "1h at 02:30", "2025-10-26T01:45:00+02:00", "2025-10-27T02:30:00+01:00"),
    (PARIS, "1d", "2025-10-26T02:30:00+01:00", "2025-10-27T02:30:00+01:00"),
    # New York: 9 March 2025, 02:00 to 03:00; 2 November, 02:00 to 01:00.
    (NEW_YORK, "1d", "2025-03-08T02:15:00-05:00", "2025-03-09T03:15:00-04:00"),
    (NEW_YORK, "2d at 02:15", "2025-03-07T10:00:00-05:00", "2025-03-09T03:15:00-04:00"),
    (NEW_YORK, "at 01:30", "2025-11-02T00:30:00-04:00", "2025-11-02T01:30:00-04:00"),
    (NEW_YORK, "at 01:30", "2025-11-02T01:10:00-05:00", "2025-11-03T01:30:00-05:00"),
    # Lord Howe changes by half an hour: 5 October 2025, 02:00 to 02:30; 6 April, 02:00 to 01:30.
    (LORD_HOWE, "1d", "2025-10-04T02:15:00+10:30", "2025-10-05T02:45:00+11:00"),
    (LORD_HOWE, "at 02:15", "2025-10-05T01:59:00+10:30", "2025-10-05T02:45:00+11:00"),
    (LORD_HOWE, "at 01:45", "2025-04-06T01:40:00+11:00", "2025-04-06T01:45:00+11:00"),
    (LORD_HOWE, "at 01:45", "2025-04-06T01:50:00+11:00", "2025-04-07T01:45:00+10:30"),
    (LORD_HOWE, "24h", "2025-04-05T12:00:00+11:00", "2025-04-06T11:30:00+10:30"),
    # Asunción changed at midnight: 1 October 2023 began at 01:00, 25 March 2023 had 23:00 to 24:00 twice.
    (ASUNCION, "1d", "2023-09-30T00:30:00-04:00", "2023-10-01T01:30:00-03:00"),
    (ASUNCION, "at 00:00", "2023-09-30T12:00:00-04:00", "2023-10-01T01:00:00-03:00"),
    (ASUNCION, "1d at 00:00", "2023-09-30T23:59:00-04:00", "2023-10-01T01:00:00-03:00"),
    (ASUNCION, "at 23:30", "2023-03-25T23:10:00-03:00", "2023-03-25T23:30:00-03:00"),
    (ASUNCION, "at 23:30", "2023-03-25T23:40:00-03:00", "2023-03-26T23:30:00-04:00"),
    (ASUNCION, "at 23:30", "2023-03-25T23:10:00-04:00", "2023-03-26T23:30:00-04:00"),
    (ASUNCION, "30min", "2023-03-25T23:40:00-03:00", "2023-03-25T23:10:00-04:00"),
    # Cairo: Friday 26 April 2024 began at 01:00; it still counts as a Friday.
    (CAIRO, "at 00:15", "2024-04-25T20:00:00+02:00", "2024-04-26T01:15:00+03:00"),
    (CAIRO, "1d at 00:00 on fri", "2024-04-25T09:00:00+02:00", "2024-04-26T01:00:00+03:00"),
    # Kathmandu is 5:45 ahead; on 1 January 1986 it changed from 5:30, so 00:00 to 00:15 do not exist.
    (KATHMANDU, "at 09:00", "2025-01-10T08:59:59+05:45", "2025-01-10T09:00:00+05:45"),
    (KATHMANDU, "1d", "1985-12-31T00:05:00+05:30", "1986-01-01T00:20:00+05:45"),
    # Apia had no 30 December 2011: its 10:00 is the first valid instant, the 31st 00:00, plus ten hours.
    (APIA, "1d", "2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    (APIA, "2d", "2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    (APIA, "at 10:00", "2011-12-29T11:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    # 10:00 of the 30th and of the 31st are the same instant and one match: the next is 1 January.
    (APIA, "at 10:00", "2011-12-31T10:00:00+14:00", "2012-01-01T10:00:00+14:00"),
    (APIA, "24h", "2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    # St John's turned back at 00:01 to 23:01 of the day before: 23:30 of Saturday came again after Sunday had begun.
    (ST_JOHNS, "at 23:30", "2006-10-29T00:00:30-02:30", "2006-10-29T23:30:00-03:30"),
    (ST_JOHNS, "at 23:30", "2006-10-28T23:10:00-03:30", "2006-10-29T23:30:00-03:30"),
]

# Days of the month, on clocks that change.
HARD_TIMES += [
    # Paris: the last Sunday of March is the day of the clock change, and its 02:30 is skipped.
    (PARIS, "1d at 02:30 on last sun", "2025-03-03T10:00:00+01:00", "2025-03-30T03:30:00+02:00"),
    # From the shifted instant, the next match is in April.
    (PARIS, "at 02:30 on last sun", "2025-03-30T03:30:00+02:00", "2025-04-27T02:30:00+02:00"),
    # 02:30 on the last Sunday of October occurs twice: the first is meant.
    (PARIS, "at 02:30 on last sun", "2025-10-26T02:10:00+02:00", "2025-10-26T02:30:00+02:00"),
    (PARIS, "at 02:30 on last sun", "2025-10-26T02:45:00+02:00", "2025-11-30T02:30:00+01:00"),
    # An hour later it is still the last Sunday: the wait ends then, in the repeated hour.
    (PARIS, "1h on last sun", "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"),
    # Apia had no 30 December 2011: its 10:00 is 10:00 of the 31st, although the wait names another day.
    (APIA, "1d on day 30", "2011-12-05T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    (APIA, "at 10:00 on last fri", "2011-12-24T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    # The 29th was in fact the last working day; by the calendar it is the 30th.
    (APIA, "1d at 10:00 on last weekday", "2011-12-05T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    # Asunción: 1 October 2023 began at 01:00.
    (ASUNCION, "1d at 00:30 on first sun", "2023-09-10T00:30:00-04:00", "2023-10-01T01:30:00-03:00"),
    (ASUNCION, "at 00:00 on day 1", "2023-09-10T12:00:00-04:00", "2023-10-01T01:00:00-03:00"),
]

CALENDAR = [
    # A month without the day is skipped; a leap day exists in its year only.
    ("1d on day 31", "2025-01-31T09:00:00+01:00", "2025-03-31T09:00:00+02:00"),
    ("1d on day 30", "2025-01-30T09:00:00+01:00", "2025-03-30T09:00:00+02:00"),
    ("1d on day 29", "2024-01-29T09:00:00+01:00", "2024-02-29T09:00:00+01:00"),
    ("1d on day 29", "2025-01-29T09:00:00+01:00", "2025-03-29T09:00:00+01:00"),
    ("1d on last day", "2024-02-01T09:00:00+01:00", "2024-02-29T09:00:00+01:00"),
    ("1mo on last day", "2025-01-31T09:00:00+01:00", "2025-02-28T09:00:00+01:00"),
    ("1d on fourth weekday", "2025-03-01T09:00:00+01:00", "2025-03-06T09:00:00+01:00"),
    ("1d on third sat,day 14", "2025-03-01T09:00:00+01:00", "2025-03-14T09:00:00+01:00"),
    # A month later, on the last day of the month if it is shorter.
    ("1mo", "2025-01-31T09:00:00+01:00", "2025-02-28T09:00:00+01:00"),
    ("1mo", "2024-01-31T09:00:00+01:00", "2024-02-29T09:00:00+01:00"),
    ("1mo", "2025-03-31T09:00:00+02:00", "2025-04-30T09:00:00+02:00"),
    ("1mo", "2025-02-28T09:00:00+01:00", "2025-03-28T09:00:00+01:00"),
    ("1mo", "2024-12-31T09:00:00+01:00", "2025-01-31T09:00:00+01:00"),
    ("13mo", "2024-01-31T09:00:00+01:00", "2025-02-28T09:00:00+01:00"),
    ("1y", "2024-02-29T09:00:00+01:00", "2025-02-28T09:00:00+01:00"),
    ("4y", "2024-02-29T09:00:00+01:00", "2028-02-29T09:00:00+01:00"),
    ("2w", "2025-02-20T09:00:00+01:00", "2025-03-06T09:00:00+01:00"),
    # Months count before days, in either order of writing: 28 February and a day, not 31 January and a month.
    ("1mo1d", "2025-01-30T09:00:00+01:00", "2025-03-01T09:00:00+01:00"),
    ("1d1mo", "2025-01-30T09:00:00+01:00", "2025-03-01T09:00:00+01:00"),
    # Durations of ISO 8601 give the same.
    ("P1M", "2025-01-31T09:00:00+01:00", "2025-02-28T09:00:00+01:00"),
    ("PT90M", "2025-01-31T09:00:00+01:00", "2025-01-31T10:30:00+01:00"),
    ("P1DT12H", "2025-01-31T09:00:00+01:00", "2025-02-01T21:00:00+01:00"),
    # `at` alone is strictly later.
    ("at 09:00", "2025-03-03T08:59:59+01:00", "2025-03-03T09:00:00+01:00"),
    ("at 09:00", "2025-03-03T09:00:00+01:00", "2025-03-04T09:00:00+01:00"),
    ("at 09:00", "2025-03-03T09:00:01+01:00", "2025-03-04T09:00:00+01:00"),
    ("at 00:00", "2025-03-03T00:00:00+01:00", "2025-03-04T00:00:00+01:00"),
    # After days alone `at` sets the time on the day reached, earlier or later than now.
    ("1d at 09:00", "2025-03-03T20:00:00+01:00", "2025-03-04T09:00:00+01:00"),
    ("1d at 09:00", "2025-03-03T08:00:00+01:00", "2025-03-04T09:00:00+01:00"),
    ("1d at 09:00", "2025-03-03T09:00:00+01:00", "2025-03-04T09:00:00+01:00"),
    ("1mo at 09:00", "2025-01-31T23:59:00+01:00", "2025-02-28T09:00:00+01:00"),
    # After an elapsed part `at` moves on to the next such time, at or after the instant.
    ("2h at 09:00", "2025-03-03T06:30:00+01:00", "2025-03-03T09:00:00+01:00"),
    ("2h at 09:00", "2025-03-03T07:00:00+01:00", "2025-03-03T09:00:00+01:00"),
    ("2h at 09:00", "2025-03-03T07:00:01+01:00", "2025-03-04T09:00:00+01:00"),
    ("24h at 09:00", "2025-03-03T20:00:00+01:00", "2025-03-05T09:00:00+01:00"),
    ("1d2h at 09:00", "2025-03-03T20:00:00+01:00", "2025-03-05T09:00:00+01:00"),
    # 7 March 2025 is a Friday. `on` moves on to the next such day and keeps the time of day.
    ("1d on weekdays", "2025-03-07T10:00:00+01:00", "2025-03-10T10:00:00+01:00"),
    ("1d on weekends", "2025-03-03T10:00:00+01:00", "2025-03-08T10:00:00+01:00"),
    ("1d on mon,wed", "2025-03-03T10:00:00+01:00", "2025-03-05T10:00:00+01:00"),
    ("7d on mon", "2025-03-03T10:00:00+01:00", "2025-03-10T10:00:00+01:00"),
    ("2h on weekdays", "2025-03-07T23:00:00+01:00", "2025-03-10T01:00:00+01:00"),
    ("2h on weekdays", "2025-03-07T10:00:00+01:00", "2025-03-07T12:00:00+01:00"),
    ("at 09:00 on weekdays", "2025-03-07T09:00:00+01:00", "2025-03-10T09:00:00+01:00"),
    ("at 09:00 on fri", "2025-03-07T08:59:00+01:00", "2025-03-07T09:00:00+01:00"),
    ("at 09:00 on fri", "2025-03-07T09:00:00+01:00", "2025-03-14T09:00:00+01:00"),
    ("2d at 10:00 on weekdays", "2025-03-06T12:00:00+01:00", "2025-03-10T10:00:00+01:00"),
    ("2h at 10:00 on weekdays", "2025-03-07T09:00:00+01:00", "2025-03-10T10:00:00+01:00"),
    # The time of day stays the same over the clock change of 30 March, unless the change skips it.
    ("1d on mon", "2025-03-28T10:00:00+01:00", "2025-03-31T10:00:00+02:00"),
    ("16h on weekdays", "2025-03-28T20:00:00+01:00", "2025-03-31T12:00:00+02:00"),
    ("1d on sun", "2025-03-28T02:30:00+01:00", "2025-03-30T03:30:00+02:00"),
]


@rows(("zone", "wait", "begin", "expected"), HARD_TIMES)
def test_a_wait_over_a_clock_change(zone: str, wait: str, begin: str, expected: str) -> None:
    assert due(wait, begin, zone) == expected


@rows(("wait", "begin", "expected"), CALENDAR)
def test_a_wait_on_the_calendar(wait: str, begin: str, expected: str) -> None:
    assert due(wait, begin, PARIS) == expected


@rows("wait", ["0s", "0d", "1m", "1x", "at 24:00", "at 9", "on mon", "1d at", "1d on funday", "-1d"])
def test_an_empty_or_senseless_wait_is_an_error(wait: str) -> None:
    assert [error[:7] for error in errors(waiting(f"'{wait}'"))] == ["TIME001"]


def test_the_earliest_of_several_waits_moves_the_journey() -> None:
    scenario = """
scenario: races
trigger: {event: started}
states:
  waiting:
    after:
      3h: {end: later}
      2h: {end: earlier}
"""
    story = run(scenario, [("2025-03-03 10:00", "started")], until="2025-03-04 10:00")
    assert story.lines[2:] == ["2025-03-03 12:00 end earlier"]


def test_waits_due_at_one_instant_go_in_the_order_written() -> None:
    scenario = """
scenario: races
trigger: {event: started}
states:
  waiting:
    after:
      at 12:00: {end: written_first}
      2h: {end: written_second}
"""
    story = run(scenario, [("2025-03-03 10:00", "started")], until="2025-03-04 10:00")
    assert story.outcomes == ["written_first"]


def test_an_entry_whose_if_is_false_when_it_is_due_does_nothing() -> None:
    scenario = """
scenario: asks
trigger: {event: started}
states:
  waiting:
    after:
      - {wait: 1h, if: contact.country == 'FR', to: {end: french}}
      - {wait: 3h, to: {end: anybody}}
"""
    # The country becomes FR after the first wait is over: this wait does not come back.
    late: list[Happening] = [
        ("2025-03-03 10:00", "started"),
        ("2025-03-03 11:30", "profile_updated", {"country": "FR"}),
    ]
    in_time: list[Happening] = [
        ("2025-03-03 10:00", "started"),
        ("2025-03-03 10:30", "profile_updated", {"country": "FR"}),
    ]
    assert run(scenario, late, {}, until="2025-03-04 10:00").lines[-1] == "2025-03-03 13:00 end anybody"
    assert run(scenario, in_time, {}, until="2025-03-04 10:00").lines[-1] == "2025-03-03 11:00 end french"


def test_waits_count_from_when_the_state_is_entered_not_from_the_entry_of_the_journey() -> None:
    scenario = """
scenario: steps
trigger: {event: started}
states:
  one: {after: {1h: two}}
  two: {after: {1h: {end: over}}}
"""
    story = run(scenario, [("2025-03-03 10:00", "started")], until="2025-03-04 10:00")
    assert story.lines[-1] == "2025-03-03 12:00 end over"
