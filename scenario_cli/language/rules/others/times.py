"""The documents of findings about waits and calendars, of a project and of its tests."""

from __future__ import annotations

from scenario_cli.language.rules.others.document import PROJECT, WAITING, document, tested

TIMES = (
    document(
        "TIME001",
        "no-wait",
        "a text that is not a duration, time of day, day of the week or wait",
        "its end is not defined",
        "use the form in the hint, such as '1d at 10:00 on weekdays'",
        "states: {waiting: {after: {1m: {end: over}}}}\n",
        "states: {waiting: {after: {1mo: {end: over}}}}\n",
    ),
    document(
        "TIME002",
        "unknown-time-zone",
        "a time zone that does not exist",
        "local times cannot be calculated",
        "write an IANA name, such as Europe/Paris",
        {"project.yaml": "project: shop\ntimezone: Europe/Pari\n", "example.yaml": WAITING},
        {"project.yaml": PROJECT, "example.yaml": WAITING},
    ),
    document(
        "TIME020",
        "no-such-day",
        "a date that does not exist, or a first day after the last",
        "it never comes",
        "write dates as year-month-day, the earlier date first",
        "active: {from: 2025-02-30}\n" + WAITING,
        "active: {from: 2025-02-28}\n" + WAITING,
    ),
    document(
        "TIME021",
        "two-times-of-day",
        "a wait with two times of day",
        "only one of them can be used",
        "keep one",
        "states: {in: {after: [{wait: 1d at 09:00, at: contact.points, to: {end: over}}]}}\n",
        "states: {in: {after: [{wait: 1d at 09:00, to: {end: over}}]}}\n",
    ),
    document(
        "TIME022",
        "since-says-nothing",
        "a 'since' without effect: 'since: now', or next to a wait for a date",
        "a wait starts now anyway, and a date needs no start",
        "remove 'since', or use an earlier instant such as journey.entered_at",
        "states: {in: {after: [{wait: 1d, since: now, to: {end: over}}]}}\n",
        "states: {in: {after: [{wait: 1d, since: journey.entered_at, to: {end: over}}]}}\n",
    ),
    document(
        "TIME050",
        "no-time-of-a-case",
        "an invalid time in a test case",
        "the time of the event is not defined",
        "write it as 2025-03-03 10:00, or as +20min after the line before",
        tested("messages: []", "at: 3 March, event: cart_updated"),
        tested("messages: []"),
    ),
    document(
        "TIME051",
        "times-of-a-case",
        (
            "times of a test case that do not fit together: a first line relative to another line, or times "
            "that go backwards"
        ),
        "the case cannot happen",
        "start with a date and a time, and go forward",
        tested("messages: []", "at: +20min, event: cart_updated"),
        tested("messages: []"),
    ),
)
