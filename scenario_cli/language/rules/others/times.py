"""The documents of findings about waits and calendars, of a project and of its tests."""

from __future__ import annotations

from scenario_cli.language.rules.others.document import PROJECT, WAITING, document, tested

TIMES = (
    document(
        "TIME001",
        "no-wait",
        "a text that is no duration, time of day, day of the week or wait",
        "nobody can say when it is over",
        "write it in the form that the hint shows, such as '1d at 10:00 on weekdays'",
        "states: {waiting: {after: {1m: {end: over}}}}\n",
        "states: {waiting: {after: {1mo: {end: over}}}}\n",
    ),
    document(
        "TIME002",
        "unknown-time-zone",
        "a time zone that does not exist",
        "no clock could be read by it",
        "write an IANA name, such as Europe/Paris",
        {"project.yaml": "project: shop\ntimezone: Europe/Pari\n", "example.yaml": WAITING},
        {"project.yaml": PROJECT, "example.yaml": WAITING},
    ),
    document(
        "TIME020",
        "no-such-day",
        "a day or an instant that the calendar does not have, or a first day that lies after the last",
        "it never comes",
        "write a day as year-month-day, and the earlier one first",
        "active: {from: 2025-02-30}\n" + WAITING,
        "active: {from: 2025-02-28}\n" + WAITING,
    ),
    document(
        "TIME021",
        "two-times-of-day",
        "a wait that says its time of day twice",
        "only one of the two can hold",
        "keep one",
        "states: {in: {after: [{wait: 1d at 09:00, at: contact.points, to: {end: over}}]}}\n",
        "states: {in: {after: [{wait: 1d at 09:00, to: {end: over}}]}}\n",
    ),
    document(
        "TIME022",
        "since-says-nothing",
        "a 'since' that changes nothing: 'since: now', or beside a wait for a date",
        "a wait counts from now anyway, and a date from no instant at all",
        "leave 'since' out, or name an earlier instant such as journey.entered_at",
        "states: {in: {after: [{wait: 1d, since: now, to: {end: over}}]}}\n",
        "states: {in: {after: [{wait: 1d, since: journey.entered_at, to: {end: over}}]}}\n",
    ),
    document(
        "TIME050",
        "no-time-of-a-case",
        "a time of a test case that is none",
        "nobody can say when it happens",
        "write it as 2025-03-03 10:00, or as +20min after the line before",
        tested("messages: []", "at: 3 March, event: cart_updated"),
        tested("messages: []"),
    ),
    document(
        "TIME051",
        "times-of-a-case",
        "times of a test case that do not go together: a first line that counts from another, an order that goes "
        "backwards",
        "the case cannot happen so",
        "begin with a date and a time, and go forward",
        tested("messages: []", "at: +20min, event: cart_updated"),
        tested("messages: []"),
    ),
)
